/** The preflight kind as a Pulumi class. */
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { InvalidInput } from "../core/errors";
import type { Inputs } from "../pulumi/arguments";
import { KindResource } from "../surfaces/dynamic/thin";
import {
  type Environment,
  type Need,
  preflightContract,
  type PreflightInputs,
  type PreflightOutputs,
  type PrivateKeyPlace,
} from "./preflightContract";

/** Arguments of {@link Preflight}. */
export type PreflightArgs = Inputs<z.input<typeof preflightContract.inputs>>;

/**
 * Proof that a credential reaches what it is for, before anything depends on it. Whatever is told of the credential afterwards takes
 * it from here; so it is told nothing when the proof fails, and a preview still knows the values.
 *
 * @example
 * const preflight = new entra.Preflight("preflight", {
 *   tenantId: "00000000-0000-0000-0000-000000000000",
 *   clientId: app.clientId,
 *   clientSecret: secret.value,
 *   needs: [
 *     { service: "Exchange Online activity", api: "Office 365 Management APIs", permissions: ["ActivityFeed.Read"] },
 *   ],
 *   evidence: [secret.keyId],
 * });
 * new onesecure.Credential("audit", {
 *   organization: "Contoso",
 *   displayName: "Exchange Online audit",
 *   clientId: preflight.clientId,
 *   clientSecret: preflight.provenClientSecret,
 * });
 */
export class Preflight extends KindResource {
  declare readonly tenantId: pulumi.Output<string>;
  declare readonly environment: pulumi.Output<Environment | undefined>;
  /** What was declared, once it is proven: consumers take it from here. */
  declare readonly clientId: pulumi.Output<string>;
  /** What was declared, once it is proven: consumers take it from here. A secret. */
  declare readonly clientSecret: pulumi.Output<string | undefined>;
  /** What was declared, once it is proven: consumers take it from here. */
  declare readonly certificatePem: pulumi.Output<string | undefined>;
  /** What was declared, once it is proven: consumers take it from here. A secret. */
  declare readonly privateKeyPem: pulumi.Output<string | undefined>;
  /** What was declared, once it is proven: consumers take it from here. */
  declare readonly privateKey: pulumi.Output<PrivateKeyPlace | undefined>;
  declare readonly keyless: pulumi.Output<boolean>;
  declare readonly needs: pulumi.Output<Need[]>;
  declare readonly evidence: pulumi.Output<string[]>;
  declare readonly ignoreWarnings: pulumi.Output<PreflightInputs["ignoreWarnings"]>;
  declare readonly timeoutSeconds: pulumi.Output<PreflightInputs["timeoutSeconds"]>;
  declare readonly inARow: pulumi.Output<PreflightInputs["inARow"]>;
  /** What the credential may and may not reach, in the order of `needs`. */
  declare readonly reach: pulumi.Output<PreflightOutputs["reach"]>;
  /** What the tokens hold and no need asks for. For information only. */
  declare readonly beyond: pulumi.Output<PreflightOutputs["beyond"]>;
  /** What could not be known, a sentence each. */
  declare readonly warnings: pulumi.Output<PreflightOutputs["warnings"]>;
  /** When it was proven: RFC 3339 in UTC. */
  declare readonly provenAt: pulumi.Output<PreflightOutputs["provenAt"]>;
  /** The tenant that the tokens are of. */
  declare readonly tokenTenantId: pulumi.Output<PreflightOutputs["tokenTenantId"]>;

  /** @throws InvalidInput with every problem of the arguments that are known already */
  constructor(name: string, args: PreflightArgs, opts?: pulumi.CustomResourceOptions) {
    super(preflightContract, name, args, opts);
    // A proof stands for many runs, and each of them is to say what it left open. Not known yet in the preview of a new one.
    (this.warnings as pulumi.Output<string[] | undefined>).apply((warnings = []) => {
      for (const warning of warnings)
        void pulumi.log.warn(`it is not known whether this is reached; ignoreWarnings lets it pass: ${warning}`, this);
    });
  }

  /**
   * `clientSecret` for consumers that need one: a secret, known in a preview if the declared one is.
   * @throws InvalidInput (as the Output's rejection) when no client secret was declared
   */
  get provenClientSecret(): pulumi.Output<string> {
    return pulumi.secret(this.clientSecret.apply(required));
  }
}

function required(clientSecret: string | undefined): string {
  if (clientSecret !== undefined) return clientSecret;
  const message = "nothing was given; required where provenClientSecret is used";
  throw new InvalidInput(preflightContract.token, [{ path: "clientSecret", message }]);
}
