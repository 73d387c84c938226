/** What an attestations file says of a resource, as far as it may be believed. */
import { basename } from "node:path";
import type { Problem } from "../core";
import { AttestationsRefused, type Book, shortName, versionOf } from "./book";
import { type Entry, fingerprintOf, signedText } from "./entry";
import { partsOf } from "./place";
import { type Verdict, verify } from "./signature";
import type { Account } from "./standing";

/** Who may sign attestations. */
export interface Signers {
  /** In ssh-keygen's form of allowed signers, absolute. */
  readonly file: string;
}

/** How far clocks of two machines may be apart. */
const toleranceMs = 3_600_000;

/**
 * The resource's attestations.
 *
 * @param signers who may sign; without them signatures are not looked at
 * @param now milliseconds since the Unix epoch: nobody attests in the future, and such an entry would outdo all that come after it
 * @throws AttestationsRefused with every conflicting or forged entry of the resource at once
 * @throws Rejected when signatures cannot be checked here
 */
export async function accountOf(
  book: Book,
  urn: string,
  signers?: Signers,
  now: number = Date.now(),
): Promise<Account> {
  const entries = book.entries.filter(({ resource }) => resource === urn);
  const unsigned =
    signers === undefined ? [] : await Promise.all(entries.map((entry) => signatureProblem(entry, signers.file)));
  const problems = [
    ...conflicts(book, entries),
    ...entries.flatMap((entry, index) =>
      [...forgeries(entry), ...fromTheFuture(entry, now), ...(unsigned[index] ?? [])].map((message) => ({
        path: whence(book, entry),
        message,
      })),
    ),
  ];
  if (problems.length > 0) {
    throw new AttestationsRefused({ operation: `believing ${shortName(book.file)} about`, subject: urn }, problems);
  }
  return Object.fromEntries(entries.map((entry) => [entry.action, entry]));
}

/** "line 4, entered, anna@contoso.com at 2026-01-31T09:30:00Z" */
function whence(book: Book, entry: Entry): string {
  return `line ${lineOf(book, entry)}, ${entry.action}, ${entry.by} at ${entry.at}`;
}

function lineOf({ lines }: Book, entry: Entry): string {
  return String(lines.get(entry) ?? "unknown");
}

/** Two of one action; or that it was removed, and that it is there. */
function conflicts(book: Book, entries: readonly Entry[]): Problem[] {
  const problem = (contenders: readonly Entry[], what: string): Problem => {
    const each = contenders.map((entry) => `${entry.by} at ${entry.at} (line ${lineOf(book, entry)})`).join(" and ");
    return {
      path: `lines ${contenders.map((entry) => lineOf(book, entry)).join(", ")}`,
      message: `${what}: ${each}; a merge brought both: find out which one is true of the product, and delete the other line`,
    };
  };
  const actions = ["entered", "found", "removed"] as const;
  const same = actions.flatMap((action) => {
    const contenders = entries.filter((entry) => entry.action === action);
    return contenders.length < 2
      ? []
      : [problem(contenders, `${String(contenders.length)} entries say "${action}" and differ`)];
  });
  const isBoth = new Set(entries.map(({ action }) => action === "removed")).size > 1;
  return isBoth ? [...same, problem(entries, "entries say that it was removed, and that it is there")] : same;
}

function forgeries({ action, values, secret, fingerprint }: Entry): string[] {
  const right = fingerprintOf(values, secret);
  const again = "take the line back to how git has it, or attest the resource again";
  return [
    ...(fingerprint === right
      ? []
      : [
          `its fingerprint ${fingerprint.slice(0, 12)}… is not that of its values and secret (${right.slice(0, 12)}…), so it was changed by hand: ${again}`,
        ]),
    ...(action === "removed" && Object.keys(values).length > 0
      ? [`says that it was removed, and yet has values (${Object.keys(values).join(", ")}): ${again}`]
      : []),
  ];
}

function fromTheFuture({ at }: Entry, now: number): string[] {
  if (Date.parse(at) <= now + toleranceMs) return [];
  return [`its time ${at} is still to come: attest the resource again, on a machine whose clock is right`];
}

/** Verdicts by everything that they rest on, so that a file's entries are not verified anew for each of its resources. */
const verdicts = new Map<string, Promise<Verdict>>();

async function signatureProblem(entry: Entry, signersFile: string): Promise<string[]> {
  const { signature, by, at } = entry;
  const again = `ask ${by} to attest it again with --sign, after a look at the product`;
  if (signature === undefined) {
    return [`it is not signed, and ${shortName(signersFile)} says who may sign: ${again}`];
  }
  const text = signedText(entry);
  const key = JSON.stringify([signersFile, await versionOf(signersFile), text, signature]);
  const verdict = verdicts.get(key) ?? verify(text, signature, signersFile, at, by);
  verdicts.set(key, verdict);
  try {
    const answer = await verdict;
    return "principal" in answer ? [] : [`${answer.refused}: ${again}`];
  } catch (error) {
    // That it could not be found out once says nothing of the next time.
    verdicts.delete(key);
    throw error;
  }
}

/** An entry of a resource that the stack does not have. */
export interface UnknownEntry {
  readonly entry: Entry;
  readonly line: number | undefined;
  /** A clause: why the stack does not have it. */
  readonly reason: string;
}

/**
 * Entries of resources that the stack does not have, with the reason, for warnings and for what is left in the product. What was
 * attested as removed is done with, and is none.
 *
 * @param urns the stack's resources
 */
export function unknownEntries(book: Book, urns: ReadonlySet<string>): UnknownEntry[] {
  const removed = new Map<string, number>();
  for (const { resource, action, at } of book.entries) {
    if (action === "removed") removed.set(resource, Math.max(removed.get(resource) ?? 0, Date.parse(at)));
  }
  return book.entries
    .filter(({ resource, at }) => !urns.has(resource) && !(Date.parse(at) <= (removed.get(resource) ?? -Infinity)))
    .map((entry) => ({ entry, line: book.lines.get(entry), reason: reasonOf(entry.resource, book, urns) }));
}

function reasonOf(urn: string, { file }: Book, urns: ReadonlySet<string>): string {
  const { stack, project } = partsOf(urn);
  if (stack !== basename(file, ".json")) return `it is of another stack, ${stack}`;
  const [own] = urns;
  if (own !== undefined && partsOf(own).project !== project) return `it is of a stack of another project, ${project}`;
  return "it is no longer declared";
}
