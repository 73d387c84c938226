import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { ComponentContract } from "../core/contract";
import type { Problem } from "../core/errors";
import { checkArgs, type Inputs, orDefault } from "../pulumi/arguments";
import { enteredSettings, rotationResults, rotationSettings } from "./credentialRotation";
import {
  CredentialRotation,
  enteredProblems,
  type GenerationSummary,
  inUse,
  type MadeGeneration,
  RotatingCredential,
  rotateBeforeProblems,
  rotationArgs,
  summaries,
} from "./credentialRotationResource";
import { maximumValidityDays } from "./dates";
import { applicationId } from "./schemas";

/** What the Entra admin center proposes for a new client secret. */
const defaultValidityDays = 180;
const defaultDisplayName = "Netwrix 1Secure";
const defaultRotateBeforeDays = 30;

/** Arguments that say what secret; components that make one for you take them too. */
export const clientSecretSettings = {
  /**
   * What the secret is listed as under "Certificates & secrets". Default: `Netwrix 1Secure`. A change makes a new secret, which
   * overlaps with the old one.
   */
  displayName: z.string().min(1).default(defaultDisplayName),
  /**
   * Days from its creation on for which the secret is valid, 1 to 730. Default: 180. The end is fixed when the secret is made, so a
   * change here takes effect with the next secret.
   */
  validityDays: z.int().min(1).max(maximumValidityDays).default(defaultValidityDays),
  /** Days before its end from which on an `up` makes the next secret and puts it to use. Default: 30. Less than `validityDays`. */
  rotateBeforeDays: z.int().min(0).default(defaultRotateBeforeDays),
  ...rotationSettings,
  ...enteredSettings,
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
  description: "A client secret of an application, rotated with an overlap before it ends.",
  args: clientSecretArgs,
  outputs: z.object({
    /** The secret in use. Entra gives it once, at its creation; afterwards it is in the stack's state alone, encrypted. */
    value: z.string().meta({ secret: true }),
    /** When it ends, RFC 3339 in UTC. */
    endDate: z.string(),
    /** Id of the credential in the application's list. */
    keyId: z.string(),
    ...rotationResults,
  }),
} satisfies ComponentContract;

/** What holds between the arguments. `at` is put before each property path. */
export function clientSecretProblems(args: Omit<ClientSecretArgs, "applicationId">, at = ""): Problem[] {
  const defaults = { validityDays: defaultValidityDays, rotateBeforeDays: defaultRotateBeforeDays };
  return [...rotateBeforeProblems(args, defaults, at), ...enteredProblems(args, at)];
}

interface MadeSecret extends MadeGeneration {
  readonly value: pulumi.Output<string>;
}

/**
 * A client secret of an application. Some time before it ends an `up` makes the next one, and whoever uses the outputs gets it in
 * that same `up`; only a later one removes the old secret.
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
export class ClientSecret extends RotatingCredential<MadeSecret> {
  /** The secret in use, encrypted in state. */
  readonly value: pulumi.Output<string>;
  /** When it ends, RFC 3339 in UTC. */
  readonly endDate: pulumi.Output<string>;
  /** Id of the credential in the application's list. */
  readonly keyId: pulumi.Output<string>;
  /** Number of the one in use: 1, 2, … */
  readonly generation: pulumi.Output<number>;
  /** From when on an `up` replaces it, RFC 3339 in UTC. */
  readonly rotatesOn: pulumi.Output<string>;
  /** All secrets of this declaration that the application holds, the one in use last. */
  readonly generations: pulumi.Output<GenerationSummary[]>;

  constructor(name: string, args: ClientSecretArgs, options: pulumi.ComponentResourceOptions = {}) {
    checkArgs(clientSecretArgs, args, `${clientSecretContract.token} "${name}"`, clientSecretProblems);
    super(clientSecretContract.token, name, {}, options);
    const rotation = new CredentialRotation(
      `${name}-rotation`,
      {
        ...rotationArgs(args, defaultRotateBeforeDays),
        subject: `client secret "${name}"`,
        validityDays: orDefault(args.validityDays, defaultValidityDays),
        form: { displayName: orDefault(args.displayName, defaultDisplayName) },
      },
      { parent: this },
    );
    const made = this.eachGeneration(rotation, options, ({ number, endsAt, form }, ordered) => {
      const password = new azuread.ApplicationPassword(
        `${name}-password-${String(number)}`,
        {
          applicationId: args.applicationId,
          displayName: form["displayName"] ?? defaultDisplayName,
          // On record, not counted from now: another date would replace the secret.
          endDate: endsAt,
        },
        ordered,
      );
      return { number, credential: password, keyId: password.keyId, endDate: password.endDate, value: password.value };
    });
    this.value = pulumi.secret(made.apply((all) => inUse(all).value));
    this.endDate = made.apply((all) => inUse(all).endDate);
    this.keyId = made.apply((all) => inUse(all).keyId);
    this.generation = made.apply((all) => inUse(all).number);
    this.rotatesOn = rotation.rotatesOn;
    this.generations = summaries(made);
    this.registerOutputs({
      value: this.value,
      endDate: this.endDate,
      keyId: this.keyId,
      generation: this.generation,
      rotatesOn: this.rotatesOn,
      generations: this.generations,
    });
  }
}
