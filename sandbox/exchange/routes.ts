/** The Exchange Online admin API under `/adminapi`. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { exchangeOnline } from "../../provider/entra/wellKnown";
import type { AccessToken, Authenticate, TokenProblem, World } from "../model";
import type { AdminAnswer, AdminRequest } from "./adminRequest";
import { refusal } from "./admission";
import { batch } from "./batch";
import { AdminApiError, badRequest, noSuchResource } from "./errors";
import type { ExchangeHooks } from "./hooks";
import { invokeCommand } from "./invokeCommand";
import { mailboxEntity, mailboxList } from "./mailboxEntities";
import { moduleFile } from "./moduleFile";
import type { ExchangeOrganization } from "./organization";
import { casMailboxList, exoBanner, metadataDocument } from "./otherResources";
import type { HeldRoles } from "./roles";
import { type Place, serverName, systemServer } from "./routing";
import { indexedGuid, numberOf } from "./seeded";

export interface ExchangeDependencies {
  /** Finds a tenant by its id or one of its verified domains, given in lower case. */
  readonly tenants: { find(name: string): ExchangeOrganization | undefined };
  /** Reads the bearer token from the request's `headers.authorization`: an item of a batch comes with headers of its own. */
  readonly authenticate: Authenticate;
  readonly world: World;
  /** What Exchange Online makes of a caller's directory roles. Default: those of the token, at once. Asked once for a request. */
  readonly rolesOf?: (token: AccessToken) => HeldRoles;
  /** None in a healthy sandbox. Read at each request, so that they can be changed while it runs. */
  readonly hooks?: ExchangeHooks;
}

/** The batch that a request is an item of. */
interface Carrier {
  readonly item: string;
  readonly authorization: string | undefined;
  readonly roles: HeldRoles;
  readonly place: Place;
}

/** Clients are known to write `AdminApi`, `adminApi` and `adminapi`. */
const pathPattern = /^\/adminapi\/(beta|v1\.0)\/([^/]+)\/(.+)$/i;

/** Mounts the admin API of every tenant. */
export function registerExchange(app: FastifyInstance, deps: ExchangeDependencies): void {
  const api = new AdminApi(deps);
  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, parsed) => {
      parsed(null, body.toString());
    });
    scope.all("/:root(^[aA][dD][mM][iI][nN][aA][pP][iI]$)/*", async (request, reply) => api.serve(request, reply));
    done();
  });
}

class AdminApi {
  readonly #deps: ExchangeDependencies;
  #served = 0;
  #underway = 0;

  constructor(deps: ExchangeDependencies) {
    this.#deps = deps;
  }

  async serve(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const number = ++this.#served;
    this.#underway++;
    try {
      const url = new URL(request.url, `${request.protocol}://${request.host}`);
      const body = parsedBody(request.body);
      const answer = await this.#answer(number, request, url, request.method, headersOf(request), body);
      return await send(reply, answer, this.#headers(number, request.headers["client-request-id"]));
    } finally {
      this.#underway--;
    }
  }

  /** Answers a request that came alone, or with `batchItem` one that came in a batch. Never throws. */
  async #answer(
    number: number,
    carrier: FastifyRequest,
    url: URL,
    method: string,
    headers: ReadonlyMap<string, string>,
    body: unknown,
    batch?: Carrier,
  ): Promise<AdminAnswer> {
    const batchItem = batch?.item;
    const [, , tenantName = "", encoded = ""] = pathPattern.exec(url.pathname) ?? [];
    if (tenantName === "") return asAnswer(noSuchResource(url.pathname));
    const organization = this.#organization(tenantName.toLowerCase());
    const token = await this.#deps.authenticate(carrier, exchangeOnline.appId);
    const authorization = headers.get("authorization");
    const roles = batch !== undefined && batch.authorization === authorization ? batch.roles : this.#rolesOf(token);
    const refused = refusal(token, organization?.tenantId ?? tenantName, roles);
    if (refused !== undefined || "problem" in token) return refused ?? { status: 401 };
    if (organization === undefined) return { status: 403 };
    if (batchItem === undefined) organization.counters.requests++;
    const hooks = this.#deps.hooks ?? {};
    let place = batch?.place;
    try {
      if (place === undefined || organization.behaviour.batchRouting === "itemAnchor")
        place = organization.placeOf(headers.get("x-anchormailbox") ?? "");
    } catch (error) {
      return asAnswer(error);
    }
    const request: AdminRequest = {
      number,
      organization,
      tenantName,
      place,
      roles,
      method,
      url,
      resource: encoded,
      headers,
      body,
      batchItem,
      hooks,
    };
    const serve = (): Promise<AdminAnswer> => this.#dispatch(carrier, request).catch(asAnswer);
    const isWhole = batchItem === undefined && hooks.during !== undefined;
    const answer = isWhole ? await hooks.during({ tenantId: organization.tenantId, number }, serve) : await serve();
    if (answer.status === 429) organization.counters.throttled++;
    if (batchItem !== undefined) return answer;
    return { ...answer, headers: { "x-calculatedbetarget": serverName(place.server), ...answer.headers } };
  }

