/**
 * Faults that happen by chance, the same ones for the same seed: what a client of the admin API has to live with. Which mailbox is
 * struck depends on the mailbox and on how often it was tried, so requests that come in another order meet the same faults.
 */
import { z } from "zod";
import { type AdminApiError, expiredPage, needsProxy, recipientTaskFailure } from "./errors";
import type { BatchResponse, ExchangeHooks, ExchangeOperation, InjectedAnswer } from "./hooks";
import { mixed, numberOf } from "./seeded";

/** From 0 (never) to 1 (always). */
const share = z.number().min(0).max(1);

/** What is left out does not happen. */
export const exchangeFaultsSchema = z
  .strictObject({
    /** Other faults of the same kinds and shares. */
    seed: z.string(),
    /** Requests that are refused as a whole with 429, before anything is done. */
    throttledRequests: share,
    /** Tries of a change within a batch that are refused with 429. */
    throttledItems: share,
    /** `Retry-After` of both, in seconds. Without it they don't say. */
    retryAfterSeconds: z.int().min(0),
    /** Answers of changes that a batch leaves out, although the change was made. */
    missingItems: share,
    /** Requests that are refused as a whole with 503, before anything is done. */
    unavailableRequests: share,
    /** Requests that end in 504 although everything was done. */
    lostAnswers: share,
    /** Pages after the first that fail, half of them with 503 and half as a page link that is not good any more. */
    failingPages: share,
    /** Each token is refused (401) once this many operations have been run with it, however often it is sent again. */
    operationsPerToken: z.int().positive(),
    /** Mailboxes whose changes another server has to make, unless `X-AnchorMailbox` names the mailbox. */
    mailboxesNeedingProxy: share,
    /** Mailboxes whose owner has no licence for what is to be audited: each `Set-Mailbox` of them fails. */
    unlicensedMailboxes: share,
  })
  .partial();
export type ExchangeFaults = z.output<typeof exchangeFaultsSchema>;

const salt = {
  throttledRequest: 101,
  throttledItem: 102,
  missingItem: 103,
  unavailable: 104,
  lost: 105,
  page: 106,
  pageKind: 107,
  proxy: 108,
  licence: 109,
};

/** The faults as hooks. */
export function faultHooks(faults: ExchangeFaults): Required<Omit<ExchangeHooks, "during">> {
  const running = new Faults(faults);
  return {
    before: (operation) => Promise.resolve(running.before(operation)),
    after: (operation) => Promise.resolve(running.after(operation)),
    batchResponses: (tenantId, responses) => running.batchResponses(tenantId, responses),
  };
}

class Faults {
  readonly #seed: number;
  readonly #tries = new Map<string, number>();
  readonly #uses = new Map<string, number>();
  #missing = 0;

  constructor(private readonly faults: ExchangeFaults) {
    this.#seed = numberOf(faults.seed ?? "faults");
  }

  before(operation: ExchangeOperation): InjectedAnswer | undefined {
    return (
      this.#unauthorized(operation) ??
      this.#requestFault(operation) ??
      this.#pageFault(operation) ??
      this.#changeFault(operation)
    );
  }

  after({ request, batchItem }: ExchangeOperation): InjectedAnswer | undefined {
    if (batchItem !== undefined || !this.#happens(this.faults.lostAnswers, request, salt.lost)) return undefined;
    return {
      status: 504,
      headers: { "content-type": "text/html" },
      body: "<html><body>Gateway Time-out</body></html>",
    };
  }

  batchResponses(_tenantId: string, responses: readonly BatchResponse[]): readonly BatchResponse[] {
    return responses.filter(() => !this.#happens(this.faults.missingItems, ++this.#missing, salt.missingItem));
  }

  #unauthorized({ authorization, kind }: ExchangeOperation): InjectedAnswer | undefined {
    const { operationsPerToken } = this.faults;
    if (operationsPerToken === undefined || kind === "batch") return undefined;
    const uses = (this.#uses.get(authorization) ?? 0) + 1;
    this.#uses.set(authorization, uses);
    if (uses <= operationsPerToken) return undefined;
    return { status: 401, headers: { "www-authenticate": 'Bearer error="invalid_token"' } };
  }

  #requestFault({ batchItem, request }: ExchangeOperation): InjectedAnswer | undefined {
    if (batchItem !== undefined) return undefined;
    const { throttledRequests, unavailableRequests } = this.faults;
    if (this.#happens(throttledRequests, request, salt.throttledRequest)) return this.#throttled();
    return this.#happens(unavailableRequests, request, salt.unavailable) ? { status: 503 } : undefined;
  }

  #pageFault({ continuesList, request }: ExchangeOperation): InjectedAnswer | undefined {
    if (!continuesList || !this.#happens(this.faults.failingPages, request, salt.page)) return undefined;
    return this.#happens(0.5, request, salt.pageKind) ? { status: 503 } : answerOf(expiredPage());
  }

  #changeFault({ writes, identity, batchItem, cmdlet, anchor }: ExchangeOperation): InjectedAnswer | undefined {
    if (!writes || identity === undefined) return undefined;
    const mailbox = numberOf(identity.toLowerCase());
    const tries = (this.#tries.get(identity.toLowerCase()) ?? 0) + 1;
    this.#tries.set(identity.toLowerCase(), tries);
    const { throttledItems, mailboxesNeedingProxy, unlicensedMailboxes } = this.faults;
    if (batchItem !== undefined && this.#happens(throttledItems, mailbox + tries, salt.throttledItem))
      return this.#throttled();
    const isAnchored = anchor.toLowerCase().includes(identity.toLowerCase());
    if (!isAnchored && this.#happens(mailboxesNeedingProxy, mailbox, salt.proxy)) return answerOf(needsProxy());
    if (cmdlet !== "Set-Mailbox" || !this.#happens(unlicensedMailboxes, mailbox, salt.licence)) return undefined;
    const text = "Auditing of MailItemsAccessed event is only available for users with appropriate license.";
    return answerOf(recipientTaskFailure(text));
  }

  #throttled(): InjectedAnswer {
    const { retryAfterSeconds } = this.faults;
    const headers = retryAfterSeconds === undefined ? {} : { headers: { "Retry-After": String(retryAfterSeconds) } };
    return { status: 429, ...headers };
  }

  /** The same for the same seed, index and purpose. */
  #happens(share: number | undefined, index: number, purpose: number): boolean {
    return share !== undefined && mixed(this.#seed, index, purpose) < share * 2 ** 32;
  }
}

function answerOf({ status, headers, body }: AdminApiError): InjectedAnswer {
  return { status, headers, body };
}
