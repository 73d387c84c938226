/** What the engine does with a policy, for tests: up, refresh, and the plan that a preview shows. */
import type { PartiallyApplied } from "../../core/errors";
import { PartiallyApplied as Partially } from "../../core/errors";
import { type Context, reconcile } from "../../core/kind";
import { gone } from "../../core/plan";
import type { Mailbox } from "../../../sandbox/exchange/model";
import type { Findings } from "../audit/findings";
import {
  type MailboxAuditInputs,
  type MailboxAuditKind,
  mailboxAuditOver,
  type MailboxAuditState,
} from "../mailboxAudit";
import { defaultRecipientTypes } from "../auditActions";
import type { TestTenant } from "./tenant";
import { declared } from "./tenant";

export class Steward {
  readonly kind: MailboxAuditKind;

  constructor(private readonly tenant: TestTenant) {
    this.kind = mailboxAuditOver(tenant.connect);
  }

  async up(
    inputs: MailboxAuditInputs = declared(),
    last?: MailboxAuditState,
    more: Partial<Context> = {},
  ): Promise<MailboxAuditState> {
    const reference = { inputs, ...(last === undefined ? {} : { id: "policy", last: { ...last } }) };
    return (await reconcile(this.kind, { ...this.tenant.context(), ...more }, reference)).state;
  }

  /** {@link up} that is to fail in part. */
  async partialUp(
    inputs: MailboxAuditInputs = declared(),
    last?: MailboxAuditState,
    more: Partial<Context> = {},
  ): Promise<{ readonly error: PartiallyApplied; readonly state: MailboxAuditState }> {
    const error: unknown = await this.up(inputs, last, more).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof Partially)) throw new Error(`not applied in part: ${String(error)}`);
    return { error, state: error.state as unknown as MailboxAuditState };
  }

  async refresh(last: MailboxAuditState): Promise<MailboxAuditState> {
    return (await this.look(last)).state;
  }

  async look(last: MailboxAuditState): Promise<{ state: MailboxAuditState; detail?: Findings }> {
    const reference = { id: "policy", inputs: last, last: { ...last }, purpose: "refresh" } as const;
    const observed = await this.kind.observe(this.tenant.context(), reference);
    if (observed === gone) throw new Error("gone");
    return observed;
  }

  /** What a preview shows as changing. */
  preview(state: MailboxAuditState, desired: MailboxAuditInputs = declared()): readonly string[] {
    return this.kind.plan(desired, { id: "policy", state }).changes.map(({ path }) => path);
  }

  /** The mailboxes of these types, in the order in which they are listed. */
  mailboxes(types: readonly string[] = defaultRecipientTypes): readonly Mailbox[] {
    return [...this.tenant.organization.each()].filter(({ recipientTypeDetails }) =>
      types.includes(recipientTypeDetails),
    );
  }

  /** A user's mailbox, with or without Audit (Premium) where it matters. */
  user(index = 0, isPremium?: boolean): Mailbox {
    const users = this.mailboxes(["UserMailbox"]).filter(
      ({ persistedCapabilities }) =>
        isPremium === undefined || persistedCapabilities.includes("M365Auditing") === isPremium,
    );
    const found = users[index];
    if (found === undefined) throw new Error(`there are ${String(users.length)} such users`);
    return found;
  }

  /** Requests that list mailboxes, and those that list bypass associations. */
  listings(): { readonly mailboxes: number; readonly bypass: number } {
    return {
      mailboxes:
        this.tenant.count("/Mailbox?") +
        this.tenant.called("Get-Mailbox").filter(({ Identity }) => Identity === undefined).length,
      bypass: this.tenant
        .called("Get-MailboxAuditBypassAssociation")
        .filter(({ ResultSize }) => ResultSize !== undefined).length,
    };
  }
}
