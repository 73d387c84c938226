import type { Contender } from "./contender";
import { isAsWanted, Wire } from "./wire";

/**
 * The shape of Microsoft's own repair script (o365soa/Scripts, Configure-MailboxAuditLogging.ps1): all mailboxes are listed with
 * their audit properties, and those that differ are set one after another.
 */
export const diffFirst: Contender = {
  name: "diffFirst",
  async run(connection) {
    const wire = await Wire.open(connection);
    const mailboxes = await wire.mailboxes("Minimum,Audit");
    const differing = mailboxes.filter((mailbox) => !isAsWanted(mailbox));
    const changed = await wire.setOneByOne(differing);
    await wire.close();
    return { mailboxes: mailboxes.length, changed, failed: differing.length - changed };
  },
};
