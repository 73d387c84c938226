/** Microsoft Graph as the azuread plugin talks to it: discovery, a token for a client secret, JSON requests with bounded retries. */
import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";
import { Agent, fetch, type Dispatcher } from "undici";
import type { PluginClock } from "../clock";
import type { GraphObject } from "./objects";
import { longestAskedPause, longestWait, retryPause, type Patience } from "./patience";

/** Who the provider is and where the directory is. */
export interface GraphConfiguration {
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Host (and port) of the metadata document, without a scheme. */
  readonly metadataHost: string;
}

/** What the access token says of the provider's own identity. */
export interface Identity {
  readonly tenantId: string;
  readonly clientId: string;
  readonly objectId: string;
}

/** Graph's answer, or the login endpoint's, was an error. */
export class GraphError extends Error {
  override readonly name = "GraphError";
  /** @param reason the status in words, as it came with the answer */
  constructor(
    readonly status: number,
    reason: string,
    readonly code: string,
    readonly detail: string,
  ) {
    const said = [code, detail].filter((part) => part !== "").join(": ");
    const shown = `unexpected status ${String(status)} (${String(status)} ${reason})`;
    super(said === "" ? `${shown} received with no body` : `${shown} with error: ${said}`);
  }
}

export interface GraphRequest {
  readonly body?: object;
  readonly query?: Readonly<Record<string, string>>;
  /** `/v1.0` unless told. */
  readonly version?: "v1.0" | "beta";
  /** Errors that pass by themselves, because the directory has not caught up yet. */
  readonly retryWhen?: (error: GraphError) => boolean;
}

/** What the official plugin says of itself in each request to Graph. */
const headers = {
  accept: "application/json; charset=utf-8; IEEE754Compatible=false",
  "content-type": "application/json; charset=utf-8",
  "odata-maxversion": "4.0",
  "odata-version": "4.0",
} as const;

/** Statuses that the official plugin tries again whatever the request; not 409, which the caller gets to see. */
const passingStatuses: ReadonlySet<number> = new Set([408, 424, 429]);

export class GraphClient {
  readonly #dispatcher: Dispatcher;
  readonly #clock: PluginClock;
  readonly #patience: Patience;
  readonly #configuration: GraphConfiguration;
  #endpoints: Promise<{ graph: string; login: string }> | undefined;
  #token: Promise<Token> | undefined;

  constructor(
    configuration: GraphConfiguration,
    environment: Readonly<Record<string, string | undefined>>,
    clock: PluginClock,
    patience: Patience,
  ) {
    this.#dispatcher = new Agent({ connect: { ca: trusted(environment) } });
    this.#configuration = configuration;
    this.#clock = clock;
    this.#patience = patience;
  }

