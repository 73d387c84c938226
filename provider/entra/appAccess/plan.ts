/** The plan for an app's access. Pure. */
import { isDeepStrictEqual } from "node:util";
import { propertyMarks } from "../../core/contract";
import { type Change, change, gone, type Gone, type Plan } from "../../core/plan";
import { appAccessContract, type AppAccessInputs, type AppAccessState } from "./contract";
import { declaredKeys, type Held } from "./held";
import type { AppAccessFindings, AppAccessObservation } from "./observe";

/** How a plan names something that goes. */
export function pathOf({ name, assignment }: Held): string {
  return `held[${JSON.stringify(`${name} ${assignment.id}`)}]`;
}

/**
 * With findings: each declared property that differs from what was recorded, then each thing that the app holds beyond it. Without
 * (from what was recorded): the declared properties, and the drift that goes away.
 */
export function planAppAccess(
  desired: AppAccessInputs,
  observed: AppAccessObservation | Gone,
): Plan<AppAccessInputs, AppAccessState, AppAccessFindings> {
  const recorded = observed === gone ? undefined : observed.state;
  const findings = observed === gone ? undefined : observed.detail;
  const surplus =
    findings === undefined
      ? driftChanges(recorded)
      : desired.excess === "report"
        ? []
        : findings.excess.map((held) => change(pathOf(held), held.name, undefined));
  return { desired, observed, changes: [...declaredChanges(desired, recorded), ...surplus] };
}

function declaredChanges(desired: AppAccessInputs, recorded: AppAccessState | undefined): readonly Change[] {
  return [...propertyMarks(appAccessContract.inputs)].flatMap(([property, { replaces }]) => {
    const name = property as keyof AppAccessInputs;
    const to = desired[name];
    const from = recorded?.[name];
    if (isDeepStrictEqual(comparable(name, desired), comparable(name, recorded))) return [];
    return [change(name, from, to, { replaces: replaces === true && from !== undefined && to !== undefined })];
  });
}

/** The lists are sets, ids are the same in any letter case, and a default is the same whether it is written or not. */
function comparable(name: keyof AppAccessInputs, inputs: AppAccessInputs | undefined): unknown {
  const value = inputs?.[name];
  if (inputs === undefined) return undefined;
  if (name === "excess") return value ?? "remove";
  if (name === "permissions" && Array.isArray(value)) {
    return [...declaredKeys({ permissions: inputs.permissions, directoryRoles: [] })].sort();
  }
  if (name === "directoryRoles" && Array.isArray(value)) {
    return [...declaredKeys({ permissions: [], directoryRoles: inputs.directoryRoles })].sort();
  }
  return typeof value === "string" ? value.toLowerCase() : value;
}

function driftChanges(recorded: AppAccessState | undefined): readonly Change[] {
  const found: Readonly<Record<string, unknown>> = { ...recorded };
  return Object.keys(appAccessContract.drift.shape).flatMap((name) =>
    found[name] === undefined ? [] : [change(name, found[name], undefined)],
  );
}
