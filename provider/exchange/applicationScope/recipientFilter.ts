/**
 * Filters of management scopes: {@link https://learn.microsoft.com/powershell/exchange/recipientfilter-properties}. `MemberOfGroup` takes
 * the group's distinguished name, and knows direct members only.
 */
import { filterOf } from "../audit/filterParser";
import type { Filter } from "../audit/filter";
import { toOpath } from "../audit/opath";

/** The mailboxes whose primary address is in the domain. */
export function ofDomain(domain: string): string {
  return opath({ kind: "compare", property: "PrimarySmtpAddress", comparison: "like", value: `*@${domain}` });
}

/** The one mailbox with this primary address. */
export function ofMailbox(address: string): string {
  return opath({ kind: "compare", property: "PrimarySmtpAddress", comparison: "eq", value: address });
}

/** The mailboxes of the group's direct members. */
export function ofGroup(distinguishedName: string): string {
  return opath({ kind: "compare", property: "MemberOfGroup", comparison: "eq", value: distinguishedName });
}

/**
 * The same mailboxes by another text: Exchange refuses a second management scope with the same filter, even for another app. No
 * recipient has the name that is excluded.
 */
export function distinct(filter: string, clientId: string): string {
  return opath({
    kind: "and",
    of: [
      filterOf(filter),
      { kind: "compare", property: "Name", comparison: "ne", value: `m365audit ${clientId.toLowerCase()}` },
    ],
  });
}

/** Every mailbox but those of the filter. */
export function without(filter: string): string {
  return opath({ kind: "not", of: filterOf(filter) });
}

/** Whether two texts are the same filter: letter case, blanks and parentheses aside. */
export function isSameFilter(one: string, other: string): boolean {
  return canonical(one) === canonical(other);
}

function opath(filter: Filter): string {
  return toOpath(filter);
}

function canonical(text: string): string {
  try {
    return toOpath(filterOf(text)).toLowerCase();
  } catch {
    // Exchange knows more than our parser does.
    return text.replace(/\s+/g, " ").trim().toLowerCase();
  }
}
