/** What setting a mailbox's audit settings does, and where it has to be sent. */
import type { WriteBelief } from "../../../sandbox/beliefs";
import { logonTypes } from "../../../sandbox/exchange/model";
import { asRow, detailOf, text, type RawAnswer, type Row } from "../answer";
import { NotAsked } from "../notAsked";
import { sameNames } from "../putBack";
import type { Seen } from "../seen";
import { type Judge, unless } from "../verdict";
import { additionFor, type Settings, settingsOf, targetOf } from "../writes";

const statusOf = ({ status }: RawAnswer): string => `status ${String(status)}`;

const wrongServerForm = "|Microsoft.Exchange.Configuration.Tasks.CmdletProxyNotAvailableException|";
const wrongServer = /CmdletProxy|ErrorIncorrectRoutingHint|write permission to target DC/i;

function rowOf(seen: Seen, name: string): Row {
  const [row] = seen.rows(name);
  if (row === undefined) throw new NotAsked("the mailbox could not be read again");
  return row;
}

const before = (seen: Seen): Settings => settingsOf(targetOf(seen));
const after = (seen: Seen, name: string): Settings => settingsOf(rowOf(seen, name));

/** @throws NotAsked when the owner's list is not Microsoft's to begin with */
function needsManagedList(seen: Seen): void {
  if (!before(seen).managed.includes("Owner")) throw new NotAsked("the owner's list is not managed by Microsoft");
}

/** @throws NotAsked when the change was refused that all else would follow from */
function needsSuccess(seen: Seen, name: string): void {
  const { status } = seen.answer(name);
  if (status !== 200) throw new NotAsked(`the change before it was refused (${String(status)})`);
}

/** The answer of a server that is not the mailbox's. */
function fromWrongServer(seen: Seen): RawAnswer {
  needsSuccess(seen, "same");
  const answer = seen.answer("sameBySystem");
  if (answer.status === 200) throw new NotAsked("the system mailbox's server took the change");
  return answer;
}

function itemOf(seen: Seen, name: string): Row {
  const [item] = seen.answer(name).responses;
  if (item === undefined) throw new NotAsked("the batch had no answer");
  return item;
}

export const writeJudges: Readonly<Record<WriteBelief, Judge>> = {
  "no-change-is-a-warning": (seen) => {
    const answer = seen.answer("same");
    const isSaid = answer.warnings.some((warning) => /no settings of .* have been modified/i.test(warning));
    return unless(answer.status === 200 && isSaid, `${statusOf(answer)}, ${isSaid ? "with" : "without"} the warning`);
  },
  "what-if-asks-back": (seen) => {
    const answer = seen.answer("whatIf");
    return unless(
      answer.status === 200 && text(answer.json["@adminapi.confirmationmessage"]) !== undefined,
      `${statusOf(answer)}, no question`,
    );
  },
  "write-needs-the-mailboxs-server": (seen) => {
    const [own, other] = [seen.answer("same"), seen.answer("sameBySystem")];
    if (own.status !== 200) return `anchored to the mailbox: ${statusOf(own)}`;
    if (other.status !== 200) return unless(wrongServer.test(other.text), `${statusOf(other)}, for another reason`);
    const [here, there] = [own, other].map((answer) => answer.header("x-calculatedbetarget"));
    if (here !== undefined && here === there) throw new NotAsked("the mailbox is hosted with the system mailbox");
    return "the system mailbox's server took the change";
  },
  "wrong-server-form": (seen) => {
    const answer = fromWrongServer(seen);
    return unless((answer.detail ?? "").startsWith(wrongServerForm), `${statusOf(answer)}, another form`);
  },
  "batch-routed-as-a-whole": (seen) => {
    fromWrongServer(seen);
    const [bySystem, byMailbox] = [itemOf(seen, "batchBySystem"), itemOf(seen, "batchByMailbox")];
    return unless(
      wrongServer.test(detailOf(bySystem["body"]) ?? JSON.stringify(asRow(bySystem["body"]))) &&
        Number(byMailbox["status"]) === 200,
      `by the system mailbox ${String(Number(bySystem["status"]))}, by the mailbox ${String(Number(byMailbox["status"]))}`,
    );
  },
  "untyped-hash-table-refused": (seen) => {
    const answer = seen.answer("untyped");
    return unless(answer.status === 400, statusOf(answer));
  },
  "foreign-action-refused-with-names": (seen) => {
    const answer = seen.answer("foreignAction");
    const names = /Supported audit operations for Delegate are/i.test(answer.text);
    return unless(answer.status === 400 && names, `${statusOf(answer)}, ${names ? "with" : "without"} the names`);
  },
  "adding-what-is-there-is-no-error": (seen) => {
    needsSuccess(seen, "add");
    const answer = seen.answer("addAgain");
    return unless(answer.status === 200, statusOf(answer));
  },
  "adding-what-is-there-keeps-the-list-managed": (seen) => {
    needsManagedList(seen);
    needsSuccess(seen, "addExisting");
    return unless(after(seen, "afterExisting").managed.includes("Owner"), "the list is not managed any more");
  },
  "typed-hash-table-adds": (seen) => {
    const answer = seen.answer("add");
    if (answer.status !== 200) return statusOf(answer);
    const wanted = [...before(seen).lists.Owner, additionFor(seen)];
    return unless(sameNames(after(seen, "later").lists.Owner, wanted), "another list");
  },
  "success-is-an-empty-value": (seen) => {
    needsSuccess(seen, "add");
    const { rows, warnings } = seen.answer("add");
    return unless(
      rows?.length === 0 && warnings.length === 0,
      `${rows === undefined ? "no value" : `${String(rows.length)} rows`}, ${String(warnings.length)} warnings`,
    );
  },
  "anchored-read-sees-the-write": (seen) => {
    needsSuccess(seen, "add");
    if (!after(seen, "later").lists.Owner.includes(additionFor(seen)))
      throw new NotAsked("the change was not seen at all");
    return unless(after(seen, "afterAdd").lists.Owner.includes(additionFor(seen)), "it was seen later only");
  },
  "list-that-is-set-is-not-managed": (seen) => {
    needsManagedList(seen);
    needsSuccess(seen, "add");
    return unless(!after(seen, "later").managed.includes("Owner"), "the list is managed still");
  },
  "audit-changes-move-when-changed": (seen) => {
    needsSuccess(seen, "add");
    const [then, now] = [targetOf(seen), rowOf(seen, "later")].map((row) => text(row["WhenChangedUTC"]));
    return unless(then !== now, "it is as it was");
  },
  "defaults-then-lists-in-one-call": (seen) => {
    const answer = seen.answer("oneCall");
    if (answer.status !== 200) return statusOf(answer);
    const wanted = [...before(seen).lists.Owner, additionFor(seen)];
    return unless(sameNames(after(seen, "afterOneCall").lists.Owner, wanted), "another list");
  },
  "default-audit-set-restores": (seen) => {
    needsManagedList(seen);
    needsSuccess(seen, "add");
    const [then, now] = [before(seen), after(seen, "restored")];
    const isBack =
      sameNames(then.managed, now.managed) &&
      logonTypes.every((logonType) => sameNames(then.lists[logonType], now.lists[logonType]));
    return unless(isBack, "the lists are not as they were");
  },
};
