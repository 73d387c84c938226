/**
 * A set of GUIDs that takes 16 to 32 bytes for each (a `Set` of texts takes some 100): 100,000 of them are 4 MiB. Open addressing over
 * four words a GUID; the words of a GUID are random enough to be their own hash.
 */

const wordsEach = 4;

export class GuidSet {
  #words = new Uint32Array(wordsEach * 1_024);
  #size = 0;
  readonly #guid = new Uint32Array(wordsEach);
  /** Texts that are no GUID, and the GUID that stands for an empty place. */
  readonly #others = new Set<string>();

  /** Adds a GUID, in any letter case; false when it was there. Any other text is taken too. */
  add(text: string): boolean {
    if (!read(text, this.#guid)) {
      const before = this.#others.size;
      return this.#others.add(text.toLowerCase()).size > before;
    }
    if ((this.#size + 1) * wordsEach * 2 > this.#words.length) this.#grow();
    if (!put(this.#words, this.#guid, 0)) return false;
    this.#size += 1;
    return true;
  }

  #grow(): void {
    const words = new Uint32Array(this.#words.length * 2);
    for (let at = 0; at < this.#words.length; at += wordsEach) {
      if (!isEmpty(this.#words, at)) put(words, this.#words, at);
    }
    this.#words = words;
  }
}

/** Puts the GUID at `from` of another table in; false when it is in this one already. */
function put(words: Uint32Array, other: Uint32Array, from: number): boolean {
  const places = words.length / wordsEach;
  const start = ((other[from] ?? 0) ^ (other[from + 3] ?? 0)) >>> 0;
  for (let place = start % places; ; place = (place + 1) % places) {
    const at = place * wordsEach;
    if (isEmpty(words, at)) {
      for (let word = 0; word < wordsEach; word += 1) words[at + word] = other[from + word] ?? 0;
      return true;
    }
    let same = 0;
    while (same < wordsEach && words[at + same] === other[from + same]) same += 1;
    if (same === wordsEach) return false;
  }
}

function isEmpty(words: Uint32Array, at: number): boolean {
  return words[at] === 0 && words[at + 1] === 0 && words[at + 2] === 0 && words[at + 3] === 0;
}

/**
 * Reads `8-4-4-4-12` hexadecimal digits into `words`; false for any other text, and for the GUID of nothing but zeros. By hand, since it
 * is done for each mailbox of a tenant.
 */
function read(text: string, words: Uint32Array): boolean {
  if (text.length !== 36) return false;
  let digits = 0;
  let word = 0;
  for (let at = 0; at < 36; at += 1) {
    const code = text.charCodeAt(at);
    if (at === 8 || at === 13 || at === 18 || at === 23) {
      if (code !== 45) return false;
      continue;
    }
    const digit = digitOf(code);
    if (digit < 0) return false;
    word = (word << 4) | digit;
    digits += 1;
    if (digits % 8 === 0) words[digits / 8 - 1] = word;
  }
  return !isEmpty(words, 0);
}

function digitOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
