import type { Contender } from "./contender";
import { cmdlet, isAsWanted, recipientTypes, vendorParameters, Wire } from "./wire";

/**
 * The shape of Microsoft's own repair script (o365soa/Scripts, Configure-MailboxAuditLogging.ps1): all mailboxes are listed with
 * their audit properties, and those that differ are set one after another.
 */
export const diffFirst: Contender = {
  name: "diffFirst",
  async run(connection) {
    const wire = await Wire.open(connection);
    const listing = `Mailbox?PropertySet=Minimum,Audit&RecipientTypeDetails=${recipientTypes.join(",")}`;
    const mailboxes = await wire.list("GET", listing);
    const differing = mailboxes.filter((mailbox) => !isAsWanted(mailbox));
    let changed = 0;
    for (const { Guid } of differing) {
      const answer = await wire.send(
        "POST",
        "InvokeCommand",
        cmdlet("Set-Mailbox", { Identity: Guid, ...vendorParameters }),
      );
      if (answer.status === 200) changed += 1;
    }
    await wire.close();
    return { mailboxes: mailboxes.length, changed, failed: differing.length - changed };
  },
};
