/** Puts the mailbox back as it was, and looks whether it is. */
import { logonTypes } from "../../sandbox/exchange/model";
import type { RawAnswer } from "./answer";
import type { ProbeRequest } from "./ask";
import type { Seen } from "./seen";
import { readTarget, setMailbox, type Settings, settingsOf, targetOf } from "./writes";

/** How often it is tried. */
const rounds = 3;
/** Requests at most, when nothing has to be tried again. */
export const putBackRequests = 5;

type Ask = (name: string, request: ProbeRequest) => Promise<RawAnswer>;

/** @returns undefined when the mailbox is as it was, else the parameters of `Set-Mailbox` that would bring it back */
export async function putBack(ask: Ask, seen: Seen): Promise<string | undefined> {
  const before = settingsOf(targetOf(seen));
  let remaining: readonly object[] = changesBack(before, undefined);
  for (let round = 1; round <= rounds; round += 1) {
    const now = await current(ask, seen);
    if (now === undefined) continue;
    remaining = changesBack(before, now);
    if (remaining.length === 0) return undefined;
    for (const [index, change] of remaining.entries()) {
      await attempt(() => ask(`putBack${String(round)}.${String(index + 1)}`, setMailbox(seen, change)));
    }
  }
  const last = await current(ask, seen);
  remaining = last === undefined ? remaining : changesBack(before, last);
  return remaining.length === 0 ? undefined : remaining.map(inPowerShell).join("; ");
}

/** The settings now; undefined when they could not be read. */
async function current(ask: Ask, seen: Seen): Promise<Settings | undefined> {
  const answer = await attempt(() => ask("restored", readTarget(seen)));
  if (answer === undefined) return undefined;
  seen.note("restored", answer);
  const [row] = answer.rows ?? [];
  return row === undefined ? undefined : attempt(() => settingsOf(row));
}

/** Whatever goes wrong, the next round is still tried, and in the end it is told what is left to do. */
async function attempt<T>(work: () => Promise<T> | T): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}

/** What has to be set: managed lists are handed back first, in one call, and others set as they were. */
function changesBack(before: Settings, now: Settings | undefined): readonly object[] {
  const isSame = (logonType: (typeof logonTypes)[number]): boolean =>
    before.managed.includes(logonType) === now?.managed.includes(logonType) &&
    sameNames(before.lists[logonType], now.lists[logonType]);
  const different = logonTypes.filter((logonType) => !isSame(logonType));
  const managed = different.filter((logonType) => before.managed.includes(logonType));
  const lists = different
    .filter((logonType) => !before.managed.includes(logonType))
    .map((logonType) => {
      const list = before.lists[logonType];
      return [`Audit${logonType}`, list.length === 0 ? ["None"] : list] as const;
    });
  return [
    ...(managed.length === 0 ? [] : [{ DefaultAuditSet: managed }]),
    ...(lists.length === 0 ? [] : [Object.fromEntries(lists)]),
    ...(now?.ageLimit === before.ageLimit ? [] : [{ AuditLogAgeLimit: before.ageLimit }]),
  ];
}

function inPowerShell(change: object): string {
  const parameters = Object.entries(change).map(([name, value]) => `-${name} ${String(value)}`);
  return `Set-Mailbox -Identity MAILBOX ${parameters.join(" ")}`;
}

export function sameNames(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name) => other.includes(name));
}
