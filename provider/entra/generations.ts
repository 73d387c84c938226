/**
 * Which generations of a credential there are at a moment: the rules of a rotation without an outage. Pure, so that a preview and
 * the update after it decide alike, and tests can walk through years.
 *
 * A new generation is added before the old one ends and is the one in use from then on. The old one stays until a later run, so
 * that whoever signs in with it has been given the new one by then. In no run is anything taken away before its successor is there.
 * Where a person has to give the new one to the product, the old one stays until that is attested, at most to its end.
 */
import { dayMs, wholeSeconds } from "./dates";

/** One credential in the row of those that an application signs in with. All dates are RFC 3339, UTC, whole seconds. */
export interface Generation {
  /** 1, 2, …, part of the names of the generation's resources. One that was made here never gets the number of another. */
  readonly number: number;
  /** Since when it is the one in use. */
  readonly createdAt: string;
  /** When it ends. Fixed when it is made. */
  readonly endsAt: string;
  /** The validity that it was made with, in days; undefined for one that was supplied. */
  readonly validityDays?: number | undefined;
  /** The trigger that stood in the program when it was made. */
  readonly trigger?: string | undefined;
  /** What it was made with. */
  readonly form: Readonly<Record<string, string>>;
}

/** What a program declares about a rotation. See the inputs of the kind for each property. */
export interface RotationPolicy {
  readonly subject: string;
  readonly validityDays?: number | undefined;
  readonly endsAt?: string | undefined;
  readonly rotateBeforeDays: number;
  readonly overlapDays: number;
  readonly trigger?: string | undefined;
  readonly form: Readonly<Record<string, string>>;
  readonly holdOld: boolean;
  readonly enteredEndDate?: string | undefined;
}

/**
 * The generations from `now` on, the one in use last.
 *
 * @param policy what is not known yet, in a preview, is missing: nothing is decided on a guess then
 * @param before the generations of the last run; none before the first
 * @param now milliseconds since the Unix epoch
 * @returns none when it is the first run and not enough is known
 */
export function generationsAt(
  policy: Partial<RotationPolicy>,
  before: readonly Generation[],
  now: number,
): readonly Generation[] {
  const inUse = before.at(-1);
  const { form } = policy;
  const endsAt = policy.endsAt ?? (policy.validityDays === undefined ? undefined : end(policy.validityDays, now));
  if (inUse === undefined) return form && endsAt !== undefined ? [made(policy, 1, form, endsAt, now)] : [];
  const older = before.slice(0, -1).filter((generation) => !hasEnded(generation, now));
  if (form && endsAt !== undefined && isToRotate(policy, inUse, form, now)) {
    const old = [...older, ...(hasEnded(inUse, now) ? [] : [inUse])];
    const again = policy.endsAt === undefined ? undefined : old.find((generation) => sameForm(generation.form, form));
    if (again === undefined) return [...old, made(policy, highest(before) + 1, form, endsAt, now)];
    // What was supplied before and is supplied again is there still: Entra is not given the same certificate twice.
    const { number } = again;
    return [...old.filter((generation) => generation !== again), made(policy, number, form, endsAt, now)];
  }
  const all = [...older, inUse];
  return isOverlapOver(policy, inUse, now) ? all.slice(oldestHeld(policy, all)) : all;
}

/** From when on the generation in use is to be replaced: RFC 3339. */
export function rotatesOn(inUse: Generation, rotateBeforeDays: number): string {
  return wholeSeconds(Date.parse(inUse.endsAt) - rotateBeforeDays * dayMs);
}

/**
 * What this run does, a line each for a rotation and for each removal; nothing when it does neither.
 *
 * @param policy what is not known yet, in a preview, is missing
 * @param before the generations of the last run
 * @param after those of this one, as {@link generationsAt} gave them
 * @param now milliseconds since the Unix epoch
 */
