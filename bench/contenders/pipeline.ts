import type { Contender } from "./contender";
import { cmdlet, recipientTypes, vendorParameters, Wire } from "./wire";

/**
 * What Netwrix' guide tells people to run: `Get-Mailbox -ResultSize Unlimited -Filter {RecipientTypeDetails -eq "UserMailbox" -or …} |
 * Set-Mailbox -AuditEnabled $true -AuditAdmin … -AuditDelegate …`. Every mailbox is set, one after another, however it stood.
 */
export const pipeline: Contender = {
  name: "pipeline",
  async run(connection) {
    const wire = await Wire.open(connection);
    const parameters = { ResultSize: "Unlimited", RecipientTypeDetails: recipientTypes };
    const mailboxes = await wire.list("POST", "InvokeCommand", cmdlet("Get-Mailbox", parameters));
    let changed = 0;
    for (const { Guid } of mailboxes) {
      const answer = await wire.send(
        "POST",
        "InvokeCommand",
        cmdlet("Set-Mailbox", { Identity: Guid, ...vendorParameters }),
      );
      if (answer.status === 200) changed += 1;
    }
    await wire.close();
    return { mailboxes: mailboxes.length, changed, failed: mailboxes.length - changed };
  },
};
