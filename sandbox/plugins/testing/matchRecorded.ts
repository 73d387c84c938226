/** Compares what a stand-in recorded with what the official plugin was seen to record, key by key. */
import { ExpectedSecret, recorded, type Expected } from "./recorded";
import { isList, isMap, Secret, type Value } from "../values";
import type { Recorded } from "./driver";

/** @returns every place at which they differ; nothing of the values, which may be secret. */
export function deviations(token: string, actual: Recorded): readonly string[] {
  const expected = recorded[token];
  if (expected === undefined) return [`nothing is known of ${token}`];
  return [
    ...(expected.id.test(actual.id) ? [] : [`id: "${actual.id}" is not of the form ${String(expected.id)}`]),
    ...compare("inputs", expected.inputs, actual.inputs),
    ...compare("outputs", expected.outputs, actual.outputs),
  ];
}

function compare(path: string, expected: Expected, actual: Value | undefined): readonly string[] {
  if (actual === undefined) return [`${path} is missing`];
  if (expected instanceof ExpectedSecret) {
    return actual instanceof Secret ? compare(path, expected.value, actual.value) : [`${path} is not secret`];
  }
  if (actual instanceof Secret) return [`${path} is secret`];
  if (expected instanceof RegExp) {
    return typeof actual === "string" && expected.test(actual)
      ? []
      : [`${path} is not of the form ${String(expected)}`];
  }
  if (isList(expected)) {
    const items = expected;
    if (!isList(actual)) return [`${path} is no list`];
    const found = actual;
    if (found.length !== items.length)
      return [`${path} has ${String(found.length)} elements, not ${String(items.length)}`];
    return items.flatMap((item, index) => compare(`${path}[${String(index)}]`, item, found[index]));
  }
  if (typeof expected === "object" && expected !== null) {
    if (!isMap(actual)) return [`${path} is no map`];
    const wanted = expected;
    const extra = Object.keys(actual).filter((name) => !(name in wanted));
    return [
      ...Object.entries(wanted).flatMap(([name, value]) => compare(`${path}.${name}`, value, actual[name])),
      ...extra.map((name) => `${path}.${name} is too much`),
    ];
  }
  return actual === expected ? [] : [`${path} is not ${JSON.stringify(expected)}`];
}
