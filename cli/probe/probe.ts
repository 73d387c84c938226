/** Asks a tenant what the project believes of Exchange Online, and decides each belief by the answers. */
import { type Askable, beliefs } from "../../sandbox/beliefs";
import type { Clock } from "../../provider/core/clock";
import { AccessRefused } from "../../provider/core/errors";
import type { Http } from "../../provider/core/http";
import { describeAccess } from "../../provider/exchange/adminApi/access";
import type { Tokens } from "../../provider/identity/token";
import { Asker, type Exchange, type ProbeRequest } from "./ask";
import type { RawAnswer } from "./answer";
import { readJudges } from "./judges";
import { writeJudges } from "./judges/writing";
import { NotAsked } from "./notAsked";
import { putBack, putBackRequests } from "./putBack";
import { mailboxes, reads } from "./reads";
import { Redactor } from "./redact/redactor";
import { type Look, Seen } from "./seen";
import { type TokenClaims, tokenClaims } from "./token";
import { decide, type Judge, type Verdict } from "./verdict";
import { mailboxAnchor, settingsOf, target, targetOf, writes } from "./writes";

interface ProbeOptions {
  readonly http: Http;
  readonly tokens: Tokens;
  /** For example `https://outlook.office365.com`. */
  readonly endpoint: string;
  readonly tenantId: string;
  readonly clock: Clock;
  /** The mailbox that may be written to, by any of its names. Undefined: nothing is written. */
  readonly writeOne?: string | undefined;
  /** No new question is asked once it is aborted; what was changed is put back. */
  readonly signal?: AbortSignal | undefined;
  /** Told the commands to run by hand, `MAILBOX` in place of its name, when the mailbox could not be put back. */
  readonly onNotPutBack: (commands: string) => void;
}

export interface Outcome {
  readonly belief: string;
  readonly verdict: Verdict;
}

export interface Probed {
  readonly outcomes: readonly Outcome[];
  /** What was sent and answered, redacted. */
  readonly exchanges: readonly Exchange[];
  /** What the token says, redacted. */
  readonly token: unknown;
}

/** How many requests are sent at most, when nothing has to be sent twice. */
export function mostRequests(withWrites: boolean): number {
  const reading = 1 + Object.keys(reads).length;
  return withWrites ? reading + 1 + Object.keys(writes).length + putBackRequests : reading;
}

/** @throws AccessRefused when the tenant does not let the identity in, and what signing in throws; nothing was asked then */
export async function probe(options: ProbeOptions): Promise<Probed> {
  const { tenantId, tokens, writeOne, signal } = options;
  const redactor = new Redactor();
  const asker = new Asker({ ...options, redactor });
  const claims = tokenClaims((await tokens.current()).value);
  const seen = new Seen(tenantId, claims, (path) => asker.address(path));
  const ask = async (looks: Readonly<Record<string, Look>>): Promise<void> => {
    for (const [name, look] of Object.entries(looks))
      seen.note(name, await answerTo(asker, name, () => look(seen), signal));
  };
  await ask({ mailboxes });
  mustBeLetIn(seen, tokens);
  await ask(reads);
  if (writeOne !== undefined) {
    await ask({ target: target(writeOne) });
    if (canBePutBack(seen)) {
      try {
        await ask(writes);
      } finally {
        const toRun = await putBack((name, request) => asker.ask(name, request), seen);
        if (toRun !== undefined) options.onNotPutBack(toRun);
      }
    }
  }
  return {
    outcomes: beliefs.map(({ id, asked }) => ({
      belief: id,
      verdict: verdictOn(id, asked, writeOne !== undefined, seen),
    })),
    exchanges: asker.exchanges,
    token: redactedClaims(claims, redactor),
  };
}

/** @throws AccessRefused when the answers would all be about that */
function mustBeLetIn(seen: Seen, { claims }: Tokens): void {
  const status = seen.statusOf("mailboxes");
  if (status !== 401 && status !== 403) return;
  throw new AccessRefused({
    operation: "asking",
    subject: `Exchange Online of tenant ${seen.tenantId}`,
    status,
    happened: `the identity is not let in (${String(status)})`,
    ...(claims === undefined ? {} : { next: `Now ${describeAccess(claims)}.` }),
  });
}

function redactedClaims({ audience, roles, wids, proof }: TokenClaims, redactor: Redactor): object {
  const words = (values: readonly string[]): readonly string[] => values.map((value) => redactor.word(value));
  return {
    audience: redactor.word(audience ?? ""),
    roles: words(roles),
    wids: words(wids),
    proof: redactor.word(proof ?? ""),
  };
}

async function answerTo(
  asker: Asker,
  name: string,
  request: () => ProbeRequest,
  signal: AbortSignal | undefined,
): Promise<RawAnswer | NotAsked> {
  if (signal?.aborted === true) return new NotAsked("the probe was stopped");
  try {
    return await asker.ask(name, request());
  } catch (error) {
    if (error instanceof NotAsked) return error;
    throw error;
  }
}

/** Nothing is written to a mailbox of which it is not known what it was. */
function canBePutBack(seen: Seen): boolean {
  try {
    settingsOf(targetOf(seen));
    mailboxAnchor(seen);
    return true;
  } catch (error) {
    if (error instanceof NotAsked) return false;
    throw error;
  }
}

const judges: Readonly<Record<string, Judge>> = { ...readJudges, ...writeJudges };

function verdictOn(id: string, asked: Askable, withWrites: boolean, seen: Seen): Verdict {
  if (typeof asked === "object") return { outcome: "not asked", why: asked.not };
  if (asked === "write" && !withWrites) return { outcome: "not asked", why: "it needs --write-one" };
  const judge = judges[id];
  if (judge === undefined) throw new Error(`Nothing decides ${id}.`);
  return decide(judge, seen);
}
