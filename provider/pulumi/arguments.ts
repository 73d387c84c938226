/** What Pulumi programs may pass for an argument, and how arguments are checked when a component is constructed. */
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { InvalidInput, type Problem } from "../core/errors";
import { problemsOf } from "../core/validate";

/** `T` where every value, at any depth, may also be an Output or a Promise. Doc comments of the properties are kept. */
export type Inputs<T> = { [K in keyof T]: InputOf<T[K]> };
// The union is wrapped as a whole: `Input<true> | Input<false>` would refuse an `Output<boolean>`.
type InputOf<T> = pulumi.Input<Deep<T>>;
type Deep<T> = T extends readonly (infer E)[] ? InputOf<E>[] : T extends object ? Inputs<T> : T;

/** Whether the value is only known later: an Output or a Promise. */
export function isDeferred(value: unknown): boolean {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

/**
 * Checks everything that is known already and throws {@link InvalidInput} with all problems at once. Call it first in a
 * constructor, before `super` has registered anything. Values that are still Outputs are checked when the resource kind gets them.
 *
 * @param rules what holds between arguments, whether their values are known yet or not; not asked when `args` is no object
 */
export function checkArgs<A>(
  schema: z.ZodType,
  args: A,
  subject: string,
  rules: (args: A) => readonly Problem[] = () => [],
): void {
  const isObject = typeof args === "object" && args !== null;
  const problems = [...problemsOf(schema, args, { isDeferred }), ...(isObject ? rules(args) : [])];
  if (problems.length > 0) throw new InvalidInput(subject, problems);
}

/**
 * The problem of an argument that decides which resources there are and is only known later. A resource that is made once a
 * value arrives is missing from the preview, and nothing can be put in order after it.
 */
export function mustBePlain(path: string, value: unknown): Problem[] {
  const deferred = isDeferred(value) || (Array.isArray(value) && value.some(isDeferred));
  if (!deferred) return [];
  return [
    {
      path,
      message: "an Output or a Promise was given; allowed: plain values, because they decide which resources there are",
    },
  ];
}

/** An argument, or what its schema says it is when the program leaves it out. */
export function orDefault<T extends boolean | number | string>(
  value: pulumi.Input<T | undefined> | undefined,
  fallback: T,
): pulumi.Output<T> {
  return pulumi.output<T | undefined>(value).apply((given) => (given ?? fallback) as T);
}

const given = new WeakMap<pulumi.Resource, object>();

/** Keeps what a resource was constructed with, for {@link argumentsOf}. */
export function rememberArguments(resource: pulumi.Resource, args: object): void {
  given.set(resource, args);
}

/** What a resource was constructed with: in a preview its outputs don't tell what was not given from what is not known yet. */
export function argumentsOf(resource: pulumi.Resource): Readonly<Record<string, unknown>> {
  return (given.get(resource) ?? {}) as Readonly<Record<string, unknown>>;
}

/** False for an Output whose value only the update will make. */
export function isKnown(output: pulumi.Output<unknown>): Promise<boolean> {
  return (output as unknown as { readonly isKnown: Promise<boolean> }).isKnown;
}
