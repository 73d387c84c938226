import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { ComponentContract } from "../core/contract";
import { checkArgs, type Inputs } from "../pulumi/arguments";
import { applicationId } from "./schemas";

/** What Entra expects of tokens that are exchanged for its own. */
const defaultAudiences = ["api://AzureADTokenExchange"];

/** Arguments that say whose tokens the application accepts; components that make a federated credential for you take them too. */
export const federationSettings = {
  /**
   * What the credential is listed as, unique within the application: letters, digits, `-` and `_`, 120 at most. Default: the name of
   * the resource. Changing it replaces the credential.
   */
  displayName: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,120}$/, "allowed: 1 to 120 letters, digits, hyphens and underscores")
    .optional(),
  /**
   * Who issues the workload's tokens, exactly as their `iss` claim says: `https://token.actions.githubusercontent.com`. Required.
   * A change updates in place.
   */
  issuer: z.url({ protocol: /^https$/, error: "allowed: a URL that begins with https://" }),
  /**
   * The workload, exactly as the `sub` claim of its tokens says, in upper and lower case too:
   * `repo:contoso/audit:environment:production`. Required. A change updates in place.
   */
  subject: z.string().min(1).max(600),
  /**
   * What the `aud` claim of its tokens must be. One value: Entra takes no more. Default: `["api://AzureADTokenExchange"]`. A change
   * updates in place.
   */
  audiences: z.array(z.string().min(1).max(600)).length(1, "allowed: exactly one audience").default(defaultAudiences),
};

export const federatedCredentialArgs = z.strictObject({
  /** The application: `/applications/<object id>`. Changing it replaces the credential. */
  applicationId,
  ...federationSettings,
});

/** Arguments of {@link FederatedCredential}. */
export type FederatedCredentialArgs = Inputs<z.input<typeof federatedCredentialArgs>>;
/** The same without the application. */
export type FederationArgs = Omit<FederatedCredentialArgs, "applicationId">;

export const federatedCredentialContract = {
  token: "m365audit:entra:FederatedCredential",
  description:
    "Lets a workload that has tokens of another issuer (a pipeline, a cluster) sign in as an application, without a secret or a certificate.",
  args: federatedCredentialArgs,
  outputs: z.object({
    /** Id of the credential in the application's list. */
    credentialId: z.string(),
  }),
} satisfies ComponentContract;

/**
 * A federated credential (workload identity federation): a workload signs in as the application with a token of its own issuer.
 * There is no key to keep, and none to rotate.
 *
 * ```ts
 * new entra.FederatedCredential("pipeline", {
 *   applicationId: app.applicationId,
 *   issuer: "https://token.actions.githubusercontent.com",
 *   subject: "repo:contoso/audit:environment:production",
 * });
 * ```
 *
 * **Unproven with Exchange Online.** Entra's own APIs take the tokens that come of it. Whether the Exchange Online admin API does is
 * not known: nothing says that it refuses them, and nothing confirms that it takes them. Try it on a test tenant first.
 *
 * Put it in order with an application's other credentials with `dependsOn`, as those among themselves.
 *
 * @throws InvalidInput with every problem of the arguments
 */
export class FederatedCredential extends pulumi.ComponentResource {
  /** Id of the credential in the application's list. */
  readonly credentialId: pulumi.Output<string>;

  constructor(name: string, args: FederatedCredentialArgs, options: pulumi.ComponentResourceOptions = {}) {
    checkArgs(federatedCredentialArgs, args, `${federatedCredentialContract.token} "${name}"`);
    super(federatedCredentialContract.token, name, {}, options);
    const { dependsOn } = options;
    const credential = new azuread.ApplicationFederatedIdentityCredential(
      `${name}-credential`,
      {
        applicationId: args.applicationId,
        displayName: pulumi.output(args.displayName).apply((given) => given ?? name),
        issuer: args.issuer,
        subject: args.subject,
        audiences: pulumi.output(args.audiences).apply((given) => given ?? defaultAudiences),
      },
      pulumi.mergeOptions({ parent: this }, dependsOn === undefined ? {} : { dependsOn }),
    );
    this.credentialId = credential.credentialId;
    this.registerOutputs({ credentialId: this.credentialId });
  }
}
