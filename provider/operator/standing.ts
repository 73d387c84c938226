/** How a resource stands that a person applies: what is declared held against what was attested. Pure. */
import { createHash } from "node:crypto";
import type { Entry } from "./entry";
import type { OperatorStatus } from "./secretReference";
import type { SecretMark, Values } from "./sheet";

/** What an attestations file says of one resource, at most one entry of each action. */
export interface Account {
  readonly entered?: Entry;
  readonly found?: Entry;
  readonly removed?: Entry;
}

export interface Standing {
  readonly status: OperatorStatus;
  /** What is in the product as far as anyone says so; undefined when nothing is. */
  readonly found: Values | undefined;
  readonly secretBefore: SecretMark | undefined;
  /** The attestation that it was entered, of whatever declaration. */
  readonly entered: Entry | undefined;
  /** Why an attestation that is there does not count, for a warning. */
  readonly stale: string | undefined;
}

/** Which attestation stands, in words; another one is another text. */
export function attestationText(account: Account): string {
  const entries = newestFirst(account);
  const [newest] = entries;
  if (newest === undefined) return "none";
  const digest = createHash("sha256").update(JSON.stringify(entries)).digest("hex").slice(0, 12);
  return `${newest.action} by ${newest.by} at ${newest.at} (${digest})`;
}

function newestFirst({ entered, found, removed }: Account): Entry[] {
  return [entered, found, removed]
    .filter((entry) => entry !== undefined)
    .sort((one, other) => Date.parse(other.at) - Date.parse(one.at));
}

/** @param fingerprint of what is declared; undefined while that is not known, in a preview */
export function standingOf(account: Account, fingerprint: string | undefined): Standing {
  const { entered } = account;
  const [newest] = newestFirst(account);
  if (newest === undefined || newest.action === "removed") {
    return {
      status: "awaitingOperator",
      found: undefined,
      secretBefore: undefined,
      entered: undefined,
      stale: undefined,
    };
  }
  const isAsDeclared = newest.fingerprint === fingerprint;
  const wasAsDeclared = entered?.fingerprint === fingerprint && fingerprint !== undefined;
  return {
    status: isAsDeclared ? "attested" : newest.action === "found" && wasAsDeclared ? "drifted" : "awaitingOperator",
    found: newest.values,
    secretBefore: newest.secret,
    entered,
    stale: isAsDeclared || fingerprint === undefined ? undefined : reasonOf(newest, wasAsDeclared),
  };
}

/**
 * That the product can no longer sign in, as a sentence without its full stop; undefined while it can.
 *
 * @param now milliseconds since the Unix epoch
 */
export function endedSecret({ secretBefore }: Standing, product: string, now: number): string | undefined {
  const end = secretBefore?.endDate;
  if (end === undefined || now < Date.parse(end)) return undefined;
  return `the client secret that was entered ended at ${end}, so ${product} cannot sign in until another one is entered`;
}

function reasonOf({ action, by, at, fingerprint }: Entry, wasAsDeclared: boolean): string {
  const attestation = `the attestation of ${by} (${at}, ${fingerprint.slice(0, 12)})`;
  if (action === "entered") return `${attestation} is of an earlier declaration`;
  return wasAsDeclared ? `${by} found it otherwise in the product (${at})` : `${attestation} says what was found then`;
}
