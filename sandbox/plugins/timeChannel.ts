/** How the process that started the stand-ins moves their clocks: one message down the fork's channel, one back up. */
import type { ChildProcess } from "node:child_process";
import type { MovableClock } from "./clock";

/** "Put your clock there": milliseconds since the Unix epoch, or null for the machine's time. */
interface TimeRequest {
  readonly setTime: { readonly number: number; readonly when: number | null };
}

/** "Done", with the number of the request. */
interface TimeAnswer {
  readonly timeSet: number;
}

let requests = 0;

/**
 * Puts the clock of a stand-in's process to another time.
 * @param when milliseconds since the Unix epoch; undefined for the machine's time
 * @returns when the process has answered that its clock is there
 * @throws Error when the process has ended, or ends before it answers
 */
export function requestTime(child: ChildProcess, name: string, when: number | undefined): Promise<void> {
  const number = ++requests;
  const request: TimeRequest = { setTime: { number, when: when ?? null } };
  return new Promise((resolve, reject) => {
    const settle = (error?: Error): void => {
      child.off("message", answered);
      child.off("exit", ended);
      if (error === undefined) resolve();
      else reject(error);
    };
    const answered = (message: unknown): void => {
      if (isAnswer(message) && message.timeSet === number) settle();
    };
    const ended = (): void => {
      settle(new Error(`The stand-in for ${name} has ended, so its clock can't be set.`));
    };
    if (!child.connected) {
      ended();
      return;
    }
    child.on("message", answered);
    child.once("exit", ended);
    child.send(request, (error) => {
      if (error !== null) ended();
    });
  });
}

/** Obeys such requests in the stand-in's process. */
export function obeyTimeRequests(clock: MovableClock): void {
  process.on("message", (message: unknown) => {
    if (!isRequest(message)) return;
    clock.set(message.setTime.when ?? undefined);
    const answer: TimeAnswer = { timeSet: message.setTime.number };
    process.send?.(answer);
  });
}

function isRequest(message: unknown): message is TimeRequest {
  return typeof message === "object" && message !== null && "setTime" in message;
}

function isAnswer(message: unknown): message is TimeAnswer {
  return typeof message === "object" && message !== null && "timeSet" in message;
}
