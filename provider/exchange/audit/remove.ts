/** What becomes of the mailboxes when a policy is deleted. */
import { PartiallyApplied } from "../../core/errors";
import type { Context } from "../../core/kind";
import type { MailboxAuditState } from "../mailboxAuditContract";
import { type Connect, withConnection } from "./connect";
import { auditPolicy } from "./policy";
import { correctAll } from "./correct";
import { scanMailboxes } from "./scan";

/**
 * `keep`: nothing is sent at all. `restoreDefaults`: each mailbox in scope of which a list is pinned is handed back to Microsoft;
 * auditing stays on.
 *
 * @throws PartiallyApplied when a mailbox could not be handed back; running it again does the rest
 */
export async function removeMailboxAudit(
  ctx: Context,
  id: string,
  last: MailboxAuditState,
  connect: Connect,
): Promise<void> {
  if (last.onDelete !== "restoreDefaults") return;
  const failures: string[] = [];
  const { recipientTypes, include, exclude, filter } = last;
  const scope = { recipientTypes, include, exclude, filter };
  const managed = auditPolicy({ baseline: "microsoftManaged", match: "exactly", ...scope });
  await withConnection(connect(ctx, last, "app"), async (api) => {
    const { corrections } = await scanMailboxes(ctx, api, managed);
    await correctAll(ctx, api, {
      items: corrections.flatMap(({ mailbox, differences }) => {
        const lists = differences.filter(({ property }) => property === "defaultAuditSet");
        return lists.length === 0 ? [] : [{ mailbox, differences: lists }];
      }),
      policy: managed,
      what: "mailboxes handed back to Microsoft's defaults",
      operation: "restoring the default audit actions of",
      onEnd: ({ mailbox }, ending) => {
        if (ending.kind === "failed") failures.push(`${mailbox.address}: ${ending.error.facts.happened}`);
      },
    });
  });
  if (failures.length === 0) return;
  const samples = failures.slice(0, 20);
  throw new PartiallyApplied(
    {
      operation: "restoring the default audit actions in tenant",
      subject: last.tenantId,
      happened: `${String(failures.length)} mailboxes could not be changed${samples.map((line) => `\n  - ${line}`).join("")}`,
      next: 'Delete again to do the rest, or set onDelete to "keep" first.',
    },
    id,
    last,
    samples,
  );
}
