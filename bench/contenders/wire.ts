/** The admin API as scripts use it: a token, a listing, one request after another. Shared by the contenders that are not ours. */
import { ClientCertificateCredential } from "@azure/identity";
import { Agent, request } from "undici";
import { organizationAnchor } from "../../provider/exchange/adminApi/anchors";
import { defaultRecipientTypes, netwrixNonOwner } from "../../provider/exchange/auditActions";
import type { Connection } from "../tenant/app";

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly retryAfterMs?: number;
}

export interface ListedMailbox {
  readonly Guid: string;
  readonly UserPrincipalName: string;
  readonly RecipientTypeDetails: string;
  readonly AuditAdmin: readonly string[];
  readonly AuditDelegate: readonly string[];
}

const recipientTypes: readonly string[] = defaultRecipientTypes;

/** Parameters of the vendor's command. */
const vendorParameters = {
  AuditEnabled: true,
  AuditAdmin: netwrixNonOwner.Admin,
  AuditDelegate: netwrixNonOwner.Delegate,
};

/** Whether the lists hold all that the vendor's command sets. */
export function isAsWanted({ AuditAdmin, AuditDelegate }: ListedMailbox): boolean {
  return (
    netwrixNonOwner.Admin.every((action) => AuditAdmin.includes(action)) &&
    netwrixNonOwner.Delegate.every((action) => AuditDelegate.includes(action))
  );
}

/** The body of the vendor's command for one mailbox. */
export function setMailbox(guid: string): object {
  return { CmdletInput: { CmdletName: "Set-Mailbox", Parameters: { Identity: guid, ...vendorParameters } } };
}

export class Wire {
  readonly root: string;
  /** The anchor of what belongs to no mailbox. */
  readonly systemMailbox: string;
  readonly #dispatcher = new Agent();

  private constructor(
    readonly token: string,
    connection: Connection,
  ) {
    this.root = `${setting("EXCHANGE_ENDPOINT")}/adminapi/beta/${connection.tenantId}`;
    this.systemMailbox = organizationAnchor(connection.tenantId);
  }

  /** Signs in. */
  static async open(connection: Connection): Promise<Wire> {
    const { tenantId, clientId, certificatePem, privateKeyPem } = connection;
    const credential = new ClientCertificateCredential(
      tenantId,
      clientId,
      { certificate: `${privateKeyPem}\n${certificatePem}` },
      { authorityHost: setting("AUTHORITY_HOST"), disableInstanceDiscovery: true },
    );
    const { token } = await credential.getToken("https://outlook.office365.com/.default");
    return new Wire(token, connection);
  }

  /** @param anchor `X-AnchorMailbox`: leads to the server that carries the request out */
  headers(anchor: string): Readonly<Record<string, string>> {
    return {
      authorization: `Bearer ${this.token}`,
      "content-type": "application/json",
      "x-anchormailbox": anchor,
      "x-responseformat": "json",
      prefer: "odata.maxpagesize=1000",
    };
  }

  async send(method: "GET" | "POST", url: string, body?: object, anchor = this.systemMailbox): Promise<Answer> {
    const answer = await request(URL.canParse(url) ? url : `${this.root}/${url}`, {
      method,
      dispatcher: this.#dispatcher,
      headers: this.headers(anchor),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    const isJson = String(answer.headers["content-type"]).startsWith("application/json");
    const retryAfter = Number(answer.headers["retry-after"]);
    return {
      status: answer.statusCode,
      body: isJson ? (JSON.parse(text) as Answer["body"]) : {},
      ...(Number.isFinite(retryAfter) ? { retryAfterMs: retryAfter * 1000 } : {}),
    };
  }

  /** All mailboxes of the vendor's recipient types, page after page, as `Get-EXOMailbox -PropertySets … -ResultSize Unlimited` reads them. */
  async mailboxes(propertySets: string): Promise<readonly ListedMailbox[]> {
    const rows: ListedMailbox[] = [];
    const first = `Mailbox?PropertySet=${propertySets}&RecipientTypeDetails=${recipientTypes.join(",")}`;
    for (let next: unknown = first; typeof next === "string";) {
      const { status, body: page } = await this.send("GET", next);
      if (status !== 200) throw new Error(`listing the mailboxes: status ${String(status)}`);
      rows.push(...(page["value"] as readonly ListedMailbox[]));
      next = page["@odata.nextLink"];
    }
    return rows;
  }

  /** The vendor's `Set-Mailbox` on one mailbox, sent to the server that hosts it. */
  set({ Guid, UserPrincipalName }: ListedMailbox): Promise<Answer> {
    return this.send("POST", "InvokeCommand", setMailbox(Guid), `UPN:${UserPrincipalName}`);
  }

  /**
   * The vendor's `Set-Mailbox` on each of the mailboxes, one after another. Returns how many of them were carried out. The cmdlets of
   * the module find the mailbox's server by themselves.
   */
  async setOneByOne(mailboxes: readonly ListedMailbox[]): Promise<number> {
    let changed = 0;
    for (const mailbox of mailboxes) {
      const answer = await this.set(mailbox);
      if (answer.status === 200) changed += 1;
    }
    return changed;
  }

  async close(): Promise<void> {
    await this.#dispatcher.close();
  }
}

function setting(name: string): string {
  const value = process.env[`M365AUDIT_${name}`];
  if (value === undefined) throw new Error(`M365AUDIT_${name} is not set`);
  return value;
}
