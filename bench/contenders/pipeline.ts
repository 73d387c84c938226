import type { Contender } from "./contender";
import { Wire } from "./wire";

/**
 * What Netwrix' guide tells people to run: `Get-ExoMailbox -PropertySets Minimum -RecipientTypeDetails … | Set-Mailbox -AuditEnabled $true
 * -AuditAdmin … -AuditDelegate …`. Every mailbox is set, one after another, however it stood. As written there it would list 1,000
 * mailboxes and stop; here it lists them all.
 */
export const pipeline: Contender = {
  name: "pipeline",
  async run(connection) {
    const wire = await Wire.open(connection);
    const mailboxes = await wire.mailboxes("Minimum");
    const changed = await wire.setOneByOne(mailboxes);
    await wire.close();
    return { mailboxes: mailboxes.length, changed, failed: mailboxes.length - changed };
  },
};
