/** What the service has answered so far, by the name of what was asked. */
import type { ProbeRequest } from "./ask";
import { type RawAnswer, type Row, text } from "./answer";
import { NotAsked } from "./notAsked";
import type { TokenClaims } from "./token";

/**
 * Makes one request of the probe from what was seen before.
 * @throws NotAsked when it cannot be made on this tenant
 */
export type Look = (seen: Seen) => ProbeRequest;

/** The names by which a mailbox can be meant. */
export interface Names {
  readonly guid: string;
  readonly exchangeGuid: string;
  readonly userPrincipalName: string;
  readonly primarySmtpAddress: string;
}

export class Seen {
  readonly #answers = new Map<string, RawAnswer | NotAsked>();

  constructor(
    readonly tenantId: string,
    readonly token: TokenClaims,
    /** The address of what comes behind the tenant in the path. */
    readonly address: (path: string) => string,
  ) {}

  note(name: string, answer: RawAnswer | NotAsked): void {
    this.#answers.set(name, answer);
  }

  /** Undefined when there is no answer. */
  statusOf(name: string): number | undefined {
    const answer = this.#answers.get(name);
    return answer instanceof NotAsked ? undefined : answer?.status;
  }

  /**
   * The answer, whatever it says.
   * @throws NotAsked when it was not asked for, or there was none
   */
  raw(name: string): RawAnswer {
    const answer = this.#answers.get(name);
    if (answer === undefined) throw new NotAsked("what has to be asked before was not asked");
    if (answer instanceof NotAsked) throw answer;
    if (answer.status >= 500) throw new NotAsked(`the service answered ${String(answer.status)}`);
    return answer;
  }

  /** The answer to one who is let in. */
  answer(name: string): RawAnswer {
    const answer = this.raw(name);
    const { status } = answer;
    if (status === 401 || status === 403) throw new NotAsked(`the identity may not ask this (${String(status)})`);
    return answer;
  }

  /** The rows of an answer that must be a list. */
  rows(name: string): readonly Row[] {
    const { rows, status } = this.answer(name);
    if (rows === undefined) throw new NotAsked(`there was no list to look at (${String(status)})`);
    return rows;
  }

  /** User mailboxes that were listed first. */
  get sample(): readonly Row[] {
    const rows = this.rows("mailboxes");
    if (rows.length === 0) throw new NotAsked("the tenant has no user mailbox");
    return rows;
  }

  get names(): Names {
    const [first = {}] = this.sample;
    return namesOf(first);
  }

  /** @throws NotAsked when there are known to be no more than `count` user mailboxes */
  needsMoreThan(count: number): void {
    if (this.sample.length <= count) throw new NotAsked(`the tenant has no more than ${String(count)} user mailboxes`);
  }
}

/** @throws NotAsked when the row lacks a name */
export function namesOf(row: Row): Names {
  const name = (property: string): string => {
    const value = text(row[property]);
    if (value !== undefined && value !== "") return value;
    throw new NotAsked(`the mailbox has no ${property}`);
  };
  return {
    guid: name("Guid"),
    exchangeGuid: name("ExchangeGuid"),
    userPrincipalName: name("UserPrincipalName"),
    primarySmtpAddress: name("PrimarySmtpAddress"),
  };
}