  /** Logs in, unless that was done already, and says as whom. */
  async identity(): Promise<Identity> {
    return (await this.#login()).identity;
  }

  /** The address of Graph with its version, for references in bodies (`@odata.id`). */
  async address(version: "v1.0" | "beta" = "v1.0"): Promise<string> {
    return `${(await this.#discover()).graph}/${version}`;
  }

  get(
    path: string,
    query: Readonly<Record<string, string>> = {},
    version: "v1.0" | "beta" = "v1.0",
  ): Promise<GraphObject> {
    return this.request("GET", path, { query, version });
  }

  /** The object; undefined when Graph says 404. */
  async find(path: string): Promise<GraphObject | undefined> {
    try {
      return await this.get(path);
    } catch (error) {
      if (error instanceof GraphError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** All objects of a collection, over all its pages. */
  async list(path: string, filter?: string): Promise<readonly GraphObject[]> {
    const found: GraphObject[] = [];
    let page = await this.get(path, filter === undefined ? {} : { $filter: filter });
    for (;;) {
      found.push(...((page["value"] ?? []) as readonly GraphObject[]));
      const next = page["@odata.nextLink"];
      if (typeof next !== "string") return found;
      page = await this.#send("GET", next, undefined);
    }
  }

  /**
   * Sends a request. Throttling and server errors are tried again for a bounded time.
   *
   * @returns the object in the answer; an empty one for 204.
   * @throws GraphError with Graph's own code and message.
   */
  async request(method: string, path: string, options: GraphRequest = {}): Promise<GraphObject> {
    const url = new URL(`${await this.address(options.version)}${path}`);
    // URLSearchParams writes a space as `+`, as Go does.
    for (const [name, value] of Object.entries(options.query ?? {})) url.searchParams.set(name, value);
    return this.#send(method, url.href, options.body, options.retryWhen);
  }

  async #send(
    method: string,
    url: string,
    body: object | undefined,
    retryWhen: (error: GraphError) => boolean = () => false,
  ): Promise<GraphObject> {
    let waited = 0;
    for (let attempt = 1; ; attempt++) {
      const { text } = await this.#login();
      const response = await fetch(url, {
        method,
        dispatcher: this.#dispatcher,
        headers: { ...headers, authorization: `Bearer ${text}` },
        body: body === undefined ? null : JSON.stringify(body),
      });
      const answer = await response.text();
      if (response.ok) return answer === "" ? {} : (JSON.parse(answer) as GraphObject);
      const error = graphError(response, answer);
      if (!(passesByItself(response.status) || retryWhen(error)) || waited >= longestWait(this.#patience)) throw error;
      const asked = Number(response.headers.get("retry-after") ?? Number.NaN) * 1000;
      const pause = Number.isNaN(asked) ? retryPause(this.#patience, attempt) : Math.min(asked, longestAskedPause);
      // A request counts as some time too, so that an asked pause of nothing comes to an end.
      waited += Math.max(pause, this.#patience.poll);
      await this.#clock.pause(pause);
    }
  }

  #discover(): Promise<{ graph: string; login: string }> {
    this.#endpoints ??= this.#readMetadata();
    return this.#endpoints;
  }

  async #readMetadata(): Promise<{ graph: string; login: string }> {
    const host = this.#configuration.metadataHost;
    const url = `https://${host}/metadata/endpoints?api-version=2022-09-01`;
    const response = await fetch(url, { dispatcher: this.#dispatcher });
    if (!response.ok) throw new Error(`Reading cloud metadata from ${host}: status ${String(response.status)}`);
    const document = (await response.json()) as Readonly<Record<string, unknown>>;
    const graph = document["microsoftGraphResourceId"];
    const login = (document["authentication"] as { readonly loginEndpoint?: unknown } | undefined)?.loginEndpoint;
    for (const name of ["name", "resourceManager", "microsoftGraphResourceId"]) {
      if (typeof document[name] !== "string" || document[name] === "") {
        throw new Error(`The cloud metadata of ${host} has no "${name}".`);
      }
    }
    if (typeof graph !== "string" || typeof login !== "string") {
      throw new Error(`The cloud metadata of ${host} names no login endpoint.`);
    }
    return { graph: graph.replace(/\/$/, ""), login: login.replace(/\/$/, "") };
  }

  async #login(): Promise<Token> {
    const now = Number(this.#clock.nanoseconds() / 1_000_000n);
    const token = await this.#token?.catch(() => undefined);
    if (token !== undefined && token.expires > now) return token;
    this.#token = this.#requestToken(now);
    return this.#token;
  }

  async #requestToken(now: number): Promise<Token> {
    const { tenantId, clientId, clientSecret } = this.#configuration;
    const { graph, login } = await this.#discover();
    const response = await fetch(`${login}/${tenantId}/oauth2/v2.0/token`, {
      method: "POST",
      dispatcher: this.#dispatcher,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        client_id: clientId,
        client_secret: clientSecret,
        grant_type: "client_credentials",
        scope: `${graph}/.default`,
      }).toString(),
    });
    const answer = (await response.json()) as Readonly<Record<string, unknown>>;
    const text = answer["access_token"];
    if (!response.ok || typeof text !== "string") {
      const told = answer["error_description"] ?? answer["error"];
      const cause = typeof told === "string" ? told : `status ${String(response.status)}`;
      throw new Error(`Obtaining an access token for client ${clientId} of tenant ${tenantId}: ${cause}`);
    }
    const claims = JSON.parse(Buffer.from(text.split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>;
    const seconds = Number(answer["expires_in"] ?? 3600);
    return {
      text,
      expires: now + seconds * 900,
      identity: { tenantId: String(claims["tid"]), clientId: String(claims["appid"]), objectId: String(claims["oid"]) },
    };
  }
}

interface Token {
  readonly text: string;
  /** When to ask for the next one: milliseconds since the Unix epoch. */
  readonly expires: number;
  readonly identity: Identity;
}

/** Go reads `SSL_CERT_FILE` in place of the system's certificates; Node adds `NODE_EXTRA_CA_CERTS` to its own. */
function trusted(environment: Readonly<Record<string, string | undefined>>): string[] {
  const only = environment["SSL_CERT_FILE"];
  if (only !== undefined && only !== "") return [readFileSync(only, "utf8")];
  const extra = environment["NODE_EXTRA_CA_CERTS"];
  return [...rootCertificates, ...(extra === undefined || extra === "" ? [] : [readFileSync(extra, "utf8")])];
}

function passesByItself(status: number): boolean {
  return passingStatuses.has(status) || (status >= 500 && status !== 501);
}

function graphError({ status, statusText }: { status: number; statusText: string }, answer: string): GraphError {
  try {
    const { error } = JSON.parse(answer) as { readonly error?: { readonly code?: string; readonly message?: string } };
    return new GraphError(status, statusText, error?.code ?? "", error?.message ?? "");
  } catch {
    return new GraphError(status, statusText, "", answer.slice(0, 200));
  }
}
