/** Requests and answers of the admin API, apart from how they travel: alone, or as an item of a batch. */
import type { ExchangeHooks, ExchangeOperation, ExchangeRequest, InjectedAnswer } from "./hooks";
import type { ExchangeOrganization } from "./organization";
import type { HeldRoles } from "./roles";

/** A request of a caller who was let in. */
export interface AdminRequest {
  /** The items of a batch have the batch's number. */
  readonly number: ExchangeRequest["number"];
  readonly organization: ExchangeOrganization;
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
  { number, hooks, organization, batchItem, headers, url }: AdminRequest,
  about: Pick<ExchangeOperation, "kind" | "cmdlet" | "identity" | "writes">,
  work: () => AdminAnswer | Promise<AdminAnswer>,
): Promise<AdminAnswer> {
  const operation: ExchangeOperation = {
    ...about,
    tenantId: organization.tenantId,
    request: number,
    anchor: headers.get("x-anchormailbox") ?? "",
    authorization: headers.get("authorization") ?? "",
    continuesList: option(url, "$skiptoken") !== undefined,
    ...(batchItem === undefined ? {} : { batchItem }),
  };
  const instead = await hooks.before?.(operation);
  if (instead !== undefined) return instead;
  const answer = await work();
  return (await hooks.after?.(operation)) ?? answer;
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
