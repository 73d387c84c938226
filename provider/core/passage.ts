/** One HTTP request on its way, and its answer. */
import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";

export interface Outgoing {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** What is undefined is left out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  /** Milliseconds until the answer must be there in full. Default 60,000. */
  readonly timeoutMs?: number;
  /** Once aborted, nothing more is sent. What was sent already may still be answered for some seconds, unless it only reads (GET). */
  readonly signal?: AbortSignal | undefined;
}

export const defaultTimeoutMs = 60_000;

/** Milliseconds for which what was sent may still be answered once the run is to stop. */
const graceMs = 3_000;

export class TooLarge extends Error {}
export class TooLate extends Error {}

export interface RawAnswer {
  readonly status: number;
  /** By names in lower case. */
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * One request and its answer, as undici's dispatcher tells of them. Its `request` would do the same with a stream and an abort signal
 * for each, which takes more processor time than all else that is done for a mailbox.
 */
export class Passage implements Dispatcher.DispatchHandler {
  /** Whether the request was written to a connection. */
  wasSent = false;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #controller: Dispatcher.DispatchController | undefined;
  #cutFor: Error | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #resolve: (answer: RawAnswer) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;

  constructor(
    private readonly request: Outgoing,
    private readonly limit: number,
  ) {}

  /** To be called once. Rejects with TooLarge, TooLate, the signal's reason, or undici's errors. */
  over(dispatcher: Dispatcher, { origin, pathname, search }: URL): Promise<RawAnswer> {
    const { method, headers = {}, body = null, timeoutMs = defaultTimeoutMs, signal } = this.request;
    return new Promise((resolve, reject) => {
      this.#cutIn(timeoutMs, () => new TooLate());
      signal?.addEventListener("abort", this.#stop, { once: true });
      this.#resolve = resolve;
      this.#reject = reject;
      dispatcher.dispatch({ origin, path: `${pathname}${search}`, method, headers, body }, this);
    });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#cutFor === undefined) this.wasSent = true;
    else controller.abort(this.#cutFor);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > this.limit) this.#cut(new TooLarge());
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first] = this.#chunks;
    const body = first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks, this.#size);
    this.#end();
    this.#resolve({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#end();
    this.#reject(error);
  }

  #end(): void {
    clearTimeout(this.#deadline);
    this.request.signal?.removeEventListener("abort", this.#stop);
  }

  readonly #stop = (): void => {
    const { method, signal } = this.request;
    if (method === "GET") this.#cut(signal?.reason as Error);
    else this.#cutIn(graceMs, () => signal?.reason as Error);
  };

  /** In place of the cut that was due so far. */
  #cutIn(ms: number, reason: () => Error): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => {
      this.#cut(reason());
    }, ms);
  }

  /** Gives up, at whatever point it is. */
  #cut(reason: Error): void {
    if (this.#cutFor !== undefined) return;
    this.#cutFor = reason;
    this.#end();
    this.#reject(reason);
    this.#controller?.abort(reason);
  }
}
