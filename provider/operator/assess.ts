/** One resource's declaration held against what was attested of it: the same pure plan, read for a person. */
import { type Change, M365AuditError, Rejected, type ResourceKind, gone, hasUnknown } from "../core";
import { fingerprintOf } from "./entry";
import { type Handover, valuesOf } from "./handover";
import { isOperatorId } from "./ids";
import type { ClientSecretReference } from "./secretReference";
import { notKnownYet, type SecretMark, type Sheet, type Values } from "./sheet";
import { type Account, type Standing, standingOf } from "./standing";

export interface Assessment {
  /** What a person enters and attests. */
  readonly values: Values;
  readonly secret: SecretMark | undefined;
  /** Undefined in a preview that does not know all of it yet. */
  readonly fingerprint: string | undefined;
  readonly standing: Standing;
  /** What there is to do. */
  readonly sheet: Sheet;
}

export interface Subject {
  readonly id: string;
  /** Name of the stack. */
  readonly stack: string;
  readonly declared: object;
  readonly account: Account;
}

/** PURE. @throws what the kind's `plan` throws, where a change is refused */
export function assess<I extends object, S extends object, D>(
  { plan }: Pick<ResourceKind<I, S, D>, "plan">,
  handover: Handover<I>,
  { id, stack, declared, account }: Subject,
): Assessment {
  const inputs = declared as I;
  const values = valuesOf(handover, inputs);
  const secret = secretOf(handover, inputs);
  const fingerprint = hasUnknown([values, secret]) ? undefined : fingerprintOf(values, secret);
  const standing = standingOf(account, fingerprint);
  const { found, secretBefore } = standing;
  // The secrets themselves are no business of a plan for a person: one that has another id is another one.
  const desired = handover.hasSecret ? { ...inputs, clientSecret: markOf(secret) } : inputs;
  const entered: readonly string[] = handover.entered;
  const observed =
    found === undefined
      ? gone
      : {
          id,
          state: {
            ...Object.fromEntries(Object.entries(desired).filter(([name]) => !entered.includes(name))),
            ...found,
            ...(handover.hasSecret ? { clientSecret: markOf(secretBefore) } : {}),
          } as unknown as S,
        };
  const changes = planned(() => plan(desired, observed).changes, id).filter(({ path, from, to }) => {
    // An id of ours follows from the declaration, so one that is only to be made will be what it was.
    if (to === notKnownYet && typeof from === "string" && isOperatorId(from)) return false;
    const name = path.split(/[.[]/)[0] ?? path;
    return entered.includes(name) || (handover.hasSecret && name === "clientSecret");
  });
  const work = { id, stack, declared: inputs, found, changes, secretBefore };
  return { values, secret, fingerprint, standing, sheet: handover.sheet(work) };
}

/** @throws Rejected where a plan stumbles over attested values of another form, which nobody but an editor can have written */
function planned(plan: () => readonly Change[], id: string): readonly Change[] {
  try {
    return plan();
  } catch (error) {
    if (error instanceof M365AuditError) throw error;
    throw new Rejected({
      operation: "comparing what is declared with what was attested of",
      subject: id,
      happened: `the attested values are not of the declaration's form (${error instanceof Error ? error.message : String(error)})`,
      next: "Take the line in the attestations back to how git has it, or attest the resource again.",
      cause: error,
    });
  }
}

function secretOf({ hasSecret }: Handover, declared: object): SecretMark | undefined {
  const { clientSecretReference: reference } = declared as { clientSecretReference?: Partial<ClientSecretReference> };
  if (!hasSecret || reference?.keyId === undefined) return undefined;
  const { keyId, endDate } = reference;
  return { keyId, ...(endDate === undefined ? {} : { endDate }) };
}

function markOf(secret: SecretMark | undefined): string | undefined {
  return secret?.keyId;
}
