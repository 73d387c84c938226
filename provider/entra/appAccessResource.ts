/** The app access kind as a Pulumi class. */
import type * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../identity/environments";
import type { Inputs } from "../pulumi/arguments";
import { KindResource } from "../surfaces/dynamic/thin";
import { appAccessContract, type AppAccessInputs, type AppAccessOutputs } from "./appAccess/contract";

/** Arguments of {@link AppAccess}. */
export type AppAccessArgs = Inputs<AppAccessInputs>;

/**
 * All that an app may hold in a tenant. What it holds beyond that is drift: a preview shows it, an update takes it away.
 *
 * @example
 * new entra.AppAccess("audit", {
 *   tenantId,
 *   servicePrincipalObjectId: app.servicePrincipalObjectId,
 *   permissions: [{ api: entra.wellKnown.office365Management.appId, permission: "ActivityFeed.Read" }],
 *   directoryRoles: [],
 * });
 */
export class AppAccess extends KindResource {
  declare readonly tenantId: pulumi.Output<string>;
  declare readonly servicePrincipalObjectId: pulumi.Output<string>;
  declare readonly permissions: pulumi.Output<AppAccessInputs["permissions"]>;
  declare readonly directoryRoles: pulumi.Output<AppAccessInputs["directoryRoles"]>;
  declare readonly excess: pulumi.Output<"remove" | "report">;
  declare readonly environment: pulumi.Output<Environment | undefined>;
  /** What the app holds beyond what is declared, as of the last look. */
  declare readonly excessive: pulumi.Output<AppAccessOutputs["excessive"]>;

  /** @throws InvalidInput with every problem of the arguments that are known already */
  constructor(name: string, args: AppAccessArgs, opts?: pulumi.CustomResourceOptions) {
    super(appAccessContract, name, args, opts);
  }
}
