import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { ComponentContract } from "../core/contract";
import { checkArgs, type Inputs, orDefault } from "../pulumi/arguments";
import { dayMs, maximumValidityDays, wholeSeconds } from "./dates";
import { applicationId } from "./schemas";

/** What the Entra admin center proposes for a new client secret. */
const defaultValidityDays = 180;
const defaultDisplayName = "Netwrix 1Secure";

/** Arguments that say what secret; components that make one for you take them too. */
export const clientSecretSettings = {
  /** What the secret is listed as under "Certificates & secrets". Default: `Netwrix 1Secure`. Changing it replaces the secret. */
  displayName: z.string().min(1).default(defaultDisplayName),
  /**
   * Days from its creation on for which the secret is valid, 1 to 730. Default: 180. The end is fixed when the secret is made, so a
   * change here takes effect with the next secret.
   */
  validityDays: z.int().min(1).max(maximumValidityDays).default(defaultValidityDays),
};

export const clientSecretArgs = z.strictObject({
  /** The application: `/applications/<object id>`. Changing it replaces the secret. */
  applicationId,
  ...clientSecretSettings,
});

/** Arguments of {@link ClientSecret}. */
export type ClientSecretArgs = Inputs<z.input<typeof clientSecretArgs>>;

export const clientSecretContract = {
  token: "m365audit:entra:ClientSecret",
  description: "A client secret of an application.",
  args: clientSecretArgs,
  outputs: z.object({
    /** The secret itself. Entra gives it once, at its creation; afterwards it is in the stack's state alone, encrypted. */
    value: z.string().meta({ secret: true }),
    /** When it ends, RFC 3339 in UTC. */
    endDate: z.string(),
    /** Id of the credential in the application's list. */
    keyId: z.string(),
  }),
} satisfies ComponentContract;

/**
 * A client secret of an application.
 *
 * ```ts
 * const secret = new entra.ClientSecret("secret", { applicationId: app.applicationId, validityDays: 180 });
 * ```
 *
 * Two credentials of one application must not be written at the same time: Entra answers 409 `Directory_ConcurrencyViolation`, and
 * the lock that the azuread plugin takes holds within one process only. Put them in order with `dependsOn`.
 *
 * @throws InvalidInput with every problem of the arguments
 */
export class ClientSecret extends pulumi.ComponentResource {
  /** The secret itself, encrypted in state. */
  readonly value: pulumi.Output<string>;
  /** When it ends, RFC 3339 in UTC. */
  readonly endDate: pulumi.Output<string>;
  /** Id of the credential in the application's list. */
  readonly keyId: pulumi.Output<string>;

  /** @param now milliseconds since the Unix epoch, from which the validity counts */
  constructor(
    name: string,
    args: ClientSecretArgs,
    options?: pulumi.ComponentResourceOptions,
    now: () => number = Date.now,
  ) {
    checkArgs(clientSecretArgs, args, `${clientSecretContract.token} "${name}"`);
    super(clientSecretContract.token, name, {}, options);
    const password = new azuread.ApplicationPassword(
      `${name}-password`,
      {
        applicationId: args.applicationId,
        displayName: orDefault(args.displayName, defaultDisplayName),
        endDate: orDefault(args.validityDays, defaultValidityDays).apply((days) => wholeSeconds(now() + days * dayMs)),
      },
      // A date counted from now is another one at each run, and a changed date replaces the secret. So the date of the creation
      // stays: `endDateRelative`, which would say the same in one word, is deprecated.
      { parent: this, ignoreChanges: ["endDate"] },
    );
    this.value = pulumi.secret(password.value);
    this.endDate = password.endDate;
    this.keyId = password.keyId;
    this.registerOutputs({ value: this.value, endDate: this.endDate, keyId: this.keyId });
  }
}
