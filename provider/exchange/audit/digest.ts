/** A digest of the audit settings of many mailboxes that does not depend on their order and can be brought up to date. */
import { createHash } from "node:crypto";
import { logonTypes } from "../auditActions";
import type { Mailbox } from "./mailbox";

/** The mailboxes' own hashes, combined by exclusive or: to take a mailbox in and to take it out is the same. */
export class Digest {
  readonly #sum: Buffer;

  constructor(from?: Digest) {
    this.#sum = from === undefined ? Buffer.alloc(32) : Buffer.from(from.#sum);
  }

  /** Takes a mailbox in, or out when it is in already. */
  toggle(mailbox: Mailbox): void {
    const lists = logonTypes.map((type) => mailbox.lists[type].join());
    const text = [
      mailbox.guid.toLowerCase(),
      String(mailbox.auditEnabled),
      mailbox.defaultAuditSet.join(),
      ...lists,
    ].join("|");
    const hash = createHash("sha256").update(text).digest();
    for (let index = 0; index < hash.length; index += 1)
      this.#sum[index] = (this.#sum[index] ?? 0) ^ (hash[index] ?? 0);
  }

  /** The first 16 bytes in hex. */
  toString(): string {
    return this.#sum.toString("hex", 0, 16);
  }
}
