/** A gateway for tests that answers what it is told to, in that order, and notes what it was asked. */
import fastify, { type FastifyInstance } from "fastify";
import { createHttp, type Http, manualClock } from "../../core";
import type { GatewayOptions } from "../gateway";

export interface Scripted {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, unknown>;
  readonly body: unknown;
}

/** The contracts' problem text. */
export const problem = (status: number, code: string, more: object = {}): Scripted => ({
  status,
  headers: { "content-type": "application/problem+json" },
  body: { type: "about:blank", title: code, status, code, ...more },
});

export class ScriptedGateway {
  /** Every request, until a test empties it. */
  received: Received[] = [];
  #script: Scripted[] = [];
  #app: FastifyInstance | undefined;
  #http: Http | undefined;
  #origin = "";

  async start(): Promise<void> {
    const app = fastify({ forceCloseConnections: true });
    this.#app = app;
    app.addContentTypeParser(
      "application/merge-patch+json",
      { parseAs: "string" },
      async (_request: unknown, body: string) => JSON.parse(body) as unknown,
    );
    app.all("*", async ({ method, url, headers, body }, reply) => {
      this.received.push({ method, url, headers, body });
      const { status, body: answer, headers: given = {} } = this.#script.shift() ?? { status: 500 };
      await reply
        .code(status)
        .headers({ "content-type": "application/json", ...given })
        .send(typeof answer === "string" || answer === undefined ? answer : JSON.stringify(answer));
    });
    this.#origin = await app.listen({ host: "127.0.0.1", port: 0 });
    this.#http = await createHttp();
  }

  async stop(): Promise<void> {
    await this.#http?.close();
    await this.#app?.close();
  }

  /** A backend to whose questions these are the answers, how long it paused (milliseconds), and what it reported. */
  async answering<B extends object>(
    create: (options: GatewayOptions) => Promise<B>,
    answers: readonly Scripted[],
  ): Promise<B & { readonly slept: readonly number[]; readonly reported: readonly string[] }> {
    if (this.#http === undefined) throw new Error("the gateway is not started");
    this.#script = [...answers];
    const clock = manualClock();
    const reported: string[] = [];
    const made = await create({
      endpoint: `${this.#origin}/v1`,
      token: "gateway-token",
      http: this.#http,
      clock,
      random: () => 0,
      report: (line) => reported.push(line),
    });
    return { ...made, slept: clock.slept, reported };
  }
}
