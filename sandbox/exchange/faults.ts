/**
 * Faults that happen by chance, the same ones for the same seed: what a client of the admin API has to live with. Which mailbox is
 * struck depends on the mailbox and on how often it was tried, so requests that come in another order meet the same faults.
 */
import type { ExchangeBehaviour } from "./behaviour";
import { unmodified } from "./cmdlets/cmdlet";
import {
  type AdminApiError,
  domainControllersChanged,
  expiredPage,
  notYetReplicated,
  overBudget,
  recipientTaskFailure,
  silence,
} from "./errors";
import { longThrottle, type ExchangeFaults } from "./faultOptions";
import type { BatchResponse, ExchangeHooks, ExchangeOperation, InjectedAnswer } from "./hooks";
import { isObject } from "../json";
import { LateReads } from "./lateReads";
import { mixed, numberOf } from "./seeded";

const salt = {
  throttledRequest: 101,
  throttledChange: 102,
  missingItem: 103,
  unavailable: 104,
  lost: 105,
  page: 106,
  pageKind: 107,
  licence: 109,
  longThrottled: 110,
  cut: 111,
  undecodable: 112,
  error: 113,
  unmodified: 114,
  forbidden: 115,
  vanishing: 116,
  notReplicated: 117,
  controllers: 118,
  budget: 119,
  alreadyAudited: 120,
  wrongServer: 121,
  wrongServerKind: 122,
  doubled: 123,
  empty: 124,
};

type FaultHooks = Required<Omit<ExchangeHooks, "during" | "replica">> & Pick<ExchangeHooks, "replica">;

/** The faults as hooks. */
export function faultHooks(faults: ExchangeFaults): FaultHooks {
  const running = new Faults(faults);
  return {
    before: (operation) => Promise.resolve(running.before(operation)),
    after: (operation, answer) => Promise.resolve(running.after(operation, answer)),
    behaviour: (operation, usual) => running.behaviour(operation, usual),
    batchResponses: (tenantId, responses) => running.batchResponses(tenantId, responses),
    vanishes: (guid) => running.vanishes(guid),
    replica: LateReads.of(faults),
  };
}

