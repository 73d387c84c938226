/**
 * `X-AnchorMailbox`: by what a request finds its server. A change has to reach the server that hosts what it is about, and an anchor
 * that names it leads there (CIPP-API sends each `Set-Mailbox` with `UPN:` of its mailbox; Microsoft's developer blog on
 * `ErrorIncorrectRoutingHint` wants the mailbox's own GUID in `MBX:`).
 */

/** The forms of an anchor, in the order in which they are tried. The last one is the organization's system mailbox. */
export const anchorForms = ["UPN", "SMTP", "MBX", "APP"] as const;
export type AnchorForm = (typeof anchorForms)[number];

/** The names by which an object can be anchored to; none at all for one that is known by its directory id only. */
export interface Anchored {
  readonly userPrincipalName?: string | undefined;
  readonly address?: string | undefined;
  /** `ExchangeGuid`: the mailbox's own id, which is not its directory object's. */
  readonly exchangeGuid?: string | undefined;
}

/** The organization's system mailbox: the anchor of everything that is about no mailbox in particular. */
export function organizationAnchor(tenantId: string): string {
  return `APP:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@${tenantId}`;
}

/** The system mailbox on whose server the audit log settings are kept (CIPP-API; pnp/cli-microsoft365 issue 4677). */
export function auditLogAnchor(tenantId: string): string {
  return `APP:SystemMailbox{8cc370d3-822a-4ab8-a926-bb94bd0641a9}@${tenantId}`;
}

/** Remembers which form led to the right server, so that the next object does not begin with one that did not. */
export class Anchors {
  #order: readonly AnchorForm[] = anchorForms;

  constructor(private readonly tenantId: string) {}

  /** The anchors of an object, the most promising first; at least one. */
  of(object: Anchored): readonly Anchor[] {
    const anchors: Anchor[] = [];
    for (const form of this.#order) {
      const value = this.#value(form, object);
      if (value !== undefined) anchors.push({ form, value });
    }
    return anchors;
  }

  /** A request with this form reached the right server after others had not. */
  worked(form: AnchorForm): void {
    if (this.#order[0] !== form) this.#order = [form, ...this.#order.filter((other) => other !== form)];
  }

  #value(form: AnchorForm, { userPrincipalName, address, exchangeGuid }: Anchored): string | undefined {
    switch (form) {
      case "UPN":
        return isSendable(userPrincipalName) ? `UPN:${userPrincipalName}` : undefined;
      case "SMTP":
        return isSendable(address) ? `SMTP:${address}` : undefined;
      case "MBX":
        return exchangeGuid === undefined ? undefined : `MBX:${exchangeGuid}@${this.tenantId}`;
      default:
        return organizationAnchor(this.tenantId);
    }
  }
}

/** Whether a name can stand in a header: how Exchange reads others than ASCII there is documented nowhere, and HTTP has no form for most. */
function isSendable(name: string | undefined): name is string {
  return name !== undefined && /^[\x20-\x7e]+$/.test(name);
}

export interface Anchor {
  readonly form: AnchorForm;
  /** As the header has it. */
  readonly value: string;
}