export function rotationNews(
  policy: Partial<RotationPolicy>,
  before: readonly Generation[],
  after: readonly Generation[],
  now: number,
): readonly string[] {
  const subject = policy.subject ?? "a credential";
  const [was, is] = [before.at(-1), after.at(-1)];
  if (was === undefined || is === undefined) return [];
  const lines = before
    .filter(({ number }) => !after.some((kept) => kept.number === number))
    .map((gone) => `${subject}: ${generationText(gone, now)} is removed`);
  if (was.number === is.number) return lines;
  const isKept = after.some(({ number }) => number === was.number);
  const removal = isKept ? `; the old one is removed by ${removalText(policy, is)}` : "";
  return [`${subject}: generation ${String(is.number)} replaces ${generationText(was, now)}${removal}`, ...lines];
}

function generationText(generation: Generation, now: number): string {
  return `generation ${String(generation.number)} (${hasEnded(generation, now) ? "ended" : "ends"} ${generation.endsAt})`;
}

function removalText({ holdOld, enteredEndDate, overlapDays = 0 }: Partial<RotationPolicy>, inUse: Generation): string {
  const from = wholeSeconds(Date.parse(inUse.createdAt) + overlapDays * dayMs);
  if (holdOld !== true) return overlapDays === 0 ? "the next up" : `the first up from ${from} on`;
  const up = overlapDays === 0 ? "a later up" : `the first up from ${from} on`;
  const attested = `once generation ${String(inUse.number)} has been attested to be in the product`;
  return `${up}, ${attested}${enteredEndDate === undefined ? ", or without holdOld" : ""}`;
}

function isToRotate(
  { endsAt, rotateBeforeDays, trigger }: Partial<RotationPolicy>,
  inUse: Generation,
  form: Generation["form"],
  now: number,
): boolean {
  // Taking a trigger out of a program is tidying up, and asks for nothing.
  if (trigger !== undefined && trigger !== inUse.trigger) return true;
  if (!sameForm(inUse.form, form)) return true;
  // What is supplied has an end of its own: another one has to be supplied, nothing can be made here.
  if (endsAt !== undefined || rotateBeforeDays === undefined) return false;
  return now >= Date.parse(rotatesOn(inUse, rotateBeforeDays));
}

function isOverlapOver({ overlapDays }: Partial<RotationPolicy>, inUse: Generation, now: number): boolean {
  return overlapDays !== undefined && now >= Date.parse(inUse.createdAt) + overlapDays * dayMs;
}

/**
 * Index of the oldest generation that stays although the overlap is over. When nobody knows which one the product has, it may be any
 * of them. Of two that end at the same moment it may be either, so the older one counts.
 */
function oldestHeld({ holdOld, enteredEndDate }: Partial<RotationPolicy>, all: readonly Generation[]): number {
  if (holdOld === false) return all.length - 1;
  if (holdOld === undefined || enteredEndDate === undefined) return 0;
  const entered = inSeconds(enteredEndDate);
  return Math.max(
    0,
    all.findIndex(({ endsAt }) => inSeconds(endsAt) === entered),
  );
}

function inSeconds(moment: string): number {
  return Math.floor(Date.parse(moment) / 1000);
}

function made(
  { validityDays, trigger, endsAt: suppliedEnd }: Partial<RotationPolicy>,
  number: number,
  form: Generation["form"],
  endsAt: string,
  now: number,
): Generation {
  return {
    number,
    createdAt: wholeSeconds(now),
    endsAt,
    ...(validityDays === undefined || suppliedEnd !== undefined ? {} : { validityDays }),
    ...(trigger === undefined ? {} : { trigger }),
    form,
  };
}

function end(validityDays: number, now: number): string {
  return wholeSeconds(now + validityDays * dayMs);
}

function hasEnded({ endsAt }: Generation, now: number): boolean {
  return now >= Date.parse(endsAt);
}

function highest(generations: readonly Generation[]): number {
  return Math.max(...generations.map(({ number }) => number));
}

function sameForm(one: Generation["form"], other: Generation["form"]): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => one[name] === other[name]);
}
