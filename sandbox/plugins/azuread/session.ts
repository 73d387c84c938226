/** What every azuread resource works with: Graph, locks, time and randomness. */
import type { PluginClock } from "../clock";
import type { GraphError } from "./graph";
import { type GraphClient } from "./graph";

export interface AzureadSession {
  readonly graph: GraphClient;
  readonly clock: PluginClock;
  readonly locks: Locks;
  newGuid(): string;
}

/** One caller at a time for each name. Lists on an application (keys, API access) are replaced as a whole, so writers must queue. */
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

const PAUSE = 20;
const POLLS = 250;

/**
 * Asks until the answer is yes several times in a row, because Graph's replicas take turns at answering.
 *
 * @param doing a verb phrase with the id, for the error.
 * @throws Error when that does not happen within the bounded number of questions.
 */
export async function settle(
  session: AzureadSession,
  doing: string,
  times: number,
  settled: () => Promise<boolean>,
): Promise<void> {
  let row = 0;
  for (let poll = 0; poll < POLLS; poll++) {
    row = (await settled()) ? row + 1 : 0;
    if (row === times) return;
    await session.clock.pause(PAUSE);
  }
  throw new Error(`${doing}: timed out`);
}

/** Waits until Graph has said 404 five times in a row. */
export function settleDeletion(session: AzureadSession, what: string, path: string): Promise<void> {
  return settle(
    session,
    `waiting for deletion of ${what}`,
    5,
    async () => (await session.graph.find(path)) === undefined,
  );
}

/** Does something with an object; what goes wrong is told with the verb phrase and the id. */
export async function attempt<T>(doing: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new Error(`${doing}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** True for the answer that the object is not there, which right after a creation may only mean "not yet". */
export function notYetThere(error: GraphError): boolean {
  return error.status === 404;
}
