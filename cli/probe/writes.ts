/** What the probe asks with `--write-one`: changes of one mailbox that change nothing, and one that is put back. */
import type { logonTypes } from "../../sandbox/exchange/model";
import { text, texts, type Row } from "./answer";
import type { ProbeRequest } from "./ask";
import { NotAsked } from "./notAsked";
import { batch, cmdlet } from "./requests";
import { type Look, namesOf, type Seen } from "./seen";

/** Actions of the owner that every licence records and no default list has. */
const additions = ["Move", "RecordDelete", "Create", "MailboxLogin"];

/** A mailbox's audit settings, as far as they can be put back. */
export interface Settings {
  readonly ageLimit: string;
  readonly lists: Readonly<Record<(typeof logonTypes)[number], readonly string[]>>;
  /** `DefaultAuditSet`. */
  readonly managed: readonly string[];
}

/** @throws NotAsked when the row lacks one of them */
export function settingsOf(row: Row): Settings {
  const list = (name: string): readonly string[] => {
    if (!Array.isArray(row[name])) throw new NotAsked(`the mailbox shows no ${name}`);
    return texts(row[name]);
  };
  const ageLimit = text(row["AuditLogAgeLimit"]);
  if (ageLimit === undefined) throw new NotAsked("the mailbox shows no AuditLogAgeLimit");
  return {
    ageLimit,
    lists: { Admin: list("AuditAdmin"), Delegate: list("AuditDelegate"), Owner: list("AuditOwner") },
    managed: list("DefaultAuditSet"),
  };
}

/** The mailbox as it was before. */
export function targetOf(seen: Seen): Row {
  const [row] = seen.rows("target");
  if (row === undefined) throw new NotAsked("there is no such mailbox");
  return row;
}

/** The action that is added. */
export function additionFor(seen: Seen): string {
  const { lists } = settingsOf(targetOf(seen));
  const addition = additions.find((action) => !lists.Owner.includes(action));
  if (addition === undefined) throw new NotAsked("the owner's list has all actions already");
  return addition;
}

/** By which the mailbox's own server is found. */
export function mailboxAnchor(seen: Seen): string {
  return `UPN:${namesOf(targetOf(seen)).userPrincipalName}`;
}

export function setMailbox(seen: Seen, parameters: object, more: Pick<ProbeRequest, "anchor"> = {}): ProbeRequest {
  const { guid } = namesOf(targetOf(seen));
  return cmdlet(
    "Set-Mailbox",
    { Identity: guid, ...parameters, Confirm: false },
    { anchor: mailboxAnchor(seen), headers: { "parameter-based-routing": "true" }, ...more },
  );
}

export function readTarget(seen: Seen): ProbeRequest {
  return cmdlet("Get-Mailbox", { Identity: namesOf(targetOf(seen)).guid }, { anchor: mailboxAnchor(seen) });
}

/** A change to what is set already: the age limit, because what reading shows of it is what was set. */
function same(seen: Seen): { readonly AuditLogAgeLimit: string } {
  return { AuditLogAgeLimit: settingsOf(targetOf(seen)).ageLimit };
}

function typed(...actions: readonly string[]): object {
  return { "@odata.type": "#Exchange.GenericHashTable", Add: actions };
}

function systemAnchor({ tenantId }: Seen): string {
  return `APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@${tenantId}`;
}

function batched(outer: (seen: Seen) => string, inner: (seen: Seen) => string): Look {
  return (seen) => {
    const { guid } = namesOf(targetOf(seen));
    const parameters = { Identity: guid, ...same(seen), Confirm: false };
    const item = { name: "Set-Mailbox", parameters, url: seen.address("InvokeCommand"), anchor: inner(seen) };
    return batch([item], { anchor: outer(seen), headers: { "parameter-based-routing": "true" } });
  };
}

function existing(seen: Seen): string {
  const [first] = settingsOf(targetOf(seen)).lists.Owner;
  if (first === undefined) throw new NotAsked("the owner's list is empty");
  return first;
}

/** @param mailbox any of the mailbox's names */
export function target(mailbox: string): Look {
  return () => cmdlet("Get-Mailbox", { Identity: mailbox });
}

/** In this order. They need the answer to {@link target}. */
export const writes: Readonly<Record<string, Look>> = {
  // Nothing changes
  same: (seen) => setMailbox(seen, same(seen)),
  whatIf: (seen) => setMailbox(seen, { ...same(seen), WhatIf: true }),
  sameBySystem: (seen) => setMailbox(seen, same(seen), { anchor: systemAnchor(seen) }),
  batchBySystem: batched(systemAnchor, mailboxAnchor),
  batchByMailbox: batched(mailboxAnchor, systemAnchor),
  // What should be refused
  untyped: (seen) => setMailbox(seen, { AuditOwner: { Remove: [additionFor(seen)] } }),
  foreignAction: (seen) => setMailbox(seen, { AuditDelegate: typed("Send") }),
  // What is put back
  addExisting: (seen) => setMailbox(seen, { AuditOwner: typed(existing(seen)) }),
  afterExisting: readTarget,
  add: (seen) => setMailbox(seen, { AuditOwner: typed(additionFor(seen)) }),
  afterAdd: readTarget,
  addAgain: (seen) => setMailbox(seen, { AuditOwner: typed(additionFor(seen)) }),
  later: readTarget,
  oneCall: (seen) =>
    setMailbox(seen, {
      DefaultAuditSet: ["Owner"],
      AuditOwner: [...settingsOf(targetOf(seen)).lists.Owner, additionFor(seen)],
    }),
  afterOneCall: readTarget,
};
