import type { Contender } from "./contender";
import { isAsWanted, setMailbox, Wire } from "./wire";

const batchSize = 10;

/**
 * The shape of CIPP's `New-ExoBulkRequest` as most of its callers use it: what differs is set in batches of ten, one after another, each
 * anchored to the organization's system mailbox. Nothing looks at the status of the items, and a batch that fails is passed over, so
 * what was refused is lost and counts as done.
 */
export const plainBatches: Contender = {
  name: "plainBatches",
  async run(connection) {
    const wire = await Wire.open(connection);
    const mailboxes = await wire.mailboxes("Minimum,Audit");
    const differing = mailboxes.filter((mailbox) => !isAsWanted(mailbox));
    for (let at = 0; at < differing.length; at += batchSize) {
      const requests = differing.slice(at, at + batchSize).map(({ Guid }, index) => ({
        id: String(index),
        method: "POST",
        url: `${wire.root}/InvokeCommand`,
        headers: wire.headers(wire.systemMailbox),
        body: setMailbox(Guid),
      }));
      await wire.send("POST", "$batch", { requests }).catch(() => undefined);
    }
    await wire.close();
    return { mailboxes: mailboxes.length, changed: differing.length, failed: 0 };
  },
};
