/** `Get-Mailbox` and `Set-Mailbox`. */
import { applicationAccessOf } from "../applicationAccess";
import type { AuditChange } from "../auditChange";
import type { ExchangeBehaviour } from "../behaviour";
import { badParameterValue, objectNotFound, recipientTaskFailure, unknownParameters } from "../errors";
import type { Mailbox } from "../model";
import { logonTypes, recipientTypes } from "../model";
import type { ExchangeOrganization } from "../organization";
import type { MailboxGlance } from "../storedMailboxes";
import { page } from "../paging";
import type { Parameters } from "../parameters";
import { mailboxProperties, row } from "../properties";
import type { Cmdlet, CmdletCall, CmdletResult } from "./cmdlet";
import { changed, hostOfIdentity, single, truncated, unchanged } from "./cmdlet";

/** Every value that `-RecipientTypeDetails` takes, also those that no mailbox of the sandbox has. */
export const recipientTypeNames = [
  ...recipientTypes,
  "LegacyMailbox",
  "LinkedRoomMailbox",
  "SchedulingMailbox",
  "TeamMailbox",
] as const;
const recipientTypeEnumeration = "Microsoft.Exchange.Data.Directory.Recipient.RecipientTypeDetails[]";

export const getMailbox: Cmdlet = {
  name: "Get-Mailbox",
  server: (organization, parameters) =>
    organization.behaviour.readsNeedTheirServer ? hostOfIdentity(organization, parameters) : undefined,
  parameters:
    "Identity ResultSize Filter RecipientTypeDetails GroupMailbox Anr SortBy OrganizationalUnit MailboxPlan Archive IncludeInactiveMailbox InactiveMailboxOnly SoftDeletedMailbox PublicFolder".split(
      " ",
    ),
  run(call) {
    const { parameters, organization, replica } = call;
    const identity = parameters.text("Identity");
    if (identity === undefined) return listed(call);
    if (parameters.has("Filter") || parameters.has("Anr")) throw unknownParameters(["Identity"]);
    const mailbox = organization.mailbox(identity, replica);
    const wantsGroups = parameters.boolean("GroupMailbox") ?? false;
    if (mailbox === undefined || (mailbox.recipientTypeDetails === "GroupMailbox") !== wantsGroups) {
      throw objectNotFound(identity);
    }
    replica?.wasRead({ part: "mailbox", guid: mailbox.guid });
    return single(mailbox, mailboxProperties);
  },
};

function listed({ parameters, organization, pageRequest, behaviour, replica, ...call }: CmdletCall): CmdletResult {
  const limit = resultSize(parameters, behaviour);
  const passes = selection(parameters, organization);
  organization.counters.listPages++;
  organization.counters.mailboxPages++;
  const { rows, nextToken, isCutShort } = page(pageRequest, limit, organization.mailboxCount, (position) => {
    const glance = organization.glance(position, replica);
    return passes(glance) ? glance.mailbox() : undefined;
  });
  rows.forEach(call.listed);
  const saysTruncated = isCutShort || (nextToken !== undefined && limit !== Infinity);
  return {
    rows: rows.map((mailbox) => row(mailbox, mailboxProperties)),
    warnings: saysTruncated ? [truncated] : [],
    nextToken,
  };
}

function selection(parameters: Parameters, organization: ExchangeOrganization): (glance: MailboxGlance) => boolean {
  const filterText = parameters.text("Filter");
  const filter = filterText === undefined ? undefined : applicationAccessOf(organization).filter(filterText);
  const types = parameters.enumerators("RecipientTypeDetails", recipientTypeEnumeration, recipientTypeNames);
  const wantsGroups = parameters.boolean("GroupMailbox") ?? false;
  const anr = parameters.text("Anr")?.toLowerCase();
  const hasNone = ["InactiveMailboxOnly", "SoftDeletedMailbox", "PublicFolder", "Archive"].some((name) =>
    parameters.boolean(name),
  );
  return (glance) => {
    if (hasNone || !glance.exists) return false;
    const type = glance.recipientTypeDetails;
    if (types === undefined ? (type === "GroupMailbox") !== wantsGroups : !types.includes(type)) return false;
    if (anr !== undefined && !isNamed(glance.mailbox(), anr)) return false;
    return filter?.(glance) ?? true;
  };
}

function isNamed({ alias, displayName }: Mailbox, anr: string): boolean {
  return (
    alias.startsWith(anr) ||
    displayName
      .toLowerCase()
      .split(" ")
      .some((word) => word.startsWith(anr))
  );
}

/** `-ResultSize`: infinity for `Unlimited`. */
export function resultSize(parameters: Parameters, { defaultResultSize }: ExchangeBehaviour): number {
  const text = parameters.text("ResultSize") ?? String(defaultResultSize);
  if (text.toLowerCase() === "unlimited") return Infinity;
  if (/^\d+$/.test(text) && Number(text) > 0) return Number(text);
  throw badParameterValue(
    "ResultSize",
    `Cannot convert value "${text}" to type "Microsoft.Exchange.Data.Unlimited[System.UInt32]".`,
  );
}

export const setMailbox: Cmdlet = {
  name: "Set-Mailbox",
  server: hostOfIdentity,
  parameters:
    "Identity AuditEnabled AuditAdmin AuditDelegate AuditOwner DefaultAuditSet AuditLogAgeLimit GroupMailbox".split(
      " ",
    ),
  run({ parameters, organization, behaviour }) {
    const mailbox = existing(organization, parameters.required("Identity"));
    if (mailbox.recipientTypeDetails === "GroupMailbox" && !(parameters.boolean("GroupMailbox") ?? false)) {
      throw recipientTaskFailure(
        `'${mailbox.displayName}' is a group mailbox. Its settings can only be changed with the GroupMailbox switch, and its audited actions not at all.`,
      );
    }
    const lists = logonTypes.flatMap((logonType) => {
      const change = parameters.auditActions(`Audit${logonType}`);
      return change === undefined ? [] : [[logonType, change] as const];
    });
    const change: AuditChange = {
      enabled: parameters.boolean("AuditEnabled"),
      lists: Object.fromEntries(lists),
      restore:
        parameters.enumerators(
          "DefaultAuditSet",
          "Microsoft.Exchange.Data.Directory.MailboxAuditLogonTypes[]",
          logonTypes,
        ) ?? [],
      ageLimitDays: parameters.days("AuditLogAgeLimit"),
    };
    const isChanged = organization.changeMailboxAudit(mailbox, change, behaviour);
    return isChanged ? changed : unchanged(mailbox.displayName);
  },
};

function existing(organization: ExchangeOrganization, identity: string): Mailbox {
  const mailbox = organization.mailbox(identity);
  if (mailbox === undefined) throw objectNotFound(identity);
  return mailbox;
}
