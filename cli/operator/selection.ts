/** Which resources are meant by the names on a command line. */
import { InvalidInput, type Problem } from "../../provider/core";
import { type HandedOver, isOpen, type Removal, type StackWork } from "./stackWork";
import { nameOf } from "./words";

export interface Selection {
  readonly resources: readonly HandedOver[];
  readonly removals: readonly Removal[];
  /** Named, and nothing is open in it. */
  readonly idle: readonly string[];
}

type Target = { readonly resource: HandedOver } | { readonly removal: Removal } | { readonly component: string };

/** Everything that is open: what is declared, and what has to be removed. */
export function allOpen({ resources, removals }: StackWork): Selection {
  return { resources: resources.filter(isOpen), removals, idle: [] };
}

/**
 * By names or URNs of resources, or of components, which stand for what is open in them.
 * @throws InvalidInput for every name that is not known or could be several things
 */
export function selected(work: StackWork, names: readonly string[]): Selection {
  const targets = targetsOf(work);
  const problems: Problem[] = [];
  const chosen: Target[] = [];
  for (const name of names) {
    const matches = [...targets].filter(([urn]) => urn === name || nameOf(urn) === name);
    const [match, another] = matches;
    if (match === undefined) problems.push({ path: "RESOURCE", message: unknown(name, work) });
    else if (another === undefined) chosen.push(match[1]);
    else {
      const urns = matches.map(([urn]) => `\n      ${urn}`).join("");
      problems.push({ path: "RESOURCE", message: `${JSON.stringify(name)} may be each of; give one URN:${urns}` });
    }
  }
  if (problems.length > 0) throw new InvalidInput("the command line", problems);
  const meant = new Set<HandedOver>();
  const idle: string[] = [];
  for (const target of chosen) {
    if ("resource" in target) meant.add(target.resource);
    if (!("component" in target)) continue;
    const open = work.resources.filter((one) => one.within.includes(target.component) && isOpen(one));
    if (open.length === 0) idle.push(target.component);
    for (const one of open) meant.add(one);
  }
  return {
    resources: work.resources.filter((one) => meant.has(one)),
    removals: work.removals.filter((removal) => chosen.some((one) => "removal" in one && one.removal === removal)),
    idle,
  };
}

/** By URN. */
function targetsOf({ resources, removals }: StackWork): ReadonlyMap<string, Target> {
  return new Map<string, Target>([
    ...resources.flatMap(({ within }) => within.map((component): [string, Target] => [component, { component }])),
    ...removals.map((removal): [string, Target] => [removal.urn, { removal }]),
    ...resources.map((resource): [string, Target] => [resource.urn, { resource }]),
  ]);
}

function unknown(name: string, work: StackWork): string {
  const given = `${JSON.stringify(name)} was given`;
  const resources = [
    ...work.resources.map((one) => `\n      ${one.name} (${one.standing.status})`),
    ...work.removals.map((one) => `\n      ${one.name} (no longer declared)`),
  ];
  const components = [...new Set(work.resources.flatMap(({ within }) => within))].map((urn) => nameOf(urn));
  if (resources.length === 0) return `${given}; stack ${work.stack} has nothing that a person applies`;
  const inside = components.length === 0 ? "" : `\n      or what these are made of: ${components.join(", ")}`;
  return `${given}; allowed:${resources.join("")}${inside}`;
}
