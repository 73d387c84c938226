import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { ComponentContract } from "../core/contract";
import type { Problem } from "../core/errors";
import { checkArgs, type Inputs, mustBePlain } from "../pulumi/arguments";
import { lookUp } from "./lookUp";
import { guid } from "./schemas";

export const appRegistrationArgs = z.strictObject({
  /**
   * Name of the application, as the Entra admin center lists it. Required for a new application; not allowed together with
   * `existingClientId`, whose name stays as it is. Changing it renames the application.
   */
  displayName: z.string().min(1).max(120).optional(),
  /**
   * Application (client) id of an application that is in the tenant already. It is used as it is: nothing of it is created,
   * changed or destroyed here. Its service principal must exist.
   */
  existingClientId: guid.optional(),
  /**
   * Object ids of the users or service principals that own a new application. Default: none besides the deploying identity,
   * which Entra makes an owner itself. Not allowed together with `existingClientId`.
   */
  owners: z.array(guid).optional(),
});

/** Arguments of {@link AppRegistration}. */
export type AppRegistrationArgs = Inputs<z.input<typeof appRegistrationArgs>>;

export const appRegistrationContract = {
  token: "m365audit:entra:AppRegistration",
  description:
    "An application of this tenant alone, with its service principal and owners; or one that exists already, found by its client id.",
  args: appRegistrationArgs,
  outputs: z.object({
    /** Resource path `/applications/<object id>`, which the azuread resources take as `applicationId`. */
    applicationId: z.string(),
    /** Object id of the application. */
    objectId: z.string(),
    /** Application (client) id. */
    clientId: z.string(),
    /** Object id of the application's service principal in this tenant: the principal that is granted permissions and roles. */
    servicePrincipalObjectId: z.string(),
    /** Name of the application. */
    displayName: z.string(),
  }),
} satisfies ComponentContract;

/** What holds between the arguments. `at` is put before each property path. */
export function appRegistrationProblems(args: AppRegistrationArgs, at = ""): Problem[] {
  const owners = mustBePlain(`${at}owners`, args.owners);
  if (args.existingClientId === undefined) return owners;
  return (["displayName", "owners"] as const)
    .filter((name) => args[name] !== undefined)
    .map((name) => ({
      path: `${at}${name}`,
      message: `not allowed together with ${at}existingClientId: an existing application is used as it is`,
    }));
}

interface Application {
  readonly applicationId: pulumi.Output<string>;
  readonly objectId: pulumi.Output<string>;
  readonly clientId: pulumi.Output<string>;
  readonly servicePrincipalObjectId: pulumi.Output<string>;
  readonly displayName: pulumi.Output<string>;
}

/**
 * An Entra application of one tenant ("Accounts in this organizational directory only") and its service principal.
 *
 * ```ts
 * const app = new entra.AppRegistration("audit", { displayName: "Netwrix 1Secure" });
 * const adopted = new entra.AppRegistration("audit", { existingClientId: "402b12a2-fb2b-4222-8f54-5596def1f00d" });
 * ```
 *
 * @throws InvalidInput with every problem of the arguments
 * @throws NotFound (from the outputs) when there is no application, or no service principal, with `existingClientId`
 */
export class AppRegistration extends pulumi.ComponentResource {
  /** Resource path `/applications/<object id>`. */
  readonly applicationId: pulumi.Output<string>;
  /** Object id of the application. */
  readonly objectId: pulumi.Output<string>;
  /** Application (client) id. */
  readonly clientId: pulumi.Output<string>;
  /** Object id of the application's service principal in this tenant. */
  readonly servicePrincipalObjectId: pulumi.Output<string>;
  /** Name of the application. */
  readonly displayName: pulumi.Output<string>;

  constructor(name: string, args: AppRegistrationArgs, options?: pulumi.ComponentResourceOptions) {
    checkArgs(appRegistrationArgs, args, `${appRegistrationContract.token} "${name}"`, (given) => [
      ...appRegistrationProblems(given),
      ...required(given),
    ]);
    super(appRegistrationContract.token, name, {}, options);
    const application =
      args.existingClientId === undefined ? create(this, name, args) : adopt(this, args.existingClientId);
    this.applicationId = application.applicationId;
    this.objectId = application.objectId;
    this.clientId = application.clientId;
    this.servicePrincipalObjectId = application.servicePrincipalObjectId;
    this.displayName = application.displayName;
    this.registerOutputs({
      applicationId: this.applicationId,
      objectId: this.objectId,
      clientId: this.clientId,
      servicePrincipalObjectId: this.servicePrincipalObjectId,
      displayName: this.displayName,
    });
  }
}

function required(args: AppRegistrationArgs): Problem[] {
  if (args.displayName !== undefined || args.existingClientId !== undefined) return [];
  return [{ path: "displayName", message: "required (string), unless existingClientId names an existing application" }];
}

function create(parent: AppRegistration, name: string, args: AppRegistrationArgs): Application {
  const registration = new azuread.ApplicationRegistration(
    `${name}-application`,
    { displayName: args.displayName as pulumi.Input<string>, signInAudience: "AzureADMyOrg" },
    { parent },
  );
  const principal = new azuread.ServicePrincipal(
    `${name}-service-principal`,
    { clientId: registration.clientId },
    { parent },
  );
  for (const ownerObjectId of (args.owners ?? []) as string[]) {
    new azuread.ApplicationOwner(
      `${name}-owner-${ownerObjectId}`,
      { applicationId: registration.id, ownerObjectId },
      { parent },
    );
  }
  return {
    applicationId: registration.id,
    objectId: registration.objectId,
    clientId: registration.clientId,
    servicePrincipalObjectId: principal.objectId,
    displayName: registration.displayName,
  };
}

function adopt(parent: AppRegistration, existingClientId: AppRegistrationArgs["existingClientId"]): Application {
  const clientId = pulumi.output(existingClientId as pulumi.Input<string>);
  const application = clientId.apply((id) =>
    lookUp(
      {
        operation: "looking up the existing application",
        subject: id,
        property: "existingClientId",
        next: "Give the client id of an app registration of this tenant, or leave it out to have one created.",
      },
      () => azuread.getApplication({ clientId: id }, { parent }),
    ),
  );
  const principal = clientId.apply((id) =>
    lookUp(
      {
        operation: "looking up the service principal of the existing application",
        subject: id,
        property: "existingClientId",
        next: "Create it first (`az ad sp create --id <client id>`, or open the app once under Enterprise applications): permissions and roles are granted to it.",
      },
      () => azuread.getServicePrincipal({ clientId: id }, { parent }),
    ),
  );
  return {
    applicationId: pulumi.interpolate`/applications/${application.objectId}`,
    objectId: application.objectId,
    clientId: application.clientId,
    servicePrincipalObjectId: principal.objectId,
    displayName: application.displayName,
  };
}
