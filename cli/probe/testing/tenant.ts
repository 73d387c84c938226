/** For tests: the probe, on a tenant of the sandbox over its real HTTPS. */
import { readFileSync } from "node:fs";
import { Agent, request } from "undici";
import { manualClock } from "../../../provider/core/clock";
import type { Http, HttpAnswer, HttpRequest } from "../../../provider/core/http";
import { Tokens } from "../../../provider/identity/token";
import { type BehaviourChange, type Sandbox, startSandbox, type TenantInfo } from "../../../sandbox";
import { serverOf, systemServer } from "../../../sandbox/exchange/routing";
import type { Mailbox } from "../../../sandbox/exchange/model";
import { exchangeScope } from "../../../sandbox/testing/apps";
import { connectTo, first, type Wire } from "../../../sandbox/testing/wire";
import { type Outcome, probe, type Probed } from "../probe";

/** An answer that a test may change on its way. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Stands between the probe and the sandbox. */
export type Between = (asked: HttpRequest, send: (request: HttpRequest) => Promise<Answer>) => Promise<Answer>;

export class ProbedTenant {
  private constructor(
    readonly sandbox: Sandbox,
    readonly tenant: TenantInfo,
    private readonly wire: Wire,
    private readonly dispatcher: Agent,
  ) {}

  static async start(mailboxes: number): Promise<ProbedTenant> {
    const sandbox = await startSandbox({
      tenants: [{ initialDomain: "contoso.onmicrosoft.com", mailboxes, deployerRoles: ["Exchange Administrator"] }],
    });
    const dispatcher = new Agent({ connect: { ca: readFileSync(sandbox.caFile, "utf8") } });
    return new ProbedTenant(sandbox, first(sandbox.tenants), connectTo(sandbox), dispatcher);
  }

  async stop(): Promise<void> {
    await this.dispatcher.close();
    await this.wire.close();
    await this.sandbox.close();
  }

  /** Turns some of its behaviour round, and back what was turned round before. */
  isOtherwise(behaviour: BehaviourChange | undefined): void {
    const { control } = this.sandbox;
    control.setExchangeBehaviour(this.tenant.id, undefined);
    control.setExchangeBehaviour(this.tenant.id, behaviour);
    // So that a change has another time than the one before.
    control.travelTo(new Date(control.now().getTime() + 60_000));
  }

  /** A user mailbox whose lists are Microsoft's, on another server than the system mailbox. */
  get writable(): Mailbox {
    const { id } = this.tenant;
    const { control } = this.sandbox;
    const behaviour = control.exchangeBehaviour(id);
    return first(
      control
        .mailboxes(id)
        .filter(
          ({ recipientTypeDetails, defaultAuditSet }, position) =>
            recipientTypeDetails === "UserMailbox" &&
            defaultAuditSet.length === 3 &&
            serverOf(id, position, behaviour) !== systemServer,
        ),
    );
  }

  /** Runs the probe as the tenant's deployer. No time passes but on the clock of the probe. */
  async probe({
    writeOne,
    between = (asked, send) => send(asked),
    claims,
    onNotPutBack = () => undefined,
    signal,
  }: {
    readonly writeOne?: string;
    readonly between?: Between | undefined;
    /** What the probe reads in its token in place of what stands there. */
    readonly claims?: Readonly<Record<string, unknown>> | undefined;
    readonly onNotPutBack?: (commands: string) => void;
    readonly signal?: AbortSignal;
  } = {}): Promise<Probed> {
    const clock = manualClock(Date.now());
    const token = await this.wire.deployerToken(this.tenant, exchangeScope);
    const shown = claims === undefined ? token : withClaims(token, claims);
    const genuine: Between = (asked, send) =>
      between(asked, (request) => send(JSON.parse(JSON.stringify(request).replaceAll(shown, token)) as HttpRequest));
    return probe({
      http: this.#http(genuine),
      tokens: new Tokens(
        () => Promise.resolve({ token: shown, lifetimeMs: 3_600_000 }),
        this.tenant.id,
        clock,
        "Exchange Online",
      ),
      endpoint: this.sandbox.origin,
      tenantId: this.tenant.id,
      clock,
      writeOne,
      signal,
      onNotPutBack,
    });
  }

  #http(between: Between): Http {
    const send = async ({ method, url, headers, body }: HttpRequest): Promise<Answer> => {
      const answer = await request(url, {
        method,
        dispatcher: this.dispatcher,
        ...(headers === undefined ? {} : { headers }),
        ...(body === undefined ? {} : { body }),
      });
      const pairs = Object.entries(answer.headers).map(([name, value]) => [name, String(value)] as const);
      return { status: answer.statusCode, headers: Object.fromEntries(pairs), text: await answer.body.text() };
    };
    return {
      send: async (asked): Promise<HttpAnswer> => {
        const { status, headers, text } = await between(asked, send);
        return { status, text, header: (name) => headers[name.toLowerCase()] };
      },
      close: () => Promise.resolve(),
    };
  }
}

/** The token as if it said something else. Nobody but the probe would believe it. */
function withClaims(token: string, claims: Readonly<Record<string, unknown>>): string {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const changed = { ...(JSON.parse(Buffer.from(payload, "base64url").toString()) as object), ...claims };
  return [header, Buffer.from(JSON.stringify(changed)).toString("base64url"), signature].join(".");
}

/** Ids of the beliefs with that outcome. */
export function withOutcome(outcomes: readonly Outcome[], wanted: Outcome["verdict"]["outcome"]): readonly string[] {
  return outcomes.filter(({ verdict }) => verdict.outcome === wanted).map(({ belief }) => belief);
}
