/** What a stack hands over to a person, held against what was attested. */
import { InvalidInput, type Problem, type ResourceKind } from "../../provider/core";
import { operated } from "../../provider/operated";
import { accountOf, unknownEntries } from "../../provider/operator/account";
import { type Assessment, assess } from "../../provider/operator/assess";
import { AttestationsRefused, type Book, readBook } from "../../provider/operator/book";
import type { Handover } from "../../provider/operator/handover";
import { partsOf } from "../../provider/operator/place";
import { code, type Leftover, type Sheet, type Step } from "../../provider/operator/sheet";
import { type Account, endedSecret, type Standing, standingOf } from "../../provider/operator/standing";
import { type Project, projectOf } from "./project";
import { holdsSecret, readState, shortName, type StackState, type StateResource } from "./state";
import type { Surroundings } from "./surroundings";
import { callNames, nameOf, tokenOf } from "./words";

/** A resource that is declared and that a person applies. */
export interface HandedOver {
  readonly urn: string;
  readonly id: string;
  /** As `attest` and the form of `verify` know it. */
  readonly name: string;
  readonly kind: ResourceKind;
  readonly handover: Handover;
  readonly declared: Readonly<Record<string, unknown>>;
  /** URNs of the components that it is in. */
  readonly within: readonly string[];
  readonly account: Account;
  readonly assessment: Assessment;
  /** How what is declared stands, also where the state holds something else. */
  readonly standing: Standing;
  /** What there is to do; as it was recorded, where the state holds something else than what is declared. */
  readonly sheet: Sheet;
  /** Whether a refresh read into the state what was found in the product, so that what is declared is not known here. */
  readonly isRefreshed: boolean;
}

/** Something that the product still has and that is declared no longer. */
export interface Removal {
  readonly urn: string;
  readonly name: string;
  readonly handover: Handover;
  readonly account: Account;
  readonly leftover: Leftover;
  readonly sheet: Sheet;
}

export interface StackWork {
  /** As `--stack` takes it. */
  readonly stack: string;
  readonly project: Project;
  readonly book: Book;
  /** Each after those that it depends on. */
  readonly resources: readonly HandedOver[];
  readonly removals: readonly Removal[];
  /** Plain text: attestations that do not count, and why. */
  readonly warnings: readonly string[];
  /** URNs of resources whose attestations are forged or in conflict; only where that is let through. */
  readonly refused: ReadonlySet<string>;
  readonly state: StackState;
}

/** Whether there is something left to do about a resource, or to attest. */
export function isOpen({ standing, sheet }: HandedOver): boolean {
  return standing.status !== "attested" || sheet.steps.length > 0;
}

/** Which stack, and where its state comes from. */
export interface StackOptions {
  readonly stack: string;
  /** An exported deployment; `-` for the standard input. Default: `pulumi stack export`. */
  readonly state?: string | undefined;
}

export interface StackWorkOptions {
  /** Take what is forged or in conflict for not attested: for whoever is about to attest it anew. */
  readonly letRefusedThrough?: boolean;
}

/**
 * @throws InvalidInput when the state cannot be read, or holds as a secret what a person would have to enter
 * @throws AttestationsRefused when the attestations are not as they should be, in conflict or forged
 */
