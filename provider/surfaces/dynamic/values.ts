/**
 * Values as the engine gives them to a dynamic provider: plain JSON, secrets in the clear (the engine marks them again by name),
 * and one text that stands for everything that is not known yet.
 */
import { type Contract, hasUnknown, isUnknown, unknownValue } from "../../core";

export type Properties = Readonly<Record<string, unknown>>;

export { hasUnknown, isUnknown, unknownValue };

/** The properties that are the surface's own and the engine's (`__provider`, `__urn`): no kind sees them, every answer keeps them. */
export function internal(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => name.startsWith("__")));
}

/** What the program declares of a contract's inputs, and what the kind settled with them, out of inputs or of recorded state. */
export function inputsOf(contract: Contract, properties: Properties): Properties {
  return pick(properties, namesOf(contract));
}

/** What the kind settled the last time, out of recorded inputs or state; undefined when it has not yet. */
export function settledBefore(contract: Contract, properties: Properties): Properties | undefined {
  const found = pick(properties, Object.keys(contract.settled?.shape ?? {}));
  return Object.keys(found).length === 0 ? undefined : found;
}

/** What is read into the recorded inputs: the inputs as observed, and what was found that should not be there. */
export function observedInputs(contract: Contract, state: Properties): Properties {
  return pick(state, [...namesOf(contract), ...Object.keys(contract.drift?.shape ?? {})]);
}

function namesOf({ inputs, settled }: Contract): string[] {
  return [...Object.keys(inputs.shape), ...Object.keys(settled?.shape ?? {})];
}

/**
 * With the contract's defaults and normal forms. A property that is not wholly known is left as it is, as is everything else that
 * does not fit the contract.
 */
export function normalized(contract: Contract, inputs: Properties): Properties {
  const shape = contract.inputs.shape as Record<string, (typeof contract.inputs.shape)[string]>;
  return Object.fromEntries(
    [...new Set([...Object.keys(inputs), ...Object.keys(shape)])].flatMap((name): [string, unknown][] => {
      const given = inputs[name];
      const result = hasUnknown(given)
        ? undefined
        : (shape[name] as { safeParse?: Parse } | undefined)?.safeParse?.(given);
      const value = result?.success === true ? result.data : given;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

type Parse = (value: unknown) => { success: boolean; data?: unknown };

/** Without `undefined` at any depth, which the engine's protocol has no form for. Anything that is no JSON is a bug of the kind. */
export function pureJson(value: object): Properties {
  return JSON.parse(JSON.stringify(value)) as Properties;
}

function pick(properties: Properties, names: readonly string[]): Properties {
  return Object.fromEntries(
    names.flatMap((name): [string, unknown][] => (properties[name] === undefined ? [] : [[name, properties[name]]])),
  );
}
