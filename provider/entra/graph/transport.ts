/** One request to Microsoft Graph: token, retries, pages, and answers that are errors as tagged errors. */
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { Rejected } from "../../core/errors";
import { type Http, type HttpAnswer, parseJson } from "../../core/http";
import { retry } from "../../core/retry";
import type { Waiting } from "../../core/wait";
import type { HeldToken, Tokens } from "../../identity/token";
import { endpointAdvice, type GraphDoing, graphErrorOf } from "./errors";

export interface GraphTransportOptions extends Waiting {
  /** Without a path, for example `https://graph.microsoft.com`. */
  readonly endpoint: string;
  readonly tokens: Tokens;
  readonly http: Http;
  /** Spreads the pauses; `Math.random` unless given. */
  readonly random?: (() => number) | undefined;
}

type Headers = Readonly<Record<string, string>>;

const page = z.looseObject({ value: z.array(z.unknown()), "@odata.nextLink": z.string().optional() });

/** More pages than any object of ours has; a listing that goes on longer goes in circles. */
const maximumPages = 1_000;

export class GraphTransport {
  readonly #root: string;

  constructor(private readonly options: GraphTransportOptions) {
    this.#root = `${options.endpoint.replace(/\/+$/, "")}/v1.0`;
  }

  /**
   * One object.
   * @param path below `/v1.0`, with a slash first
   * @throws NotFound, AccessRefused, Throttled, Unavailable, Rejected
   */
  async get<T>(path: string, shape: z.ZodType<T>, doing: GraphDoing): Promise<T> {
    return understood(shape, await this.#send("GET", this.#root + path, doing), doing);
  }

  /**
   * One object of the index behind Graph's advanced queries (counts, `endswith`), which may be a little behind.
   * {@link https://learn.microsoft.com/graph/aad-advanced-queries}
   */
  async getEventual<T>(path: string, shape: z.ZodType<T>, doing: GraphDoing): Promise<T> {
    return understood(
      shape,
      await this.#send("GET", this.#root + path, doing, { ConsistencyLevel: "eventual" }),
      doing,
    );
  }

  /** A collection, all pages of it. */
  async list<T>(path: string, shape: z.ZodType<T>, doing: GraphDoing): Promise<T[]> {
    const found: T[] = [];
    let next: string | undefined = this.#root + path;
    for (let pages = 0; next !== undefined; pages += 1) {
      if (pages >= maximumPages) throw strange(doing, `there are more than ${String(maximumPages)} pages`);
      const answer: z.output<typeof page> = understood(page, await this.#send("GET", next, doing), doing);
      found.push(...answer.value.map((item) => understood(shape, item, doing)));
      next = answer["@odata.nextLink"];
      if (next !== undefined) this.#mustBeGraph(next, doing);
    }
    return found;
  }

  /** @throws NotFound when there is nothing of that path (any more) */
  async delete(path: string, doing: GraphDoing): Promise<void> {
    await this.#send("DELETE", this.#root + path, doing);
  }

  /** Again while Graph is throttling or not well: reads and deletes may run twice. */
  #send(method: "GET" | "DELETE", url: string, doing: GraphDoing, more: Headers = {}): Promise<unknown> {
    const headers = { ...more, "client-request-id": randomUUID() };
    return retry(() => this.#sendOnce(method, url, headers, doing), {
      ...this.options,
      why: (error) => `Microsoft Graph: ${error instanceof Error ? error.message : String(error)}`,
    });
  }

  /** Once more with a new token when the token is refused (401). */
  async #sendOnce(method: "GET" | "DELETE", url: string, headers: Headers, doing: GraphDoing): Promise<unknown> {
    const { tokens } = this.options;
    const token = await tokens.current();
    const first = await this.#sendWith(token, method, url, headers, doing);
    const answer =
      first.status === 401
        ? await this.#sendWith(await tokens.renew(token, challengeOf(first)), method, url, headers, doing)
        : first;
    if (answer.status < 200 || answer.status >= 300) {
      throw graphErrorOf(answer, doing, this.options.clock, tokens.claims);
    }
    if (method === "DELETE") return undefined;
    const json = parseJson(answer.text);
    if (json === undefined) throw strange(doing, "the answer is no JSON", answer.status);
    return json;
  }

  #sendWith(
    token: HeldToken,
    method: "GET" | "DELETE",
    url: string,
    headers: Headers,
    { operation, subject }: GraphDoing,
  ): Promise<HttpAnswer> {
    return this.options.http.send({
      method,
      url,
      headers: {
        Authorization: `Bearer ${token.value}`,
        Accept: "application/json",
        ...headers,
      },
      signal: this.options.signal,
      operation,
      subject,
    });
  }

  /** The token goes with every request, so a link is followed only to where the first page came from. */
  #mustBeGraph(link: string, doing: GraphDoing): void {
    const { origin } = new URL(this.#root);
    if (URL.canParse(link) && new URL(link).origin === origin) return;
    throw strange(doing, `the next page is at ${link.slice(0, 200)}, which is not on ${origin}. It was not asked for`);
  }
}

function understood<T>(shape: z.ZodType<T>, json: unknown, doing: GraphDoing): T {
  const result = shape.safeParse(json);
  if (result.success) return result.data;
  const at = result.error.issues.map(({ path }) => path.join(".") || "the answer as a whole").join(", ");
  throw strange(doing, `the answer is not what Microsoft Graph documents (${at})`);
}

function strange({ operation, subject }: GraphDoing, happened: string, status?: number): Rejected {
  return new Rejected({
    operation,
    subject,
    happened,
    next: endpointAdvice,
    ...(status === undefined ? {} : { status }),
  });
}

/** The claims challenge of a WWW-Authenticate header (continuous access evaluation), decoded. */
function challengeOf(answer: HttpAnswer): string | undefined {
  const encoded = /\bclaims="([^"]+)"/.exec(answer.header("www-authenticate") ?? "")?.[1];
  return encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString("utf8");
}
