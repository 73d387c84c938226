/** The plan for an app's scope. Pure. */
import { isDeepStrictEqual } from "node:util";
import { propertyMarks } from "../../core/contract";
import { type Change, change, gone, type Gone, type Observation, type Plan } from "../../core/plan";
import {
  applicationScopeContract,
  type ApplicationScopeInputs,
  type ApplicationScopeState,
  scopeNameOf,
} from "./contract";
import { aboutOf, type Findings } from "./findings";
import { scopeText } from "./scope";
import { stepsFor } from "./steps";

export type ApplicationScopeObservation = Observation<ApplicationScopeState, Findings>;
export type ApplicationScopePlan = Plan<ApplicationScopeInputs, ApplicationScopeState, Findings>;

/**
 * With findings: each declared property that differs from what was recorded, then what has to be done in Exchange. Without (from what
 * was recorded): the declared properties, and the drift that goes away.
 */
export function planApplicationScope(
  desired: ApplicationScopeInputs,
  observed: ApplicationScopeObservation | Gone,
): ApplicationScopePlan {
  const recorded = observed === gone ? undefined : observed.state;
  const findings = observed === gone ? undefined : observed.detail;
  const found =
    findings?.about === aboutOf(desired)
      ? stepsFor(desired, findings).map((step) => step.change)
      : driftChanges(recorded);
  const said = new Set(found.map(({ path }) => path));
  const declared = declaredChanges(desired, recorded).filter(({ path }) => !said.has(path));
  return { desired, observed, changes: [...declared, ...found] };
}

function declaredChanges(
  desired: ApplicationScopeInputs,
  recorded: ApplicationScopeState | undefined,
): readonly Change[] {
  return [...propertyMarks(applicationScopeContract.inputs)].flatMap(([property, { replaces }]) => {
    const name = property as keyof ApplicationScopeInputs;
    const [from, to] = [recorded?.[name], desired[name]];
    if (isDeepStrictEqual(comparable(name, recorded), comparable(name, desired))) return [];
    return [change(name, from, to, { replaces: replaces === true && from !== undefined && to !== undefined })];
  });
}

/** The roles are a set, ids are the same in any letter case, and a default is the same whether it is written or not. */
function comparable(name: keyof ApplicationScopeInputs, inputs: ApplicationScopeInputs | undefined): unknown {
  if (inputs === undefined) return undefined;
  switch (name) {
    case "roles":
      return [...new Set(inputs.roles)].sort();
    case "scope":
      return scopeText(inputs.scope);
    case "scopeName":
      return scopeNameOf(inputs).toLowerCase();
    case "excess":
      return inputs.excess ?? "remove";
    case "displayName":
      return inputs.displayName;
    default:
      return inputs[name]?.toLowerCase();
  }
}

function driftChanges(recorded: ApplicationScopeState | undefined): readonly Change[] {
  const found: Readonly<Record<string, unknown>> = { ...recorded };
  return Object.keys(applicationScopeContract.drift.shape).flatMap((name) =>
    found[name] === undefined ? [] : [change(name, found[name], undefined)],
  );
}