export async function stackWork(
  { stack, state: file }: StackOptions,
  here: Surroundings,
  { letRefusedThrough = false }: StackWorkOptions = {},
): Promise<StackWork> {
  const project = await projectOf(stack, here);
  const state = await readState({ stack, root: project.root, state: file }, here);
  const declared = state.resources.filter(isHandedOver);
  const problems = declared.flatMap(secretProblems);
  if (problems.length > 0) throw new InvalidInput(`stack ${stack}`, problems);

  const book = await readBook(project.file);
  const { found, unknown } = undeclared(book, state.resources, stack);
  const urns = [...declared.map(({ urn }) => urn), ...found];
  const above = componentsOf(state.resources);
  const names = callNames(urns, urns.flatMap(above));
  const signers = project.signersFile === undefined ? undefined : { file: project.signersFile };
  const refused = new Set<string>();
  const believed = async (urn: string): Promise<Account> => {
    try {
      return await accountOf(book, urn, signers, here.clock.now());
    } catch (error) {
      if (!letRefusedThrough || !(error instanceof AttestationsRefused)) throw error;
      refused.add(urn);
      return {};
    }
  };
  const about = async (urn: string): Promise<About> => ({
    name: names.get(urn) ?? urn,
    account: await believed(urn),
    stack: shortName(stack),
  });

  const resources: HandedOver[] = [];
  for (const resource of declared) resources.push(held(resource, await about(resource.urn), above(resource.urn)));
  const removals: Removal[] = [];
  const renamed: string[] = [];
  for (const urn of found) {
    const removal = removalOf(urn, await about(urn));
    if (removal === undefined) continue;
    const heir = resources.find((resource) => isSameThing(resource, removal));
    removals.push(heir === undefined ? removal : doubted(removal, heir));
    if (heir === undefined) continue;
    renamed.push(renameWarning(removal.name, heir.name));
    for (const [index, resource] of resources.entries()) {
      const property = referenceOf(resource, removal, heir);
      if (property === undefined) continue;
      const text = `has another ${property} because ${removal.name} is no longer declared and ${heir.name} is`;
      renamed.push(`${resource.name} ${text}. If that was only renamed, leave out the steps about it here too`);
      const step = `Leave out what follows from another ${code(property)} if ${code(removal.name)} was only renamed to ${code(heir.name)} in the program.`;
      resources[index] = { ...resource, sheet: withCaution(resource.sheet, step) };
    }
  }
  const stale = resources.flatMap(({ name, standing }) =>
    standing.stale === undefined ? [] : [`${name}: ${standing.stale}`],
  );
  const ended = resources.flatMap(({ name, standing, handover }) => {
    const sentence = endedSecret(standing, handover.product.name, here.clock.now());
    return sentence === undefined ? [] : [`${name}: ${sentence}`];
  });
  const warnings = [...ended, ...stale, ...unknown, ...renamed];
  return { stack, project, book, resources, removals, warnings, refused, state };
}

/** Whether a declared resource is what the product still has of one that is no longer declared. */
function isSameThing({ urn, id, assessment, handover }: HandedOver, { urn: other, leftover }: Removal): boolean {
  if (tokenOf(urn) !== tokenOf(other)) return false;
  return id === leftover.id || handover.isSameThing?.(assessment.values, leftover.found) === true;
}

/** The removal of what may only have been renamed in the program, in which case nothing is to be removed. */
function doubted(removal: Removal, { name, assessment }: HandedOver): Removal {
  const sheet = removal.handover.removal(removal.leftover, assessment.values);
  if (sheet.steps.length === 0) return { ...removal, sheet };
  const text =
    `Stop here if ${code(removal.name)} was only renamed to ${code(name)} in the program: that declares the same thing in the product. ` +
    `Then leave out the steps of both, see that it is as ${code(name)} declares it, change what is not, and attest both.`;
  return { ...removal, sheet: withCaution({ ...sheet, title: `${sheet.title}, unless it was only renamed` }, text) };
}

/** The property of a resource that was the one's id and is the other's. */
function referenceOf(
  { assessment, standing }: HandedOver,
  { leftover }: Removal,
  heir: HandedOver,
): string | undefined {
  if (leftover.id === heir.id) return undefined;
  return Object.keys(assessment.values).find(
    (name) => standing.found?.[name] === leftover.id && assessment.values[name] === heir.id,
  );
}

/** Before every other step, also of what it is put together with. */
function withCaution(sheet: Sheet, text: string): Sheet {
  return sheet.steps.length === 0 ? sheet : { ...sheet, steps: [{ order: -1, text }, ...sheet.steps] };
}

/** What a resource is in, from the inside out, by its URN. */
function componentsOf(resources: readonly StateResource[]): (urn: string) => readonly string[] {
  const parents = new Map(resources.map(({ urn, parent }) => [urn, parent]));
  const above = (urn: string): string[] => {
    const parent = parents.get(urn);
    return parent === undefined ? [] : [parent, ...above(parent)];
  };
  return above;
}

