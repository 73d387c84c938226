/** Ids of what was prepared for the product in the bulk-upload file: the product gives it another when it is uploaded. */
const prefix = "bulk-";

/** @param idempotencyKey of the declaration */
export function preparedId(idempotencyKey: string): string {
  return `${prefix}${idempotencyKey.slice(0, 32)}`;
}

/** Whether the object is known from the file alone, so that nobody can read what the product has of it. */
export function isPrepared(id: string): boolean {
  return id.startsWith(prefix);
}
