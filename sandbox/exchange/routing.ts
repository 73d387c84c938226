/**
 * Which server a request reaches, and which one hosts what it is about. `X-AnchorMailbox` decides the first: a server can read
 * everything but carries out changes only of what it hosts itself.
 */
import type { ExchangeBehaviour } from "./behaviour";
import { incorrectRoutingHint, needsProxy, noWritePermission, type AdminApiError } from "./errors";
import { isGuid, mixed, numberOf } from "./seeded";

/** Servers are numbered. The organization's system mailbox is on the first, the configuration of the audit log on the second. */
export const systemServer = 0;
export const auditLogServer = 1;
const firstOfTheOthers = 2;
const others = 8;

const systemMailboxes = new Map([
  ["bb558c35-97f1-4cb9-8ff7-d53741dc928c", systemServer],
  ["8cc370d3-822a-4ab8-a926-bb94bd0641a9", auditLogServer],
]);

/** Where a request is worked on. */
export interface Place {
  readonly server: number;
  /** `X-AnchorMailbox` as it was given, empty when there was none. */
  readonly anchor: string;
  /** The mailbox that the anchor names. */
  readonly mailbox?: number | undefined;
}

/** What routing asks of an organization. Mailboxes are given by their position in the list. */
export interface Hosting {
  readonly tenantId: string;
  isNamed(name: string): boolean;
  position(identity: string): number | undefined;
  names(position: number): {
    readonly userPrincipalName: string;
    readonly primarySmtpAddress: string;
    readonly exchangeGuid: string;
  };
}

const purpose = { elsewhere: 90, server: 91 };

/** The server that hosts a mailbox: the same for the same tenant and position. */
export function serverOf(tenantId: string, position: number, { mailboxesElsewhere }: ExchangeBehaviour): number {
  const seed = numberOf(tenantId);
  if (mixed(seed, position, purpose.elsewhere) >= mailboxesElsewhere * 2 ** 32) return systemServer;
  return firstOfTheOthers + (mixed(seed, position, purpose.server) % others);
}

/**
 * Where an anchor leads. Anchors that are no such name and no anchor at all lead to the system mailbox's server, which is unknown, as is
 * how exact a name must be.
 * @throws the service's error for a mailbox GUID that is no mailbox's
 */
export function placeOf(anchor: string, hosting: Hosting, behaviour: ExchangeBehaviour): Place {
  const at = (position: number | undefined): Place => {
    if (position !== undefined)
      return { server: serverOf(hosting.tenantId, position, behaviour), anchor, mailbox: position };
    if (anchor !== "" && behaviour.unknownAnchor === "refused") throw incorrectRoutingHint(anchor);
    return { server: systemServer, anchor };
  };
  const [, kind = "", value = ""] = /^(?:([A-Za-z]+):)?(.*)$/.exec(anchor.trim()) ?? [];
  const system = /^SystemMailbox\{([^}]*)\}(?:@(.+))?$/i.exec(value);
  if (system !== null) {
    const [, guid = "", organization] = system;
    const server = systemMailboxes.get(guid.toLowerCase());
    const isOurs = organization === undefined || hosting.isNamed(organization);
    return isOurs && server !== undefined ? { server, anchor } : at(undefined);
  }
  switch (kind.toUpperCase()) {
    case "UPN":
      return at(named(value, hosting, behaviour, "userPrincipalName"));
    case "SMTP":
      return at(named(value, hosting, behaviour, "primarySmtpAddress"));
    case "MBX": {
      const position = hinted(value, hosting, behaviour);
      if (position === undefined) throw incorrectRoutingHint(anchor);
      return at(position);
    }
    default:
      return at(undefined);
  }
}

function named(
  name: string,
  hosting: Hosting,
  { anchorNames }: ExchangeBehaviour,
  property: "userPrincipalName" | "primarySmtpAddress",
): number | undefined {
  const position = hosting.position(name);
  if (position === undefined || anchorNames === "anyName") return position;
  return hosting.names(position)[property].toLowerCase() === name.toLowerCase() ? position : undefined;
}

function hinted(value: string, hosting: Hosting, { mailboxHint }: ExchangeBehaviour): number | undefined {
  const [guid = "", tenant = ""] = value.toLowerCase().split("@");
  if (!isGuid(guid) || tenant !== hosting.tenantId) return undefined;
  const position = hosting.position(guid);
  if (position === undefined || mailboxHint === "anyGuid") return position;
  return hosting.names(position).exchangeGuid === guid ? position : undefined;
}

/** What a server says to a change of what another one hosts. */
export function wrongServer(
  reached: number,
  required: number,
  { wrongServer: form }: ExchangeBehaviour,
): AdminApiError {
  switch (form) {
    case "needsProxy":
      return needsProxy(serverName(reached), serverName(required));
    case "incorrectRoutingHint":
      return incorrectRoutingHint("");
    case "noWritePermission":
      return noWritePermission(serverName(reached));
  }
}

/** The full domain name of a server. */
export function serverName(server: number): string {
  return `AM${String(server)}PR04MB${String(1862 + 157 * server)}.EURPR04.PROD.OUTLOOK.COM`;
}
