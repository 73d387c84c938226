/** What is written into the attestations: entries out of what is declared. */
import { propertyMarks } from "../../provider/core";
import { type Entry, fingerprintOf } from "../../provider/operator/entry";
import type { Account } from "../../provider/operator/standing";
import type { HandedOver, Removal } from "./stackWork";
import type { Values } from "../../provider/operator/sheet";

/** Who attests, and from when on. */
export interface Attester {
  readonly by: string;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** What the product answered. */
export interface Answered {
  readonly id?: string | undefined;
  readonly certificate?: string | undefined;
}

/**
 * That it was entered as declared. What the product answered before stays, where nothing new is given and it is the same thing in the
 * product.
 */
export function enteredEntry(resource: HandedOver, { id, certificate }: Answered, attester: Attester): Entry {
  const { urn, assessment, account } = resource;
  const { values, secret } = assessment;
  const kept = answeredBefore(resource);
  const given = { id: id ?? kept?.id, certificate: certificate ?? kept?.certificate };
  return {
    ...{ resource: urn, action: "entered", fingerprint: fingerprintOf(values, secret), values },
    ...(secret === undefined ? {} : { secret }),
    ...whoAndWhen(account, attester),
    ...(given.id === undefined ? {} : { id: given.id }),
    ...(given.certificate === undefined ? {} : { certificate: given.certificate }),
  };
}

/** Whether the product gives a person a certificate for it. */
export function issuesCertificate({ kind }: HandedOver): boolean {
  return "certificatePem" in kind.contract.outputs.shape;
}

/** The attestation of the same thing in the product; none where a change of the declaration makes another in its place. */
export function answeredBefore({ kind, assessment, account }: HandedOver): Entry | undefined {
  const replacing = [...propertyMarks(kind.contract.inputs)].filter(([, { replaces }]) => replaces === true);
  const isSame = replacing.every(([name]) => assessment.values[name] === account.entered?.values[name]);
  return isSame ? account.entered : undefined;
}

/** That it is in the product with other values, and with the client secret that was attested. */
export function foundEntry({ urn, account, standing }: HandedOver, values: Values, attester: Attester): Entry {
  const { secretBefore: secret } = standing;
  return {
    ...{ resource: urn, action: "found", fingerprint: fingerprintOf(values, secret), values },
    ...(secret === undefined ? {} : { secret }),
    ...whoAndWhen(account, attester),
  };
}

/** That it is no longer there. */
export function removedEntry({ urn, account }: Removal, attester: Attester): Entry {
  return {
    resource: urn,
    action: "removed",
    fingerprint: fingerprintOf({}),
    values: {},
    ...whoAndWhen(account, attester),
  };
}

/** What is attested later counts: also within one second, and where another machine's clock is ahead. */
function whoAndWhen(account: Account, { by, now }: Attester): Pick<Entry, "by" | "at"> {
  const before = [account.entered, account.found, account.removed].map((entry) => Date.parse(entry?.at ?? ""));
  const least = Math.max(...before.filter((time) => !Number.isNaN(time)), -Infinity) + 1_000;
  const time = new Date(Math.max(now, least));
  return { by, at: `${time.toISOString().slice(0, 19)}Z` };
}