  #organization(name: string): ExchangeOrganization | undefined {
    const found = this.#deps.tenants.find(name);
    return found === undefined || found.behaviour.domainInPath || found.tenantId === name ? found : undefined;
  }

  async #dispatch(carrier: FastifyRequest, request: AdminRequest): Promise<AdminAnswer> {
    const resource = decoded(request.resource);
    if (request.body === malformedBody) throw badRequest("The request body is no valid JSON.");
    const key = /^Mailbox\('(.+)'\)$/i.exec(resource)?.[1];
    if (request.method === "GET" && key !== undefined) return mailboxEntity(request, key.replaceAll("''", "'"));
    switch (`${request.method} ${resource.toLowerCase()}`) {
      case "POST invokecommand":
        return invokeCommand(request);
      case "GET mailbox":
        return mailboxList(request);
      case "GET exomodulefile":
        return moduleFile(request);
      case "GET $metadata":
        return metadataDocument(request);
      case "GET exobanner":
        return exoBanner(request);
      case "GET casmailbox":
        return casMailboxList(request);
      case "POST $batch":
        if (request.batchItem !== undefined) throw badRequest("A batch can't hold a batch.");
        return batch(request, async (item) => {
          const url = itemUrl(item.url, request.url);
          if (url === undefined) return asAnswer(badRequest(`'${item.url}' is no address of this batch's tenant.`));
          const seen = withHeaders(carrier, item.headers);
          const { id, method, headers, body } = item;
          const authorization = request.headers.get("authorization");
          return this.#answer(request.number, seen, url, method, headers, body, {
            item: id,
            authorization,
            roles: request.roles,
            place: request.place,
          });
        });
      default:
        throw noSuchResource(resource);
    }
  }

  #rolesOf(token: AccessToken | TokenProblem): HeldRoles {
    if ("problem" in token) return { tenantWide: [], scoped: [] };
    return this.#deps.rolesOf?.(token) ?? { tenantWide: token.wids, scoped: [] };
  }

  #headers(number: number, clientRequestId: string | string[] | undefined): Record<string, string> {
    const now = this.#deps.world.now();
    const reset = new Date(now + 60_000).toISOString();
    return {
      date: new Date(now).toUTCString(),
      "request-id": indexedGuid(numberOf("request"), number, 1),
      ...(typeof clientRequestId === "string" ? { "client-request-id": clientRequestId } : {}),
      "x-calculatedbetarget": serverName(systemServer),
      "x-concurrencycount": String(this.#underway),
      "x-combinedapponlyconcurrencycount": String(this.#underway),
      "rate-limit-limit": "30000",
      "rate-limit-remaining": String(Math.max(0, 30_000 - this.#underway)),
      "rate-limit-reset": reset,
    };
  }
}

/** Stands for a body that couldn't be read, so that a caller who isn't let in doesn't hear of it. */
const malformedBody = Symbol("malformed body");

function parsedBody(body: unknown): unknown {
  if (typeof body !== "string" || body === "") return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return malformedBody;
  }
}

function headersOf(request: FastifyRequest): ReadonlyMap<string, string> {
  return new Map(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
}

/** The request that carried a batch, seen with the headers of one of its items. */
function withHeaders(carrier: FastifyRequest, headers: ReadonlyMap<string, string>): FastifyRequest {
  return Object.create(carrier, { headers: { value: Object.fromEntries(headers) } }) as FastifyRequest;
}

/** The address of a batch item when it is of the same host and tenant as the batch. A path alone will do. */
function itemUrl(text: string, batchUrl: URL): URL | undefined {
  if (!URL.canParse(text, batchUrl.origin)) return undefined;
  const url = new URL(text, batchUrl.origin);
  const tenantOf = ({ pathname }: URL): string | undefined => pathPattern.exec(pathname)?.[2]?.toLowerCase();
  return url.origin === batchUrl.origin && tenantOf(url) === tenantOf(batchUrl) ? url : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw noSuchResource(text);
  }
}

function asAnswer(error: unknown): AdminAnswer {
  if (error instanceof AdminApiError) return { status: error.status, headers: error.headers, body: error.body };
  throw error;
}

async function send(
  reply: FastifyReply,
  { status, headers, body, cutsConnection }: AdminAnswer,
  always: Readonly<Record<string, string>>,
): Promise<FastifyReply> {
  if (cutsConnection === true) {
    reply.hijack();
    reply.raw.destroy();
    return reply;
  }
  reply.code(status).headers({ ...always, ...headers });
  if (body === undefined) return reply.send();
  if (typeof body === "string") return reply.type(headers?.["content-type"] ?? "text/plain").send(body);
  const json = "application/json; odata.metadata=minimal; odata.streaming=true; charset=utf-8";
  return reply.header("content-type", json).send(JSON.stringify(body));
}
