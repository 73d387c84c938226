/** Dates of credentials, in the form that Microsoft Graph records: RFC 3339, UTC, whole seconds. */

/** A day in milliseconds. */
export const dayMs = 86_400_000;

/** The longest that a credential of this package may be valid: two years, in days. */
export const maximumValidityDays = 730;

/**
 * The moment in UTC with its fraction of a second cut off: `2028-11-21T17:51:30.906399734Z` → `2028-11-21T17:51:30Z`.
 *
 * The tls plugin states nanoseconds and the time zone of the machine; the azuread plugin reads whole seconds in UTC back, and a
 * changed `endDate` replaces the certificate. Passed on as it is, a date would replace the certificate at every preview.
 *
 * @param moment an RFC 3339 date, or milliseconds since the Unix epoch
 * @throws RangeError when `moment` is no date
 */
export function wholeSeconds(moment: string | number): string {
  const ms = typeof moment === "number" ? moment : Date.parse(moment);
  return new Date(Math.floor(ms / 1000) * 1000).toISOString().replace(".000Z", "Z");
}

/** The earlier of two RFC 3339 dates. */
export function earlier(one: string, other: string): string {
  return Date.parse(other) < Date.parse(one) ? other : one;
}
