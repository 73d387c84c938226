/** Credentials of a managed organization: what 1Secure uses to connect to a data source. */
import { z } from "zod";
import { type Contract, type Observation, defineKind, gone, planProperties } from "../core";
import type { Credential, CredentialChange } from "./backend";
import { changedProperties } from "./changed";
import { connectBackend, idempotencyKey } from "./connect";
import { clientSecretReference, operatorSettled, operatorStatuses } from "../operator/secretReference";
import { ownerOf, requireSameOwner } from "./ownership";
import { guid, text } from "./schemas";

export const credentialContract = {
  token: "m365audit:onesecure:Credential",
  description:
    "Credentials in a managed organization of Netwrix 1Secure: the Entra app that 1Secure signs in with. 1Secure issues a certificate " +
    'for them (the product\'s "Download Certificate"), which comes out as `certificatePem` and is meant to be uploaded to that app.',
  inputs: z.strictObject({
    /**
     * Name of the managed organization, as on the page Managed organizations. It must exist; it is made in the product, not here.
     * Required. A change makes new credentials in place of the old ones.
     */
    organization: text.meta({ replaces: true }),
    /** Display Name: what the Credentials tab of the organization shows. Required. A change updates in place. */
    displayName: text,
    /** Client ID of the app registered in Microsoft Entra ID, a GUID. Required. A change updates in place. */
    clientId: guid,
    /**
     * Client Secret of the app registered in Microsoft Entra ID. Required. A change updates in place, in one request, so that 1Secure
     * has either the old secret or the new one; Entra has to hold both until then. 1Secure never shows it again, so a secret that
     * someone replaced in the product is not seen.
     */
    clientSecret: text.meta({ secret: true, writeOnly: true }),
    /**
     * Which client secret that is, for the run-sheet and the fingerprint of the operator backend, which requires it. 1Secure is not told.
     * A change updates in place.
     */
    clientSecretReference: clientSecretReference.optional(),
  }),
  settled: z.strictObject(operatorSettled),
  outputs: z.strictObject({
    /** What sources refer to. */
    credentialId: z.string(),
    /**
     * Download Certificate: the public part, in PEM, of the certificate that 1Secure issued for these credentials. 1Secure keeps the
     * private key. It is not the certificate of the Exchange Online connection. With the operator backend it is there once someone has
     * attested it (`m365audit attest --certificate`).
     */
    certificatePem: z.string().optional(),
    /** SHA-1 thumbprint of that certificate, 40 upper-case hexadecimal digits. */
    certificateThumbprint: z.string().optional(),
    /** When that certificate ends, RFC 3339 in UTC. */
    certificateEndDate: z.string().optional(),
    /** How it stands with the operator backend: `awaitingOperator`, `attested` or `drifted`. Absent with others. */
    status: z.enum(operatorStatuses).meta({ typeName: "OperatorStatus" }).optional(),
    /** The product's own id of it, as it was attested. Only with the operator backend. */
    vendorId: z.string().optional(),
  }),
} as const satisfies Contract;

export type CredentialInputs = z.output<typeof credentialContract.inputs>;
/** What is recorded. The secret is what was last set, and is missing where nobody knows it. */
export type CredentialState = Omit<CredentialInputs, "clientSecret"> &
  Partial<Pick<CredentialInputs, "clientSecret">> &
  z.output<typeof credentialContract.outputs>;

export const credential = defineKind<CredentialInputs, CredentialState, unknown>({
  contract: credentialContract,

  async observe(ctx, { id, inputs, last }) {
    if (id === undefined) return gone;
    const found = await (await connectBackend(ctx)).credential(id);
    if (found === gone) return gone;
    requireSameOwner("reading credential", id, ownerOf(last, inputs), found);
    const secret = last?.clientSecret;
    return withReference(observation(found, typeof secret === "string" ? secret : undefined), last ?? inputs);
  },

  plan: (desired, observed) => planProperties(credentialContract, desired, observed),

  async apply(ctx, { desired, observed, changes }) {
    const backend = await connectBackend(ctx);
    if (observed !== gone) {
      const change = changedProperties<CredentialChange>(changes, desired, ["displayName", "clientId", "clientSecret"]);
      if (change === undefined) return withReference(observed, desired);
      return withReference(
        observation(await backend.changeCredential(observed.id, change), desired.clientSecret),
        desired,
      );
    }
    const { displayName, clientId, clientSecret } = desired;
    const { object, isNew } = await backend.addCredential(
      { organization: desired.organization, displayName, clientId, clientSecret },
      idempotencyKey(ctx, "credential", desired.organization),
    );
    if (isNew) return withReference(observation(object, desired.clientSecret), desired);
    ctx.report(`1Secure: going on with credential ${object.id}, which an earlier run had begun`);
    requireSameOwner("going on with credential", object.id, { organization: desired.organization }, object);
    return this.apply(ctx, this.plan(desired, observation(object, undefined)));
  },

  async remove(ctx, id, last) {
    const backend = await connectBackend(ctx);
    const found = await backend.credential(id);
    if (found === gone) return;
    requireSameOwner("removing credential", id, last, found);
    await backend.deleteCredential(id);
  },
});

/** With what is only declared. */
function withReference(
  { id, state }: Observation<CredentialState>,
  declared: { readonly clientSecretReference?: unknown },
): Observation<CredentialState> {
  const { clientSecretReference: _, ...rest } = state;
  const reference = declared.clientSecretReference as CredentialInputs["clientSecretReference"];
  return { id, state: { ...rest, ...(reference === undefined ? {} : { clientSecretReference: reference }) } };
}

function observation(found: Credential, clientSecret: string | undefined): Observation<CredentialState> {
  return {
    id: found.id,
    state: {
      organization: found.organization,
      displayName: found.displayName,
      clientId: found.clientId.toLowerCase(),
      ...(clientSecret === undefined ? {} : { clientSecret }),
      credentialId: found.id,
      certificatePem: found.certificate.pem,
      certificateThumbprint: found.certificate.thumbprint,
      certificateEndDate: found.certificate.notAfter,
    },
  };
}
