/**
 * What Exchange took and does not show yet. It counts neither as done nor as wrong, and is not done a second time, for as long as
 * Microsoft says that it may take.
 */
import type { Correction } from "./assess";
import type { Accepted, Findings } from "./findings";

const hour = 3_600_000;

/**
 * For how long (milliseconds) each is waited for: the unified audit log may take an hour and customization two days (Microsoft's
 * documentation). How long `AuditEnabled` may read wrong is known to nobody; a day is ours.
 */
const awaitedForMs = { unifiedAuditLog: hour, customization: 48 * hour, auditEnabled: 24 * hour } as const;

/** The findings without what is still awaited, which stands in `accepted` and `notVisibleYet`. */
export function withAccepted(findings: Findings, recorded: Accepted | undefined, now: number): Findings {
  if (recorded === undefined) return findings;
  const isAwaited = (since: string | undefined, ms: number): since is string =>
    since !== undefined && now - Date.parse(since) < ms;
  const { switches, corrections } = findings;
  const { unifiedAuditLog, customization, auditEnabled } = recorded;
  const names = new Set(isAwaited(auditEnabled?.since, awaitedForMs.auditEnabled) ? recorded.auditEnabled?.sample : []);
  const notVisibleYet = corrections.filter(
    (correction) => names.has(correction.mailbox.address) && isOnlyEnabling(correction),
  );
  return {
    ...findings,
    corrections: corrections.filter((correction) => !notVisibleYet.includes(correction)),
    notVisibleYet,
    accepted: {
      ...(!switches.unifiedAuditLog && isAwaited(unifiedAuditLog, awaitedForMs.unifiedAuditLog)
        ? { unifiedAuditLog }
        : {}),
      ...(switches.isDehydrated && isAwaited(customization, awaitedForMs.customization) ? { customization } : {}),
      ...(notVisibleYet.length > 0 && auditEnabled !== undefined ? { auditEnabled } : {}),
    },
  };
}

function isOnlyEnabling({ differences }: Correction): boolean {
  return differences.every(({ property }) => property === "auditEnabled");
}
