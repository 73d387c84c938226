/** Sets the audit properties of one mailbox, on its own server, and reads them there. */
import { M365AuditError, NotFound } from "../../core/errors";
import { type Calls, saysNothing } from "../adminApi/calls";
import type { Doing } from "../adminApi/client";
import { type LogonType, logonTypes } from "../auditActions";
import { type Addition, type Correction, type Difference, commandsFor, type SetMailboxParameters } from "./assess";
import { listProperty, type Mailbox, mailboxProperties, mailboxReader } from "./mailbox";
import { actionSet } from "./policy";
import type { Fate } from "./readBack";

/** Pauses between looks at a mailbox that does not show yet what was set (milliseconds): half a minute in all. */
const looks = [2_000, 4_000, 8_000, 16_000] as const;

/** How often a mailbox is written to that is there when it is read, and of which the answers to changes say nothing else. */
const tries = 3;

/** What reading shows after a change. */
export type Sight =
  | { readonly kind: "asSet"; readonly mailbox: Mailbox }
  /** All but `AuditEnabled`, of which what reading shows cannot be relied on. */
  | { readonly kind: "notVisibleYet"; readonly mailbox: Mailbox }
  | { readonly kind: "otherwise"; readonly mailbox: Mailbox }
  | { readonly kind: "gone" };

/** @throws the error of the last try, in Exchange's words, when the mailbox is there and not as it was to be set */
export async function setMailbox(calls: Calls, { mailbox, differences }: Correction, operation: string): Promise<Fate> {
  const doing: Doing = { operation, subject: mailbox.address };
  for (const parameters of commandsFor(differences)) {
    if ((await setOnce(calls, mailbox, parameters, doing)) === "gone") return "gone";
  }
  return "set";
}

async function setOnce(calls: Calls, mailbox: Mailbox, asked: SetMailboxParameters, doing: Doing): Promise<Fate> {
  let parameters = asked;
  for (let left = tries - 1; ; left -= 1) {
    try {
      await calls.run({
        operation: doing.operation,
        subject: doing.subject,
        // It never asks for a confirmation.
        cmdlet: { name: "Set-Mailbox", parameters: { ...parameters, Identity: mailbox.guid, Confirm: false } },
        object: mailbox,
        isThere: async (isLast) => {
          const isPatient = isLast && left === 0;
          return holds(asked, await look(calls, mailbox, isPatient ? (seen) => holds(asked, seen) : undefined));
        },
      });
      return "set";
    } catch (error) {
      if (!(error instanceof M365AuditError) || !(error instanceof NotFound || saysNothing(error))) throw error;
      const seen = await look(calls, mailbox);
      if (seen === undefined) return "gone";
      if (left === 0) throw error;
      await calls.pause(looks[0], error.message);
      // Adding to a list has been seen to do nothing: the list is given whole then.
      if (!(error instanceof NotFound)) parameters = withWholeLists(asked, seen);
    }
  }
}

/**
 * How a mailbox stands after it was set, read on its own server. What does not show is looked for again for half a minute, since
 * directory servers learn of a change one after another.
 */
export async function seeMailbox(
  calls: Calls,
  { mailbox, differences }: Correction,
  read: (row: unknown) => Mailbox,
): Promise<Sight> {
  const commands = commandsFor(differences);
  const isVisible = (seen: Mailbox): boolean =>
    commands.every((parameters) => holds(parameters, seen)) && (seen.auditEnabled || !enables(differences));
  const seen = await look(calls, mailbox, isVisible, read);
  if (seen === undefined) return { kind: "gone" };
  if (isVisible(seen)) return { kind: "asSet", mailbox: seen };
  const isSet = commands.every((parameters) => holds(parameters, seen));
  return { kind: isSet ? "notVisibleYet" : "otherwise", mailbox: seen };
}

function enables(differences: readonly Difference[]): boolean {
  return differences.some(({ property }) => property === "auditEnabled");
}

/** Reads a mailbox; undefined when there is none. With `until` again and again until it is so, for a bounded time. */
async function look(
  calls: Calls,
  mailbox: Mailbox,
  until: (seen: Mailbox) => boolean = () => true,
  read = mailboxReader(),
): Promise<Mailbox | undefined> {
  for (let at = 0; ; at += 1) {
    const seen = await readMailbox(calls, mailbox, read);
    const pause = looks[at];
    if (seen === undefined || until(seen) || pause === undefined) return seen;
    await calls.pause(pause, `${mailbox.address} does not show yet what was set`);
  }
}

async function readMailbox(
  calls: Calls,
  mailbox: Mailbox,
  read: (row: unknown) => Mailbox,
): Promise<Mailbox | undefined> {
  try {
    const { rows } = await calls.run({
      operation: "reading back the audit settings of",
      subject: mailbox.address,
      cmdlet: { name: "Get-Mailbox", parameters: { Identity: mailbox.guid }, select: mailboxProperties },
      object: mailbox,
    });
    return read(rows[0]);
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

/** Whether what was asked for is there. `AuditEnabled` is left out: what reading shows of it cannot be relied on. */
function holds(parameters: SetMailboxParameters, seen: Mailbox | undefined): boolean {
  if (seen === undefined) return false;
  const managed = parameters["DefaultAuditSet"];
  if (
    Array.isArray(managed) &&
    !logonTypes.every((type) => managed.includes(type) === seen.defaultAuditSet.includes(type))
  )
    return false;
  return logonTypes.every((type) => {
    const wanted = parameters[listProperty[type]];
    if (wanted === undefined || typeof wanted === "boolean") return true;
    const list = seen.lists[type];
    if (isAddition(wanted)) return wanted.Add.every((action) => list.includes(action));
    const whole = actionSet(wanted);
    return whole.length === list.length && whole.every((action) => list.includes(action));
  });
}

/** The same with each addition in place of the list that it leads to; the very same object where there is no addition. */
function withWholeLists(parameters: SetMailboxParameters, seen: Mailbox): SetMailboxParameters {
  const whole: Partial<Record<(typeof listProperty)[LogonType], readonly string[]>> = {};
  for (const type of logonTypes) {
    const wanted = parameters[listProperty[type]];
    if (isAddition(wanted)) whole[listProperty[type]] = actionSet([...seen.lists[type], ...wanted.Add]);
  }
  return Object.keys(whole).length === 0 ? parameters : { ...parameters, ...whole };
}

function isAddition(value: SetMailboxParameters[string] | undefined): value is Addition {
  return typeof value === "object" && "Add" in value;
}
