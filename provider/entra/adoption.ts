/**
 * The resource kind `m365audit:entra:Adoption`: remembers which objects of a tenant a stack took over and which it made, because that
 * can't be told from the objects. It reaches nothing itself: what is there now is looked up when the program runs.
 */
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { Contract } from "../core/contract";
import { defineKind } from "../core/kind";
import { change, gone } from "../core/plan";

export const adoptionContract = {
  token: "m365audit:entra:Adoption",
  description:
    "Which objects of a tenant a component with `adoptExisting` took over and which the stack made itself. Components make it; " +
    "programs need not.",
  inputs: z.object({
    /** What the objects belong to: ids of the application, the principal, the API. Changing it replaces the resource. */
    holder: z.string().min(1).meta({ replaces: true }),
    /** Names of the objects that the program declares, for example permissions by value. */
    declared: z.array(z.string().min(1)),
    /** Those of them that the tenant has now: name → id, in the form in which the azuread provider imports it. */
    found: z.record(z.string(), z.string()),
  }),
  outputs: z.object({}),
  settled: z.object({
    /** What they belonged to when that was decided: for another application everything is decided anew. */
    of: z.string().optional(),
    /** The objects that were there before the stack, and still are: name → id. `pulumi destroy` leaves them. */
    adopted: z.record(z.string(), z.string()),
    /** Names of the objects that the stack makes and removes. */
    own: z.array(z.string()),
  }),
} satisfies Contract;

/** Names of objects that components adopt, besides permissions, which go by their value. */
export const objectNames = {
  /** An application's entry for an API in its own list of permissions. */
  apiAccess: "api-access",
  /** The one assignment of a role with a scope. */
  roleAssignment: "assignment",
} as const;

export type AdoptionInputs = z.output<typeof adoptionContract.inputs>;
export type Settled = z.output<typeof adoptionContract.settled>;
export type AdoptionState = AdoptionInputs & Settled;

/**
 * Each declared object is decided once, when it first comes up: adopted if it is there, the stack's own if not. What is the stack's own
 * stays so, and an adopted object that has disappeared becomes it, since the stack makes it anew. One that has disappeared and come
 * back between two updates was not the stack's doing and stays adopted. What leaves the program is forgotten.
 *
 * @param now the inputs, as far as they are known: where it is not known what is there, its holder is still to be made
 * @param before what was settled the last time
 */
export function settleAdoption(
  { holder, declared = [], found }: Partial<AdoptionInputs>,
  recorded: Settled = { adopted: {}, own: [] },
): Settled {
  const moved = holder !== undefined && recorded.of !== undefined && recorded.of !== holder;
  const before: Settled = moved ? { adopted: {}, own: [] } : recorded;
  const adopted = declared.flatMap((name): [string, string][] => {
    if (before.own.includes(name)) return [];
    const id = found === undefined ? before.adopted[name] : found[name];
    return id === undefined ? [] : [[name, id]];
  });
  const names = adopted.map(([name]) => name);
  const of = holder ?? before.of;
  return {
    ...(of === undefined ? {} : { of }),
    adopted: Object.fromEntries(adopted),
    own: declared.filter((name) => !names.includes(name)),
  };
}

export const adoption = defineKind<AdoptionInputs, AdoptionState, unknown>({
  contract: adoptionContract,

  observe: (_ctx, { id, inputs, last }) =>
    Promise.resolve(id === undefined ? gone : { id, state: { ...inputs, ...last } as AdoptionState }),

  settle: (declared, before) => settleAdoption(declared, settledState(before)),

  // What is in the tenant changes as the stack makes its own part of it; that alone is no change.
  plan: (desired, observed) => {
    const recorded = observed === gone ? undefined : observed.state;
    const changes = (["holder", "adopted", "own"] as const).flatMap((name) => {
      const to = (desired as AdoptionState)[name];
      const from = recorded?.[name];
      const replaces = name === "holder" && recorded !== undefined;
      return isDeepStrictEqual(from, to) ? [] : [change(name, from, to, { replaces })];
    });
    return { desired, observed, changes };
  },

  apply: (_ctx, { desired }) => Promise.resolve({ id: desired.holder, state: desired as AdoptionState }),

  remove: () => Promise.resolve(),
});

function settledState(before: Readonly<Record<string, unknown>> | undefined): Settled | undefined {
  const parsed = adoptionContract.settled.safeParse(before);
  return parsed.success ? parsed.data : undefined;
}
