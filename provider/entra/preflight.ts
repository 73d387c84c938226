/**
 * The resource kind `m365audit:entra:Preflight`. What was proven stands until what it rests on changes: a refresh asks nobody, and
 * only another credential, other needs or other evidence prove again.
 */
import { defineKind, gone, InvalidInput, planProperties, type Plan, type ResourceKind } from "../core";
import { type AppIdentity, type Proof } from "../identity/credentials";
import { readPrivateKey } from "../identity/privateKey";
import { proveAccess } from "./preflight/prove";
import { preflightContract, type PreflightInputs, type PreflightState } from "./preflightContract";

export { preflightContract } from "./preflightContract";
export { proveAccess, type ProofOptions } from "./preflight/prove";
export { NotProven, type Reach, reachTable, type ReachRow } from "./preflight/reach";

export type PreflightKind = ResourceKind<PreflightInputs, PreflightState>;

/** How to prove, not what: a change of these alone leaves the proof as it is. */
const manner: readonly string[] = ["ignoreWarnings", "timeoutSeconds", "inARow"];

/** The kind over a way to prove. */
export function preflightOver(prove: typeof proveAccess): PreflightKind {
  return defineKind<PreflightInputs, PreflightState, unknown>({
    contract: preflightContract,

    observe: (_ctx, { id, last }) =>
      Promise.resolve(
        id === undefined || last?.["provenAt"] === undefined ? gone : { id, state: last as PreflightState },
      ),

    plan: (desired, observed) => planProperties(preflightContract, desired, observed),

    async apply(ctx, plan) {
      const { desired, observed } = plan;
      // Only the manner differs then, so the rest of the record is as declared.
      if (observed !== gone && stands(plan)) return { id: observed.id, state: { ...observed.state, ...desired } };
      const { rows, tokenTenantId, ...proven } = await prove(ctx, await identityOf(desired), desired.needs, desired);
      return {
        id: observed === gone ? `${desired.tenantId}/preflight` : observed.id,
        state: {
          ...desired,
          reach: [...rows],
          beyond: [...proven.beyond],
          warnings: [...proven.warnings],
          provenAt: proven.provenAt,
          ...(tokenTenantId === undefined ? {} : { tokenTenantId }),
        },
      };
    },

    remove: () => Promise.resolve(),
  });
}

/** Settings: `environment`, `authorityHost`, `exchangeEndpoint`, `tenantId`. */
export const preflight: PreflightKind = preflightOver(proveAccess);

/** Whether what was proven covers what is declared now. */
function stands({ desired, observed, changes }: Plan<PreflightInputs, PreflightState>): boolean {
  if (observed === gone) return false;
  const excused = observed.state.warnings.length > 0 && !desired.ignoreWarnings;
  return !excused && changes.every(({ path }) => manner.includes(path));
}

async function identityOf(inputs: PreflightInputs): Promise<AppIdentity> {
  const { tenantId, clientId } = inputs;
  return { tenantId, clientId, proof: await proofOf(inputs) };
}

async function proofOf(inputs: PreflightInputs): Promise<Proof> {
  const { clientSecret, certificatePem, privateKeyPem, privateKey, keyless } = inputs;
  if (keyless) return { kind: "federated" };
  if (clientSecret !== undefined) return { kind: "secret", clientSecret };
  const key = privateKeyPem ?? (privateKey === undefined ? undefined : await readPrivateKey(privateKey));
  if (certificatePem !== undefined && key !== undefined) {
    return { kind: "certificate", certificatePem, privateKeyPem: key };
  }
  // The contract does not let it come to this.
  const message = "allowed: one of clientSecret, certificatePem (with its key) and keyless: true";
  throw new InvalidInput(preflightContract.token, [{ path: "clientSecret", message }]);
}
