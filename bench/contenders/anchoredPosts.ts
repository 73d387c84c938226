import { setTimeout as sleep } from "node:timers/promises";
import type { Contender } from "./contender";
import { isAsWanted, type ListedMailbox, Wire } from "./wire";

const atATime = 10;
/** Milliseconds before a throttled change is sent again that was not told when. How long CIPP waits is not known to us. */
const pauseMs = 2_000;

/**
 * CIPP's present way (`New-ExoBulkRequest -AnchorPerMailbox`, 2026): what differs is set by one POST a mailbox, anchored to it, ten at a
 * time, and a throttled one is sent again with the same anchor. Here it is sent until it is taken.
 */
export const anchoredPosts: Contender = {
  name: "anchoredPosts",
  async run(connection, { timeScale }) {
    const wire = await Wire.open(connection);
    const mailboxes = await wire.mailboxes("Minimum,Audit");
    const differing = mailboxes.filter((mailbox) => !isAsWanted(mailbox));
    const waiting = differing[Symbol.iterator]();
    let changed = 0;
    const work = async (): Promise<void> => {
      for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
        if ((await setUntilTaken(wire, next.value, timeScale)) === 200) changed += 1;
      }
    };
    await Promise.all(Array.from({ length: atATime }, work));
    await wire.close();
    return { mailboxes: mailboxes.length, changed, failed: differing.length - changed };
  },
};

async function setUntilTaken(wire: Wire, mailbox: ListedMailbox, timeScale: number): Promise<number> {
  for (;;) {
    const { status, retryAfterMs = pauseMs } = await wire.set(mailbox);
    if (status !== 429) return status;
    await sleep(retryAfterMs / timeScale);
  }
}
