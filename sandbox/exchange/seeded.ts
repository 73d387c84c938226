/** Values made from a seed and an index, so that a tenant of any size needs no table of its mailboxes. */

/** A 32-bit number for a text (FNV-1a). */
export function numberOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** A well-mixed 32-bit number for a seed, an index and what it is for. */
export function mixed(seed: number, index: number, salt: number): number {
  let hash = seed ^ Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(salt + 1, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const spread = 0x9e3779b1;
const gather = inverse(spread);

/** The number that undoes a multiplication by an odd number, modulo 2³². */
function inverse(odd: number): number {
  let result = odd;
  for (let step = 0; step < 5; step++) result = Math.imul(result, 2 - Math.imul(odd, result));
  return result;
}

/**
 * A version 4 GUID that carries its index in the first eight digits, spread so that it doesn't show. {@link indexOfGuid} gets the
 * index back without a table.
 */
export function indexedGuid(seed: number, index: number, salt: number): string {
  const first = (Math.imul(index, spread) ^ mixed(seed, 0, salt)) >>> 0;
  return guidText(first, mixed(seed, index, salt + 1), mixed(seed, index, salt + 2), mixed(seed, index, salt + 3));
}

/** The index that a GUID of {@link indexedGuid} would carry. Whether it is one must be checked by making it again. */
export function indexOfGuid(seed: number, guid: string, salt: number): number {
  const first = Number.parseInt(guid.slice(0, 8), 16);
  return Math.imul((first ^ mixed(seed, 0, salt)) | 0, gather) >>> 0;
}

const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function hex(value: number): string {
  const byte = (shift: number): string => hexOfByte[(value >>> shift) & 255] ?? "";
  return byte(24) + byte(16) + byte(8) + byte(0);
}

function guidText(a: number, b: number, c: number, d: number): string {
  // Version 4, and the variant of RFC 9562.
  const [second, third] = [hex((b & 0xffff0fff) | 0x4000), hex((c & 0x3fffffff) | 0x80000000)];
  return `${hex(a)}-${second.slice(0, 4)}-${second.slice(4)}-${third.slice(0, 4)}-${third.slice(4)}${hex(d)}`;
}

/** Whether a text has the form of a GUID. */
export function isGuid(text: string): boolean {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);
}

/** A copy in an order that depends on nothing but the number. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  return items
    .map((item, index) => ({ item, key: mixed(seed, index, 71) }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
