/** Requests and answers of the admin API, apart from how they travel: alone, or as an item of a batch. */
import type { ExchangeBehaviour } from "./behaviour";
import type { ExchangeHooks, ExchangeOperation, ExchangeRequest, InjectedAnswer } from "./hooks";
import type { Mailbox } from "./model";
import type { ExchangeOrganization } from "./organization";
import type { Replica } from "./storedMailboxes";
import { preferredPageSize, type PageRequest } from "./paging";
import type { HeldRoles } from "./roles";
import type { Place } from "./routing";

/** A request of a caller who was let in. */
export interface AdminRequest {
  /** The items of a batch have the batch's number. */
  readonly number: ExchangeRequest["number"];
  readonly organization: ExchangeOrganization;
  /** What the tenant was called in the path: its id or a domain. */
  readonly tenantName: string;
  /** Where the request is worked on: for an item of a batch, where the batch is. */
  readonly place: Place;
  readonly roles: HeldRoles;
  readonly method: string;
  /** Absolute. */
  readonly url: URL;
  /** What comes behind the tenant in the path, for example `InvokeCommand`. */
  readonly resource: string;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  /** Parsed JSON, undefined when there was none. */
  readonly body: unknown;
  readonly batchItem: string | undefined;
  readonly hooks: ExchangeHooks;
}

/** A string is sent as it is, anything else as JSON; no body when absent. */
export type AdminAnswer = InjectedAnswer;

/** Does something between the two places where faults come in. */
export async function operate(
  request: AdminRequest,
  about: Pick<ExchangeOperation, "kind" | "cmdlet" | "identity" | "writes">,
  work: (behaviour: ExchangeBehaviour) => AdminAnswer | Promise<AdminAnswer>,
): Promise<AdminAnswer> {
  const { number, hooks, organization, batchItem, headers, url, place } = request;
  const { behaviour } = organization;
  const operation: ExchangeOperation = {
    ...about,
    // Worked out only where a fault asks for it.
    get object() {
      return about.identity === undefined ? undefined : objectOf(organization, about.identity);
    },
    tenantId: organization.tenantId,
    request: number,
    anchor: place.anchor,
    authorization: headers.get("authorization") ?? "",
    url: url.href,
    context: contextOf(request, "Collection(Exchange.GenericHashTable)"),
    continuesList: option(url, "$skiptoken") !== undefined,
    ...(batchItem === undefined ? {} : { batchItem }),
  };
  const instead = await hooks.before?.(operation);
  if (instead !== undefined) return instead;
  const answer = await work(hooks.behaviour?.(operation, behaviour) ?? behaviour);
  return (await hooks.after?.(operation, answer)) ?? answer;
}

function objectOf(organization: ExchangeOrganization, identity: string): ExchangeOperation["object"] {
  const mailbox = organization.mailbox(identity);
  if (mailbox !== undefined) return { guid: mailbox.guid, name: mailbox.displayName };
  const account = organization.bypass(identity);
  return account === undefined ? undefined : { guid: account.guid, name: account.name };
}

/** The copy of the directory that a reader meets, unless it reads the very mailbox that its anchor names. */
export function replicaFor({ hooks, organization, place }: AdminRequest): Replica | undefined {
  const { replica } = hooks;
  if (replica === undefined) return undefined;
  const anchored = place.mailbox === undefined ? undefined : organization.glance(place.mailbox).mailbox().guid;
  const now = organization.now();
  return {
    isLate: (of, change) => of.guid !== anchored && replica.isLate(of, { ...change, now }),
    wasRead: (of) => {
      if (of.guid !== anchored) replica.wasRead(of);
    },
  };
}

/** What is done with each mailbox that a list shows. */
export function listedBy(
  { hooks, organization }: AdminRequest,
  replica: Replica | undefined,
): (mailbox: Mailbox) => void {
  return ({ guid }) => {
    replica?.wasRead({ part: "mailbox", guid });
    if (hooks.vanishes?.(guid) ?? false) organization.removeMailbox(guid);
  };
}

/**
 * How the page of a list was asked for.
 * @param query all that must be the same for the next page
 */
export function pageRequestOf(
  { organization, headers, url, place, tenantName }: AdminRequest,
  byDefault: number,
  query: string,
): PageRequest {
  const { behaviour, tenantId } = organization;
  const isCustom = tenantName.toLowerCase() !== tenantId && !/\.onmicrosoft\.com$/i.test(tenantName);
  return {
    size: preferredPageSize(headers.get("prefer"), byDefault),
    query,
    anchor: place.anchor,
    token: option(url, "$skiptoken"),
    cannotContinue: isCustom && !behaviour.customDomainsPage,
    behaviour,
    now: organization.now(),
  };
}

/** The address of the tenant's metadata document, which every answer's context points into. */
export function contextOf({ url, resource }: Pick<AdminRequest, "url" | "resource">, fragment: string): string {
  const root = url.pathname.slice(0, url.pathname.length - resource.length);
  return `${url.origin}${decodeURIComponent(root)}$metadata#${fragment}`;
}

/** The same address with the token of the next page. */
export function nextLink(url: URL, token: string): string {
  const others = url.search
    .slice(1)
    .split("&")
    .filter((part) => part !== "" && !/^(?:\$|%24)skiptoken=/i.test(part));
  return `${url.origin}${url.pathname}?${[...others, `$skiptoken=${encodeURIComponent(token)}`].join("&")}`;
}

/** The values of a query option that may come several times and hold commas. The name is found in any letter case. */
export function options(url: URL, name: string): string[] {
  return [...url.searchParams]
    .filter(([key]) => key.toLowerCase() === name.toLowerCase())
    .flatMap(([, value]) => value.split(","))
    .map((value) => value.trim())
    .filter((value) => value !== "");
}

/** The one value of a query option, commas and all. */
export function option(url: URL, name: string): string | undefined {
  return [...url.searchParams].find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}
