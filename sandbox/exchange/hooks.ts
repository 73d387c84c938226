/** Where faults come into the admin API: throttling, latency, lost items. None of them is set in a healthy sandbox. */
import type { ExchangeBehaviour } from "./behaviour";

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
  /** The mailbox or account that the identity names, if there is one. */
  readonly object?: { readonly guid: string; readonly name: string } | undefined;
  /** `X-AnchorMailbox`, of the batch for an item of one; empty when there is none. */
  readonly anchor: string;
  /** `Authorization`: only to tell one token from another. */
  readonly authorization: string;
  /** The address that it was sent to. */
  readonly url: string;
  /** The `@odata.context` of a cmdlet's answer. */
  readonly context: string;
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
  /** The connection is cut in place of the answer. */
  readonly cutsConnection?: true;
}

/** One answer of a batch, as it goes out. */
export interface BatchResponse {
  readonly id: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What is copied: the settings of a mailbox, or the bypass of an account. */
export interface Replicated {
  readonly part: "mailbox" | "bypass";
  readonly guid: string;
}

/** A copy of the directory that hears of changes late. */
export interface LateReplica {
  /** Whether it still shows what was there before a change. */
  isLate(of: Replicated, change: { readonly number: number; readonly at: number; readonly now: number }): boolean;
  /** Is told of everything that was read. */
  wasRead(of: Replicated): void;
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
  readonly after?:
    ((operation: ExchangeOperation, answer: InjectedAnswer) => Promise<InjectedAnswer | undefined>) | undefined;
  /** How the service behaves for this one operation. */
  readonly behaviour?: ((operation: ExchangeOperation, usual: ExchangeBehaviour) => ExchangeBehaviour) | undefined;
  /** Whether a mailbox that was just listed is gone from then on. */
  readonly vanishes?: ((guid: string) => boolean) | undefined;
  /** The copy of the directory that reads meet which are not anchored to the mailbox. */
  readonly replica?: LateReplica | undefined;
  /** Sees the answers of a batch before they go out, and may take some away. */
  readonly batchResponses?:
    ((tenantId: string, responses: readonly BatchResponse[]) => readonly BatchResponse[]) | undefined;
}
