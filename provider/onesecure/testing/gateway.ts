/** The sandbox's 1Secure on this machine, for the tests of what talks to it. */
import fastify from "fastify";
import { registerOneSecure } from "../../../sandbox/onesecure/routes";
import { type OneSecureStore, createOneSecureStore } from "../../../sandbox/onesecure/store";
import { createWorld } from "../../../sandbox/world";
import { type Context, manualClock } from "../../core";

export const organization = "Contoso";
export const token = "token-of-the-gateway";
export const tenantId = "22222222-2222-2222-2222-222222222222";
export const clientId = "11111111-1111-1111-1111-111111111111";

export interface Gateway {
  /** What 1Secure holds; changes here are what a person does in the product. */
  readonly store: OneSecureStore;
  /** `<METHOD> <path below the base URL>` of every request so far. */
  readonly requests: string[];
  readonly endpoint: string;
  /** A stack that is configured for this gateway, with further settings. */
  context(
    more?: Partial<Context>,
    settings?: Readonly<Record<string, string>>,
  ): Context & { readonly reported: string[] };
  /** Works on the next request of this method as usual, but breaks the connection instead of answering. */
  loseNextAnswerTo(method: string): void;
  /** Works on every request of this method as usual, but breaks the connection instead of answering. Undefined: no more. */
  loseAnswersTo(method: string | undefined): void;
  close(): Promise<void>;
}

export async function startGateway(): Promise<Gateway> {
  const world = createWorld("tests", { now: () => Date.UTC(2026, 0, 1) });
  const store = createOneSecureStore(world);
  store.addOrganization(organization);
  const requests: string[] = [];
  let lost: string | undefined;
  let losing: string | undefined;
  const app = fastify({ forceCloseConnections: true });
  app.addHook("onRequest", async ({ method, url }) => {
    requests.push(`${method} ${url.replace("/onesecure/v1", "")}`);
  });
  app.addHook("onSend", async ({ method, raw }) => {
    if (method !== lost && method !== losing) return;
    if (method === lost) lost = undefined;
    // Not `raw.destroy()`, which spares the connection of a request that was read to its end.
    raw.socket.destroy();
  });
  registerOneSecure(app, { store, token, world, prefix: "/onesecure/v1" });
  const endpoint = `${await app.listen({ host: "127.0.0.1", port: 0 })}/onesecure/v1`;
  return {
    store,
    requests,
    endpoint,
    context(more = {}, stack = {}) {
      const reported: string[] = [];
      const settings = new Map(Object.entries({ onesecureEndpoint: endpoint, onesecureToken: token, ...stack }));
      return {
        clock: manualClock(),
        settings: { get: (name) => settings.get(name) },
        declaration: "urn:pulumi:test::project::type::name",
        report: (line) => void reported.push(line),
        reported,
        ...more,
      };
    },
    loseNextAnswerTo: (method) => {
      lost = method;
    },
    loseAnswersTo: (method) => {
      losing = method;
    },
    close: () => app.close(),
  };
}
