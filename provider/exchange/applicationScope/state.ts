/** What is recorded of an app's scope. Pure. */
import {
  type ApplicationScopeDrift,
  type ApplicationScopeInputs,
  applicationScopeContract,
  type ApplicationScopeOutputs,
  type ApplicationScopeState,
} from "./contract";
import type { Made } from "./findings";
import { type About, assignmentText, type Step } from "./steps";
import type { Assignment } from "./wire";

const sampleSize = 20;

/** The id of an app's scope. */
export function idOf({ tenantId, clientId }: Pick<ApplicationScopeInputs, "tenantId" | "clientId">): string {
  return `${tenantId}/${clientId}/applicationScope`.toLowerCase();
}

/** What stands after a look or an apply. */
export interface Standing {
  readonly made: Made;
  /** What is still to be done. */
  readonly open: readonly Step[];
  /** Assignments beyond what is declared. */
  readonly excess: readonly Assignment[];
  /** The filter that the management scope has. */
  readonly recipientFilter: string | undefined;
  readonly proof: ApplicationScopeOutputs["proof"];
}

/**
 * The state to record, with what is still to be done as drift.
 *
 * @param inputs what was declared when what stands was made
 */
export function stateOf(inputs: ApplicationScopeInputs, standing: Standing): ApplicationScopeState {
  const { made, open, excess, recipientFilter, proof } = standing;
  const abouts = open.map(({ about }) => about);
  return {
    ...inputs,
    ...misnamed(abouts),
    ...driftOf(abouts),
    ...(recipientFilter === undefined ? {} : { recipientFilter }),
    madeServicePrincipal: made.servicePrincipal,
    ...(made.scope === undefined ? {} : { madeScope: made.scope }),
    excessive: sampled(excess.map(assignmentText)),
    proof,
  };
}

/** The declared properties of a record; undefined where there is none. */
export function recordedInputs(
  last: Readonly<Record<string, unknown>> | undefined,
): ApplicationScopeInputs | undefined {
  if (last?.["tenantId"] === undefined) return undefined;
  const names = Object.keys(applicationScopeContract.inputs.shape).filter((name) => last[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, last[name]])) as unknown as ApplicationScopeInputs;
}

/** The proof of a record. */
export function recordedProof(last: Readonly<Record<string, unknown>> | undefined): ApplicationScopeOutputs["proof"] {
  return ((last ?? {}) as Partial<ApplicationScopeState>).proof ?? {};
}

function driftOf(abouts: readonly About[]): ApplicationScopeDrift {
  const missing = abouts.flatMap((about) => (about.kind === "missing" ? [about.what] : []));
  const excess = abouts.flatMap((about) => (about.kind === "excess" ? [about.what] : []));
  const otherFilter = abouts.flatMap((about) => (about.kind === "otherFilter" ? [about.filter] : []))[0];
  const otherObjectId = abouts.flatMap((about) => (about.kind === "otherObjectId" ? [about.objectId] : []))[0];
  const unusedScope = abouts.flatMap((about) => (about.kind === "unusedScope" ? [about.name] : []))[0];
  return {
    ...(missing.length === 0 ? {} : { missing }),
    ...(otherFilter === undefined ? {} : { otherFilter }),
    ...(otherObjectId === undefined ? {} : { otherObjectId }),
    ...(excess.length === 0 ? {} : { beyondScope: sampled(excess) }),
    ...(unusedScope === undefined ? {} : { unusedScope }),
  };
}

/** A declared name that Exchange does not have is shown as the name that it has. */
function misnamed(abouts: readonly About[]): Pick<ApplicationScopeInputs, "displayName"> {
  const found = abouts.flatMap((about) => (about.kind === "displayName" ? [about.displayName] : []))[0];
  return found === undefined ? {} : { displayName: found };
}

function sampled(all: readonly string[]): ApplicationScopeOutputs["excessive"] {
  return { count: all.length, sample: all.slice(0, sampleSize) };
}