/** Whether a person applies it. */
function isHandedOver({ urn, inputs }: StateResource): boolean {
  return operated.has(tokenOf(urn) ?? "") && inputs["fingerprint"] !== undefined;
}

function secretProblems({ urn, inputs }: StateResource): Problem[] {
  const { handover } = ofToken(urn);
  const shown = [...handover.entered, "clientSecretReference", "fingerprint", "runSheet"];
  return shown
    .filter((name) => holdsSecret(inputs[name]))
    .map((name) => ({
      path: `${nameOf(urn)}.${name}`,
      message: "it is a secret in the state; a person has to read it, so declare it with a value that is none",
    }));
}

interface About {
  readonly name: string;
  readonly account: Account;
  readonly stack: string;
}

function held(
  { urn, id, inputs }: StateResource,
  { name, account, stack }: About,
  within: readonly string[],
): HandedOver {
  const { kind, handover } = ofToken(urn);
  const declared = Object.fromEntries(Object.entries(inputs).filter(([property]) => !property.startsWith("__")));
  const assessment = assess(kind, handover, { id, stack, declared, account });
  const recorded = inputs["fingerprint"] as string;
  const isRefreshed = assessment.fingerprint !== recorded;
  return {
    ...{ urn, id, name, kind, handover, declared, within, account, assessment, isRefreshed },
    standing: isRefreshed ? standingOf(account, recorded) : assessment.standing,
    sheet: isRefreshed ? { ...assessment.sheet, steps: recordedSteps(inputs["runSheet"]) } : assessment.sheet,
  };
}

/** Numbered lines as the steps that they were. */
function recordedSteps(lines: unknown): Step[] {
  const texts = Array.isArray(lines) ? lines.map(String) : [];
  return texts.map((line, index) => ({ order: index + 1, text: line.replace(/^\d+\. /, "") }));
}

/** What is attested and not in the state: of this stack (what the product may still have), or none of its business. */
function undeclared(
  book: Book,
  resources: readonly StateResource[],
  stack: string,
): { readonly found: readonly string[]; readonly unknown: readonly string[] } {
  const urns = new Set(resources.map(({ urn }) => urn));
  const [own] = urns;
  const isOwn = (urn: string): boolean =>
    partsOf(urn).stack === shortName(stack) &&
    (own === undefined || partsOf(own).project === partsOf(urn).project) &&
    operated.has(tokenOf(urn) ?? "");
  const entries = unknownEntries(book, urns);
  const unknown = entries
    .filter(({ entry }) => !isOwn(entry.resource))
    .map(({ entry, line, reason }) => {
      const why = operated.has(tokenOf(entry.resource) ?? "") ? reason : "no person applies a resource of this type";
      return `line ${String(line ?? "?")} of the attestations (${entry.resource}) does not count: ${why}`;
    });
  const idle = resources
    .filter((resource) => !isHandedOver(resource) && book.entries.some((entry) => entry.resource === resource.urn))
    .map(({ urn }) => `the attestations of ${nameOf(urn)} do not count: it is not applied by a person`);
  const found = new Set(entries.map(({ entry }) => entry.resource).filter(isOwn));
  return { found: [...found].sort(), unknown: [...unknown, ...idle] };
}

/** Undefined where the product has nothing of it any more. */
function removalOf(urn: string, { name, account, stack }: About): Removal | undefined {
  const { handover } = ofToken(urn);
  const { found, entered } = standingOf(account, undefined);
  if (found === undefined) return undefined;
  const leftover = { id: handover.idOf(found, urn), stack, found, vendorId: entered?.id };
  return { urn, name, handover, account, leftover, sheet: handover.removal(leftover) };
}

/** To the program it is another resource; to the product it is the same thing. */
function renameWarning(name: string, heir: string): string {
  return (
    `${name} is no longer declared, and ${heir} declares the same thing in the product. If it was only renamed in the program, leave out ` +
    `the steps of both: see that it is as ${heir} declares it, change what is not, then attest both`
  );
}

function ofToken(urn: string): { readonly kind: ResourceKind; readonly handover: Handover } {
  const known = operated.get(tokenOf(urn) ?? "");
  if (known !== undefined) return known;
  throw new Error(`no person applies ${urn}`);
}
