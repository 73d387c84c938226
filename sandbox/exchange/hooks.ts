/** Where faults come into the admin API: throttling, latency, lost items. None of them is set in a healthy sandbox. */

/** What is about to be worked on. */
export interface ExchangeOperation {
  readonly tenantId: string;
  readonly kind: "batch" | "cmdlet" | "mailboxList" | "mailbox" | "module";
  /** For a cmdlet. */
  readonly cmdlet?: string;
  /** The `Identity` that a cmdlet or a mailbox read names. */
  readonly identity?: string;
  /** The id of the batch item that it is part of. */
  readonly batchItem?: string;
  /** Whether it may change something. */
  readonly writes: boolean;
}

/** An answer in place of the real one. A string is sent as it is, anything else as JSON; no body when absent. */
export interface InjectedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** One answer of a batch, as it goes out. */
export interface BatchResponse {
  readonly id: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface ExchangeHooks {
  /**
   * Runs after the caller was let in and before an operation, for each item of a batch as for the batch itself. May wait (latency), and
   * ends the operation when it returns an answer.
   */
  readonly before?: ((operation: ExchangeOperation) => Promise<InjectedAnswer | undefined>) | undefined;
  /**
   * Runs after an operation has had its effect; an answer takes the place of the real one. So a change can be done and its
   * answer lost.
   */
  readonly after?: ((operation: ExchangeOperation) => Promise<InjectedAnswer | undefined>) | undefined;
  /** Sees the answers of a batch before they go out, and may take some away. */
  readonly batchResponses?:
    ((tenantId: string, responses: readonly BatchResponse[]) => readonly BatchResponse[]) | undefined;
}
