/** What every azuread resource works with: Graph, locks, time and randomness. */
import type { PluginClock } from "../clock";
import type { GraphError } from "./graph";
import { type GraphClient } from "./graph";
import type { GraphObject } from "./objects";
import { longestWait, type Patience } from "./patience";

export interface AzureadSession {
  readonly graph: GraphClient;
  readonly clock: PluginClock;
  readonly patience: Patience;
  readonly locks: Locks;
  newGuid(): string;
}

/**
 * One caller at a time for each name. Lists on an application (keys, API access) are replaced as a whole, so writers must queue.
 *
 * As in the official plugin, the queue is that of one process, which serves one provider: two providers that write to one
 * application at the same time can still meet, and the one that Entra answers with 409 fails.
 */
export class Locks {
  readonly #tails = new Map<string, Promise<unknown>>();

  async hold<T>(name: string, action: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(name) ?? Promise.resolve();
    const turn = before.then(action, action);
    // The queue goes on when a turn fails; who waits for that turn gets its error.
    this.#tails.set(
      name,
      turn.catch(() => undefined),
    );
    return turn;
  }
}

/**
 * Asks until the answer is yes several times in a row, because Graph's replicas take turns at answering.
 *
 * @param doing a verb phrase with the id, for the error.
 * @param times as often as the official plugin wants to see it.
 * @throws Error when that does not happen within the bounded number of questions.
 */
export async function settle(
  session: AzureadSession,
  doing: string,
  times: number,
  settled: () => Promise<boolean>,
  poll = session.patience.poll,
): Promise<void> {
  let row = 0;
  for (let waited = 0; waited < longestWait({ poll }); waited += poll) {
    row = (await settled()) ? row + 1 : 0;
    if (row === times) return;
    await session.clock.pause(poll);
  }
  throw new Error(`${doing}: timed out`);
}

/**
 * Looks for something until it is there several times in a row.
 *
 * @returns it, as the last look showed it: one more look could come to a replica that does not have it yet.
 */
export async function settleCreation(
  session: AzureadSession,
  what: string,
  times: number,
  find: () => Promise<GraphObject | undefined>,
): Promise<GraphObject> {
  let last: GraphObject = {};
  await settle(session, `waiting for ${what}`, times, async () => {
    const found = await find();
    if (found !== undefined) last = found;
    return found !== undefined;
  });
  return last;
}

/** Waits until a look has found nothing five times in a row. */
export function settleDeletion(
  session: AzureadSession,
  what: string,
  find: () => Promise<GraphObject | undefined>,
): Promise<void> {
  return settle(
    session,
    `waiting for deletion of ${what}`,
    5,
    async () => (await find()) === undefined,
    session.patience.deletionPoll,
  );
}

/**
 * The one look that the official plugin takes at what it has just made.
 *
 * @throws Error in its own words when the replica that answers does not have it yet; nothing is recorded then
 */
export async function lookOnce(what: string, find: () => Promise<GraphObject | undefined>): Promise<GraphObject> {
  const found = await find();
  if (found === undefined) throw new Error(`reading ${what} after creating it: nil state`);
  return found;
}

/** Does something with an object; what goes wrong is told with the verb phrase and the id. */
export async function attempt<T>(doing: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new Error(`${doing}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** The error for something that has to be imported, because it is there and no resource of this stack is it. */
export function alreadyExists(id: string): Error {
  return new Error(
    `A resource with the ID "${id}" already exists - to be managed here, this resource needs to be imported into the state`,
  );
}

/** True for the answer that the object is not there, which right after a creation may only mean "not yet". */
export function notYetThere(error: GraphError): boolean {
  return error.status === 404;
}
