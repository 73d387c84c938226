/**
 * Many cmdlets, each about one object and each in a request of its own, because a request is routed as a whole and a change has to
 * reach the server that hosts its object. Changes must be such that they may run twice (setting a property to a value is).
 *
 * An answer settles a change only when it says success and nothing else. After anything else that may have been one (`isThere`) the
 * object is looked at, and what is there decides.
 */
import { M365AuditError, Rejected, Throttled, type Unavailable } from "../../core/errors";
import { isTransient, patient } from "../../core/retry";
import { AskedWaits } from "../../core/wait";
import { type Anchored, Anchors } from "./anchors";
import { type CmdletAnswer, cmdletAnswer, type Doing, nothingModified } from "./answer";
import type { Cmdlet } from "./cmdlet";
import { AlreadyAudited, WrongServer } from "./errors";
import type { Leave, Pace } from "./pace";
import { invokeRequest, type Transport } from "./transport";

/** A call is given up when it has been refused for now for this long (milliseconds) by a service that does not say how long to wait. */
const throttledForMs = 30 * 60_000;

export interface Call extends Doing {
  readonly cmdlet: Cmdlet;
  /** What the cmdlet is about. */
  readonly object: Anchored;
  /**
   * For a change: whether it is there, asked when the answer does not settle it. Its own reading must go through the same calls, so
   * that it reaches the same server.
   *
   * @param isLast whether the change is given up where it is not there: then it is worth more than one look
   */
  readonly isThere?: ((isLast: boolean) => Promise<boolean>) | undefined;
}

export interface CallsOptions {
  readonly pace: Pace;
  /** Waits between two tries of one call, and tells of it where it is long. */
  readonly wait: (ms: number, why: string) => Promise<void>;
  /** Told when a call is refused for now. */
  readonly onThrottled?: (() => void) | undefined;
  /** Ends what waits. What is under way is still taken in. */
  readonly signal?: AbortSignal | undefined;
}

export class Calls {
  readonly #anchors: Anchors;

  constructor(
    private readonly transport: Transport,
    private readonly options: CallsOptions,
  ) {
    this.#anchors = new Anchors(transport.tenantId);
  }

  /** Waits before the same object is looked at again. */
  async pause(ms: number, why: string): Promise<void> {
    await this.options.wait(ms, why);
  }

  /**
   * Runs one call until it succeeds, is refused for good, or the bounds are reached. The wrong server is no failure: the next anchor is
   * tried at once.
   *
   * @throws the error of the last try; WaitTooLong when nothing more is to be sent to the other side
   */
  async run(call: Call): Promise<CmdletAnswer> {
    const { world, random } = this.transport;
    let asked: AskedWaits | undefined;
    const grant = (error: Throttled | Unavailable): number | undefined =>
      (asked ??= new AskedWaits(world.settings)).grant(error);
    let anchors = this.#anchors.of(call.object);
    let at = 0;
    let failures = 0;
    let throttledFrom: number | undefined;
    for (;;) {
      const anchor = anchors[at];
      if (anchor === undefined) throw new RangeError("an object without an anchor");
      let error: M365AuditError;
      try {
        const answer = await this.#once(call, anchor.value, grant);
        if (at > 0) this.#anchors.worked(anchor.form);
        return answer;
      } catch (thrown) {
        if (!(thrown instanceof M365AuditError)) throw thrown;
        error = thrown;
      }
      if (error instanceof WrongServer && at + 1 < anchors.length) {
        at += 1;
        continue;
      }
      if (mayBeThere(error) && (await call.isThere?.(!isTransient(error))) === true) {
        return { rows: [], warnings: [], serverTime: undefined };
      }
      if (!isTransient(error)) throw error;
      if (error instanceof Throttled) {
        const now = world.clock.now();
        throttledFrom ??= now;
        if (now - throttledFrom - (asked?.grantedMs ?? 0) >= throttledForMs) throw error;
        // The pace holds everyone back for as long as was asked for.
        continue;
      }
      const granted = grant(error);
      failures += 1;
      if (failures >= patient.attempts) throw error;
      anchors = this.#anchors.of(call.object);
      at = 0;
      const exponential = Math.min(patient.capMs, patient.baseMs * 2 ** (failures - 1)) * (1 - random() / 2);
      await this.options.wait(granted ?? exponential, error.message);
    }
  }

  /** @param grant says for how long to wait, or ends the run before anyone is held back for longer than is allowed */
  async #once(call: Call, anchor: string, grant: (error: Throttled) => number | undefined): Promise<CmdletAnswer> {
    const { transport } = this;
    const { cmdlet, operation, subject } = call;
    const leave = await this.options.pace.enter(this.options.signal);
    let outcome: Parameters<Leave>[0];
    try {
      const doing = { operation, subject };
      const answer = cmdletAnswer(
        await transport.send(invokeRequest(cmdlet, transport.tenantId, doing, anchor)),
        doing,
      );
      outcome = "takenOn";
      const nothing = call.isThere === undefined ? undefined : nothingModified(answer);
      if (nothing !== undefined) throw new NothingModified({ ...doing, happened: nothing });
      return answer;
    } catch (error) {
      if (error instanceof Throttled) {
        outcome = { throttled: true, retryAfterMs: grant(error) };
        this.options.onThrottled?.();
      } else if (error instanceof M365AuditError && error.status !== undefined) outcome = "takenOn";
      throw error;
    } finally {
      leave(outcome);
    }
  }
}

/** A change that was to change something says that it changed nothing. */
export class NothingModified extends Rejected {}

/** Whether Exchange took a change on and says that it did not make it, by no reason that stays. */
export function saysNothing(error: M365AuditError): boolean {
  return error instanceof NothingModified || error instanceof AlreadyAudited || error.status === 200;
}

/** Whether a change may be there although the answer is not that of a success alone. */
export function mayBeThere(error: M365AuditError): boolean {
  if (error instanceof NothingModified || error instanceof AlreadyAudited) return true;
  if (error.mayHaveHappened) return true;
  // Not taken on, whatever the status: a look would only be one request more.
  if (error instanceof Throttled) return false;
  // Errors beside a success, an answer that nobody can read, or a server that was to pass the answer on.
  const { status = 0 } = error;
  return (status >= 200 && status < 300) || status === 500 || status === 502 || status === 504;
}
