/** The application scope kind as a Pulumi class. */
import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../identity/environments";
import type { Inputs } from "../pulumi/arguments";
import { KindResource } from "../surfaces/dynamic/thin";
import {
  applicationScopeContract,
  type ApplicationRole,
  type ApplicationScopeInputs,
  type ApplicationScopeOutputs,
} from "./applicationScope/contract";

/** Arguments of {@link ApplicationScope}. */
export type ApplicationScopeArgs = Inputs<ApplicationScopeInputs>;

/**
 * Lets an app into the mailboxes in scope and no others, in place of consent to `Mail.Read`, which reaches every mailbox. An app that
 * has that consent as well still reads everything.
 *
 * @example
 * new exchange.ApplicationScope("crawler", {
 *   tenantId,
 *   clientId: app.clientId,
 *   servicePrincipalObjectId: app.servicePrincipalObjectId,
 *   roles: ["Application Mail.Read", "Application Calendars.Read"],
 *   scope: { type: "domain", domain: "contoso.com" },
 * });
 */
export class ApplicationScope extends KindResource {
  declare readonly tenantId: pulumi.Output<string>;
  declare readonly environment: pulumi.Output<Environment | undefined>;
  declare readonly clientId: pulumi.Output<string>;
  declare readonly servicePrincipalObjectId: pulumi.Output<string>;
  declare readonly displayName: pulumi.Output<string | undefined>;
  declare readonly roles: pulumi.Output<ApplicationRole[]>;
  declare readonly scope: pulumi.Output<ApplicationScopeInputs["scope"]>;
  declare readonly scopeName: pulumi.Output<string | undefined>;
  declare readonly excess: pulumi.Output<"remove" | "report">;
  /** The filter of the management scope (OPATH), where there is one. */
  declare readonly recipientFilter: pulumi.Output<ApplicationScopeOutputs["recipientFilter"]>;
  /** Whether the pointer to the service principal was made here. */
  declare readonly madeServicePrincipal: pulumi.Output<ApplicationScopeOutputs["madeServicePrincipal"]>;
  /** Name of the management scope that was made here, where there is one. */
  declare readonly madeScope: pulumi.Output<ApplicationScopeOutputs["madeScope"]>;
  /** Assignments of application roles that the app has beyond what is declared. */
  declare readonly excessive: pulumi.Output<ApplicationScopeOutputs["excessive"]>;
  /** What Exchange said of a mailbox in scope and of one out of scope. */
  declare readonly proof: pulumi.Output<ApplicationScopeOutputs["proof"]>;

  /** @throws InvalidInput with every problem of the arguments that are known already */
  constructor(name: string, args: ApplicationScopeArgs, opts?: pulumi.CustomResourceOptions) {
    super(applicationScopeContract, name, args, opts);
  }
}
