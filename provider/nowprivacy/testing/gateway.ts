/** The sandbox's NOW Privacy on this machine, for the tests of what talks to it. */
import fastify from "fastify";
import type { Access, Container } from "../../../sandbox/nowprivacy/crawl";
import { registerNowPrivacy } from "../../../sandbox/nowprivacy/routes";
import { NowPrivacyStore } from "../../../sandbox/nowprivacy/store";
import { createWorld } from "../../../sandbox/world";
import { type Context, manualClock } from "../../core";

export const token = "token-of-the-gateway";
export const tenantId = "22222222-2222-2222-2222-222222222222";
export const applicationId = "11111111-1111-1111-1111-111111111111";
export const securityGroup = "Privacy team";
export const firstSecret = "the-first-client-secret";
export const secondSecret = "the-second-client-secret";

export const exchangePermissions = ["Directory.Read.All", "Mail.Read", "Calendars.Read"] as const;

export interface Gateway {
  /** What NOW Privacy holds; changes here are what a person does in the product. */
  readonly store: NowPrivacyStore;
  /** `<METHOD> <path below the base URL>` of every request so far. */
  readonly requests: string[];
  readonly endpoint: string;
  /** What Entra holds. */
  readonly entra: { secrets: string[]; permissions: string[] };
  /** Moves the time of product and Entra on. */
  after(milliseconds: number): void;
  /** A stack that is configured for this gateway, with further settings. */
  context(
    more?: Partial<Context>,
    settings?: Readonly<Record<string, string>>,
  ): Context & { readonly reported: string[] };
  /** Works on the next request to a path that ends so as usual, but breaks the connection instead of answering. */
  loseNextAnswerTo(method: string, end?: string): void;
  /** Answers 503 to every request of these methods, or to paths that end so. None: no more. */
  refuse(...what: readonly string[]): void;
  close(): Promise<void>;
}

const people = ["ada", "ben", "cleo"];

function items(service: string): Container[] {
  return people.flatMap((name): Container[] => {
    const owner = `${name}@contoso.com`;
    if (service === "exchange") {
      return [
        { name: `mailbox of ${owner}`, kind: "mailbox", owner, items: 1000 },
        { name: `calendar of ${owner}`, kind: "calendar", owner, items: 50 },
      ];
    }
    if (service === "oneDrive") {
      const folders = { "/Documents": 10, "/Documents/Reports": 5 };
      return [{ name: `drive of ${owner}`, kind: "drive", owner, items: 20, folders }];
    }
    return [{ name: `/sites/${name}`, kind: "site", owner, items: 300 }];
  });
}

export async function startGateway(): Promise<Gateway> {
  let time = Date.UTC(2026, 0, 1);
  const world = createWorld("tests", { now: () => time });
  const entra = { secrets: [firstSecret], permissions: [...exchangePermissions] as string[] };
  const reach = (_tenant: string, app: string, secret: string): Access | undefined =>
    app === applicationId && entra.secrets.includes(secret) ? { permissions: entra.permissions } : undefined;
  const store = new NowPrivacyStore(world, {
    reach,
    tenantItems: (_tenant, service) => items(service),
    members: (_tenant, group) => (group === "team@contoso.com" ? ["ada@contoso.com", "ben@contoso.com"] : []),
  });
  store.addSecurityGroup(securityGroup);
  const requests: string[] = [];
  let lost: { readonly method: string; readonly end: string } | undefined;
  let refused: readonly string[] = [];
  const app = fastify({ forceCloseConnections: true });
  app.addHook("onRequest", async ({ method, url }, reply) => {
    requests.push(`${method} ${url.replace("/nowprivacy/v1", "")}`);
    if (refused.some((one) => one === method || url.endsWith(one))) await reply.code(503).send();
  });
  app.addHook("onSend", async ({ method, url, raw }) => {
    if (method !== lost?.method || !url.endsWith(lost.end)) return;
    lost = undefined;
    raw.socket.destroy();
  });
  registerNowPrivacy(app, { store, token, prefix: "/nowprivacy/v1" });
  const endpoint = `${await app.listen({ host: "127.0.0.1", port: 0 })}/nowprivacy/v1`;
  return {
    store,
    requests,
    endpoint,
    entra,
    after: (milliseconds) => {
      time += milliseconds;
      store.look();
    },
    context(more = {}, stack = {}) {
      const reported: string[] = [];
      const settings = new Map(Object.entries({ nowprivacyEndpoint: endpoint, nowprivacyToken: token, ...stack }));
      return {
        clock: manualClock(),
        settings: { get: (name) => settings.get(name) },
        declaration: "urn:pulumi:test::project::type::name",
        report: (line) => void reported.push(line),
        reported,
        ...more,
      };
    },
    loseNextAnswerTo: (method, end = "") => {
      lost = { method, end };
    },
    refuse: (...what) => {
      refused = what;
    },
    close: () => app.close(),
  };
}
