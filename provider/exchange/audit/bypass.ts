/**
 * Accounts on audit bypass: what they do is recorded in no mailbox, so a policy that leaves them is easily got round
 * (MITRE ATT&CK T1562.008).
 */
import { M365AuditError, NotFound, Rejected } from "../../core/errors";
import type { Anchored } from "../adminApi/anchors";
import { type Calls, saysNothing } from "../adminApi/calls";
import type { AdminApi, Doing } from "../adminApi/client";
import type { Fate } from "./readBack";

export interface Account {
  readonly guid: string;
  readonly name: string;
}

export interface BypassFindings {
  /** Every account that is on bypass. */
  readonly bypassed: readonly Account[];
  /** Those of them that are not allowed to be. */
  readonly disallowed: readonly Account[];
  /** Accounts of which Exchange does not say: unknown, which is not the same as off. */
  readonly unknown: number;
}

/** For a look that leaves the associations out. */
export const nothingOnBypass: BypassFindings = { bypassed: [], disallowed: [], unknown: 0 };

const cmdlet = "Get-MailboxAuditBypassAssociation";

/** The cmdlet that takes an account off bypass. */
export const bypassCmdlet = "Set-MailboxAuditBypassAssociation";

/** Lists every association, since they cannot be filtered by the server, and keeps the ones on bypass. */
export async function readBypass(api: AdminApi, allow: readonly string[]): Promise<BypassFindings> {
  const doing: Doing = { operation: "listing the audit bypass associations of tenant", subject: api.tenantId };
  const parameters = { ResultSize: "Unlimited" };
  const select = ["Guid", "Name", "AuditBypassEnabled"];
  let bypassed: Account[] = [];
  let unknown = 0;
  for await (const event of api.list({ name: cmdlet, parameters, select }, doing)) {
    if (event.kind === "restart") {
      bypassed = [];
      unknown = 0;
      continue;
    }
    for (const row of event.rows) {
      const { account, isBypassed } = association(row, doing);
      if (isBypassed === undefined) unknown += 1;
      else if (isBypassed) bypassed.push(account);
    }
  }
  const allowed = bypassed.length === 0 ? new Set<string>() : await allowedIds(api, allow, bypassed);
  return { bypassed, disallowed: bypassed.filter(({ guid }) => !allowed.has(guid.toLowerCase())), unknown };
}

function association(
  row: unknown,
  doing: Doing,
): { readonly account: Account; readonly isBypassed: boolean | undefined } {
  const { Guid: guid, Name: name, AuditBypassEnabled: enabled } = row as Readonly<Record<string, unknown>>;
  if (typeof guid !== "string") throw new Rejected({ ...doing, happened: "an association has no Guid" });
  return {
    account: { guid, name: typeof name === "string" && name !== "" ? name : guid },
    isBypassed: typeof enabled === "boolean" ? enabled : undefined,
  };
}

/** The ids of the allowed accounts. Only names that stand on no row are asked for: people know accounts by their address. */
async function allowedIds(
  api: AdminApi,
  allow: readonly string[],
  bypassed: readonly Account[],
): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (const identity of allow) {
    const wanted = identity.trim().toLowerCase();
    const known = bypassed.filter(({ guid, name }) => [guid, name].some((text) => text.toLowerCase() === wanted));
    for (const { guid } of known) ids.add(guid.toLowerCase());
    if (known.length > 0) continue;
    const guid = await idOf(api, identity);
    if (guid !== undefined) ids.add(guid.toLowerCase());
  }
  return ids;
}

async function idOf(api: AdminApi, identity: string): Promise<string | undefined> {
  const doing: Doing = { operation: "finding the account that may bypass auditing", subject: identity };
  try {
    const { rows } = await api.run({ name: cmdlet, parameters: { Identity: identity }, select: ["Guid"] }, doing);
    const guid = rows[0]?.["Guid"];
    return typeof guid === "string" ? guid : undefined;
  } catch (error) {
    // An account that is gone needs no allowance.
    if (error instanceof NotFound) return undefined;
    throw error;
  }
}

/** How often an account is taken off of which the answers say nothing else than that it was not, and the pause between (milliseconds). */
const tries = 3;
const pauseMs = 2_000;

/**
 * Takes an account off bypass, on the server of its mailbox if it has one.
 *
 * @throws the error of the last try, in Exchange's words, when the account is still on bypass
 */
export async function takeOffBypass(calls: Calls, account: Account): Promise<Fate> {
  const object = await anchoredAccount(calls, account);
  for (let left = tries - 1; ; left -= 1) {
    try {
      await calls.run({
        operation: "taking off audit bypass",
        subject: account.name,
        cmdlet: {
          name: bypassCmdlet,
          parameters: { Identity: account.guid, AuditBypassEnabled: false, Confirm: false },
        },
        object,
        isThere: async () => !(await isStillBypassed(calls, account, object)),
      });
      return "set";
    } catch (error) {
      if (!(error instanceof M365AuditError) || !(error instanceof NotFound || saysNothing(error))) throw error;
      // An account that is gone does nothing any more; reading has to agree.
      if (!(await isStillBypassed(calls, account, object))) return error instanceof NotFound ? "gone" : "set";
      if (left === 0) throw error;
      await calls.pause(pauseMs, error.message);
    }
  }
}

/** Whether an account is on bypass, read where it was taken off; one that is gone is not. */
export async function isStillBypassed(calls: Calls, account: Account, object?: Anchored): Promise<boolean> {
  try {
    const { rows } = await calls.run({
      operation: "reading back the audit bypass of",
      subject: account.name,
      cmdlet: { name: cmdlet, parameters: { Identity: account.guid }, select: ["Guid", "AuditBypassEnabled"] },
      object: object ?? (await anchoredAccount(calls, account)),
    });
    return rows[0]?.["AuditBypassEnabled"] !== false;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}

/** What a request about an account can be anchored to: its mailbox, which not every account has. */
async function anchoredAccount(calls: Calls, { guid, name }: Account): Promise<Anchored> {
  try {
    const { rows } = await calls.run({
      operation: "finding the mailbox of",
      subject: name,
      cmdlet: {
        name: "Get-Mailbox",
        parameters: { Identity: guid },
        select: ["UserPrincipalName", "PrimarySmtpAddress", "ExchangeGuid"],
      },
      object: {},
    });
    const text = (property: string): string | undefined => {
      const value = rows[0]?.[property];
      return typeof value === "string" && value !== "" ? value : undefined;
    };
    return {
      userPrincipalName: text("UserPrincipalName"),
      address: text("PrimarySmtpAddress"),
      exchangeGuid: text("ExchangeGuid"),
    };
  } catch (error) {
    if (error instanceof NotFound) return {};
    throw error;
  }
}
