/** What Pulumi programs may pass for an argument, and how arguments are checked when a component is constructed. */
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { InvalidInput } from "../core/errors";
import { problemsOf } from "../core/validate";

/** `T` where every value, at any depth, may also be an Output or a Promise. Doc comments of the properties are kept. */
export type Inputs<T> = { [K in keyof T]: InputOf<T[K]> };
type InputOf<T> = T extends readonly (infer E)[]
  ? pulumi.Input<InputOf<E>[]>
  : T extends object
    ? pulumi.Input<Inputs<T>>
    : pulumi.Input<T>;

function isDeferred(value: unknown): boolean {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

/**
 * Checks everything that is known already and throws {@link InvalidInput} with all problems at once. Call it first in a
 * constructor, before `super` has registered anything. Values that are still Outputs are checked when the resource kind gets them.
 */
export function checkArgs(schema: z.ZodType, args: unknown, subject: string): void {
  const problems = problemsOf(schema, args, { isDeferred });
  if (problems.length > 0) throw new InvalidInput(subject, problems);
}