class Faults {
  readonly #seed: number;
  /** How often each was tried; {@link keyOf} says what counts as one. */
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
      this.#longThrottle(operation) ??
      this.#pageFault(operation) ??
      this.#passingFault(operation) ??
      this.#changeFault(operation)
    );
  }

  /** What is done is done; only its answer is another. */
  after(operation: ExchangeOperation, answer: InjectedAnswer): InjectedAnswer | undefined {
    const { batchItem, writes, kind } = operation;
    if (batchItem === undefined) {
      const at = this.#place(operation);
      const { lostAnswers, cutConnections, undecodableAnswers } = this.faults;
      if (this.#happens(lostAnswers, at, salt.lost)) return timedOut;
      if (writes && this.#happens(cutConnections, at, salt.cut)) return { status: 200, cutsConnection: true };
      if (writes && this.#happens(undecodableAnswers, at, salt.undecodable)) return undecodable;
    }
    const lists = kind === "mailboxList" || (kind === "cmdlet" && !writes && operation.identity === undefined);
    return lists && answer.status === 200 ? this.#listFault(operation, answer) : undefined;
  }

  behaviour(operation: ExchangeOperation, usual: ExchangeBehaviour): ExchangeBehaviour {
    const mailbox = numberOf(nameOf(operation));
    const { alreadyAudited, otherWrongServerForms } = this.faults;
    let behaviour = usual;
    if (this.#happens(alreadyAudited, mailbox, salt.alreadyAudited)) {
      behaviour = { ...behaviour, addOfWhatIsThere: "error" };
    }
    if (this.#happens(otherWrongServerForms, mailbox, salt.wrongServer)) {
      const isHint = this.#happens(0.5, mailbox, salt.wrongServerKind);
      behaviour = { ...behaviour, wrongServer: isHint ? "incorrectRoutingHint" : "noWritePermission" };
    }
    return behaviour;
  }

  batchResponses(_tenantId: string, responses: readonly BatchResponse[]): readonly BatchResponse[] {
    return responses.filter(() => !this.#happens(this.faults.missingItems, ++this.#missing, salt.missingItem));
  }

  vanishes(guid: string): boolean {
    return this.#happens(this.faults.vanishingMailboxes, numberOf(guid), salt.vanishing);
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

  /** Counts the try, for all that depends on it. */
  #longThrottle(operation: ExchangeOperation): InjectedAnswer | undefined {
    const key = keyOf(operation);
    const tries = (this.#tries.get(key) ?? 0) + 1;
    this.#tries.set(key, tries);
    const isStruck = this.#happens(this.faults.longThrottles, numberOf(key), salt.longThrottled);
    return isStruck && tries <= longThrottle.times ? throttledFor(longThrottle.seconds) : undefined;
  }

  #pageFault({ continuesList, request }: ExchangeOperation): InjectedAnswer | undefined {
    if (!continuesList) return undefined;
    const { failingPages, pagesNeverContinue } = this.faults;
    if (pagesNeverContinue === true) return answerOf(expiredPage("System.Exception"));
    if (!this.#happens(failingPages, request, salt.page)) return undefined;
    return this.#happens(0.5, request, salt.pageKind) ? { status: 503 } : answerOf(expiredPage("System.Exception"));
  }

  /** Tries that fail although nothing is wrong with them: the next one may pass. */
  #passingFault(operation: ExchangeOperation): InjectedAnswer | undefined {
    const { identity, kind, cmdlet = "Get-Mailbox", writes } = operation;
    if (identity === undefined || (kind !== "cmdlet" && kind !== "mailbox")) return undefined;
    const { notYetReplicated: notThere, changedDomainControllers, overBudget: budget, throttledChanges } = this.faults;
    const at = this.#place(operation);
    if (writes && this.#happens(throttledChanges, at, salt.throttledChange)) return this.#throttled();
    if (this.#happens(notThere, at, salt.notReplicated)) return answerOf(notYetReplicated(identity));
    if (this.#happens(changedDomainControllers, at, salt.controllers))
      return answerOf(domainControllersChanged(cmdlet));
    return this.#happens(budget, at, salt.budget) ? answerOf(overBudget()) : undefined;
  }

  /** Changes that are not made. */
  #changeFault(operation: ExchangeOperation): InjectedAnswer | undefined {
    const { writes, identity, cmdlet, context, object } = operation;
    if (!writes || identity === undefined) return undefined;
    const mailbox = numberOf(nameOf(operation));
    const { forbiddenMailboxes, unlicensedMailboxes, errorsInAnswers, unmodifiedAnswers } = this.faults;
    if (this.#happens(forbiddenMailboxes, mailbox, salt.forbidden)) return { status: 403, body: silence };
    if (cmdlet === "Set-Mailbox" && this.#happens(unlicensedMailboxes, mailbox, salt.licence)) {
      const text = "Auditing of MailItemsAccessed event is only available for users with appropriate license.";
      return answerOf(recipientTaskFailure(text));
    }
    const at = this.#place(operation);
    if (this.#happens(errorsInAnswers, at, salt.error)) return withErrors(context);
    if (!this.#happens(unmodifiedAnswers, at, salt.unmodified)) return undefined;
    return success(context, { "@adminapi.warnings": [unmodified(object?.name ?? identity)] });
  }

  #listFault({ request, continuesList, url }: ExchangeOperation, answer: InjectedAnswer): InjectedAnswer | undefined {
    const { doubledRows, emptyListings, linkCycles } = this.faults;
    const { body } = answer;
    if (!isObject(body) || !Array.isArray(body["value"])) return undefined;
    const rows = body["value"] as readonly unknown[];
    if (!continuesList && this.#happens(emptyListings, request, salt.empty)) {
      const { "@odata.nextLink": _link, ...rest } = body;
      return { ...answer, body: { ...rest, value: [] } };
    }
    let changed = body;
    // The link of a page that was got by a link leads back to that page.
    if (linkCycles === true && continuesList && "@odata.nextLink" in body)
      changed = { ...changed, "@odata.nextLink": url };
    if (rows.length > 0 && this.#happens(doubledRows, request, salt.doubled)) {
      changed = { ...changed, value: [...rows, rows[0]] };
    }
    return changed === body ? undefined : { ...answer, body: changed };
  }

  #throttled(): InjectedAnswer {
    return throttledFor(this.faults.retryAfterSeconds);
  }

  /** A number for a try: of a change, for the mailbox and how often it was tried; of anything else, for the request. */
  #place(operation: ExchangeOperation): number {
    if (operation.identity === undefined) return operation.request;
    return numberOf(keyOf(operation)) + (this.#tries.get(keyOf(operation)) ?? 0);
  }

  /** The same for the same seed, index and purpose. */
  #happens(share: number | undefined, index: number, purpose: number): boolean {
    return share !== undefined && mixed(this.#seed, index, purpose) < share * 2 ** 32;
  }
}

/** The mailbox or account, whatever it was called. */
function nameOf({ object, identity = "" }: ExchangeOperation): string {
  return object?.guid ?? identity.toLowerCase();
}

function keyOf(operation: ExchangeOperation): string {
  return `${operation.writes ? "write" : "read"} ${nameOf(operation) || (operation.cmdlet ?? operation.kind)}`;
}

function throttledFor(seconds: number | undefined): InjectedAnswer {
  return { status: 429, ...(seconds === undefined ? {} : { headers: { "Retry-After": String(seconds) } }) };
}

const timedOut: InjectedAnswer = {
  status: 504,
  headers: { "content-type": "text/html" },
  body: "<html><body>Gateway Time-out</body></html>",
};

/** A compression that no client asked for or knows: one said "unsupported compression method" of a write that had succeeded. */
const undecodable: InjectedAnswer = {
  status: 200,
  headers: { "content-type": "application/json", "content-encoding": "xpress" },
  body: "\u0001\u0002{",
};

/** `@adminapi.errors` in a 200 is an error of the cmdlet, as clients read it. What its items look like is unknown: here as in `details`. */
function withErrors(context: string): InjectedAnswer {
  const text =
    "|Microsoft.Exchange.Management.Tasks.RecipientTaskException|An error occurred while the mailbox was being saved. The change has not been made.";
  return success(context, { "adminapi.errors@odata.type": "#Collection(String)", "@adminapi.errors": [text] });
}

function success(context: string, more: object): InjectedAnswer {
  const warnings = { "adminapi.warnings@odata.type": "#Collection(String)", "@adminapi.warnings": [] };
  return { status: 200, body: { "@odata.context": context, ...warnings, ...more, value: [] } };
}

function answerOf({ status, headers, body }: AdminApiError): InjectedAnswer {
  return { status, headers, body };
}
