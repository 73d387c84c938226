/** Where faults come into the admin API: throttling, latency, lost items. None of them is set in a healthy sandbox. */

/** A request that was let in, alone or as a batch. */
export interface ExchangeRequest {
  readonly tenantId: string;
  /** Tells the requests of a sandbox apart: they are counted from 1 as they come in. */
  readonly number: number;
}

/** What is about to be worked on. */
export interface ExchangeOperation {
  readonly tenantId: string;
  /** The number of the {@link ExchangeRequest} that it is, or is an item of. */
  readonly request: number;
  readonly kind: "batch" | "cmdlet" | "mailboxList" | "mailbox" | "module";
  /** For a cmdlet. */
  readonly cmdlet?: string;
  /** The `Identity` that a cmdlet or a mailbox read names. */
  readonly identity?: string;
  /** The id of the batch item that it is part of. */
  readonly batchItem?: string;
  /** `X-AnchorMailbox`, empty when there is none. */
  readonly anchor: string;
  /** `Authorization`: only to tell one token from another. */
  readonly authorization: string;
  /** Whether it goes on with a list at a page link. */
  readonly continuesList: boolean;
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
  /** Runs around everything else that is done for a request: may keep it waiting, or answer in its place. */
  readonly during?:
    ((request: ExchangeRequest, serve: () => Promise<InjectedAnswer>) => Promise<InjectedAnswer>) | undefined;
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
