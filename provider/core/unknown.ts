/** What a preview does not know yet. */

/** Stands for a value that only the update will know. The same text as `unknownValue` of `@pulumi/pulumi/runtime`. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function isUnknown(value: unknown): boolean {
  return value === unknownValue;
}

/** Whether the value is not known yet, in whole or in part. */
export function hasUnknown(value: unknown): boolean {
  if (isUnknown(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasUnknown);
}
