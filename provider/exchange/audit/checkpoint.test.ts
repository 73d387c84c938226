import { declared } from "../testing/tenant";
import { microsoftDefaults, logonTypes } from "../auditActions";
import type { Correction } from "./assess";
import { checkpointOf, resumption } from "./checkpoint";

const inputs = declared({ scan: "incremental" });
const watermark = "2026-03-01T00:00:00.000Z";
const now = Date.parse("2026-03-02T00:00:00Z");

function wrong(index: number, userPrincipalName?: string): Correction {
  const mailbox = {
    guid: `9d2c7f5e-0000-4000-8000-${String(index).padStart(12, "0")}`,
    address: `user${String(index)}@contoso.com`,
    ...(userPrincipalName === undefined ? {} : { userPrincipalName }),
    recipientType: "UserMailbox",
    auditEnabled: false,
    lists: microsoftDefaults,
    defaultAuditSet: logonTypes,
  };
  return { mailbox, differences: [{ property: "auditEnabled", from: false, to: true }] };
}
const many = (count: number) => Array.from({ length: count }, (_, index) => wrong(index, `user${String(index)}`));

const recorded = (more: object = {}) => ({
  ...inputs,
  mailboxes: 10,
  digest: "00",
  fullScanAt: watermark,
  bypassedAccounts: { count: 0, sample: [], unknown: 0, scannedAt: watermark },
  checkpoint: checkpointOf(inputs, watermark, []),
  ...more,
});

test("what is wrong is remembered as long as it is little enough to record", () => {
  expect(checkpointOf(inputs, watermark, many(20))?.open).toHaveLength(20);
  expect(checkpointOf(inputs, watermark, many(21))).toBeUndefined();
  expect(checkpointOf(inputs, watermark, [wrong(1)])).toBeUndefined();
});

test("nothing is remembered without the server's time, or when scans are full", () => {
  expect(checkpointOf(inputs, undefined, [])).toBeUndefined();
  expect(checkpointOf(declared(), watermark, [])).toBeUndefined();
});

test("a record that can be gone on from gives the mailboxes to look at", () => {
  const { filter } = resumption(inputs, recorded(), now) as Exclude<ReturnType<typeof resumption>, string>;
  expect(filter).toMatchObject({ property: "WhenChangedUTC", comparison: "ge", value: "2026-02-28T23:45:00Z" });
});

test.each([
  ["nothing recorded", undefined],
  ["a record of an older version", { mailboxes: 10, digest: "00" }],
  ["a last full scan in the future", recorded({ fullScanAt: "2026-03-09T00:00:00Z" })],
  ["a last full scan at no time", recorded({ fullScanAt: "yesterday" })],
  ["a watermark that is no time", recorded({ checkpoint: { ...checkpointOf(inputs, watermark, []), watermark: "?" } })],
  [
    "a checkpoint of another tenant",
    recorded({ checkpoint: checkpointOf({ ...inputs, tenantId: "x" }, watermark, []) }),
  ],
])("%s makes the scan a full one", (_what, last) => {
  expect(typeof resumption(inputs, last, now)).toBe("string");
});
