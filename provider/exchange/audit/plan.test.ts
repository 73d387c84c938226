import { gone } from "../../core/plan";
import { declared } from "../testing/tenant";
import type { MailboxAuditInputs, MailboxAuditState } from "../mailboxAuditContract";
import { planMailboxAudit } from "./plan";

const results = {
  mailboxes: 10,
  compliant: 10,
  changed: 0,
  failed: { count: 0, sample: [] },
  scannedAt: "2026-03-01T00:00:00.000Z",
  fullScanAt: "2026-03-01T00:00:00.000Z",
  digest: "00",
};
const recorded = (more: Partial<MailboxAuditState> = {}): MailboxAuditState => ({ ...declared(), ...results, ...more });
const changes = (state: MailboxAuditState, desired = declared()) =>
  planMailboxAudit(desired, { id: "x", state }).changes;

test("what is as it was recorded needs nothing, defaults spelled out or not", () => {
  expect(changes(recorded())).toEqual([]);
  const spelled: Partial<MailboxAuditInputs> = {
    baseline: "netwrixNonOwner",
    match: "atLeast",
    bypassAllow: [],
    bypassOthers: "remove",
    onDelete: "keep",
    exclude: [],
    scan: "full",
    maxFailures: 0,
  };
  expect(changes(recorded(), declared(spelled))).toEqual([]);
  expect(changes(recorded(spelled))).toEqual([]);
});

test("the order of a list and the letter case of an id are no change", () => {
  const before = recorded({ recipientTypes: ["UserMailbox", "SharedMailbox"] });
  const tenantId = declared().tenantId.toUpperCase();
  expect(changes(before, declared({ tenantId, recipientTypes: ["SharedMailbox", "UserMailbox"] }))).toEqual([]);
});

test("each declared property that changed is one change; another tenant replaces", () => {
  const desired = declared({
    tenantId: "99999999-2222-4333-8444-555555555555",
    privateKeyPem: "(another key)",
    baseline: "microsoftManaged",
    recipientTypes: ["UserMailbox"],
  });
  expect(changes(recorded(), desired).map(({ path, replaces, secret }) => ({ path, replaces, secret }))).toEqual([
    { path: "tenantId", replaces: true, secret: false },
    { path: "privateKeyPem", replaces: false, secret: true },
    { path: "baseline", replaces: false, secret: false },
    { path: "recipientTypes", replaces: false, secret: false },
  ]);
});

test("another cloud replaces; to name the one that the stack's configuration named does not", () => {
  const moved = changes(recorded({ environment: "public" }), declared({ environment: "china" }));
  expect(moved.map(({ path, replaces }) => ({ path, replaces }))).toEqual([{ path: "environment", replaces: true }]);
  const named = changes(recorded(), declared({ environment: "china" }));
  expect(named.map(({ path, replaces }) => ({ path, replaces }))).toEqual([{ path: "environment", replaces: false }]);
});

test("recorded drift goes away", () => {
  const nonCompliant = { count: 1, sample: ["ada@contoso.com: auditDelegate lacks Move"] };
  const drifted = recorded({ nonCompliant, unifiedAuditLog: "off", unreadable: "no access" });
  expect(changes(drifted)).toEqual([
    { path: "nonCompliant", from: nonCompliant, to: undefined, replaces: false, secret: false },
    { path: "unifiedAuditLog", from: "off", to: undefined, replaces: false, secret: false },
    { path: "unreadable", from: "no access", to: undefined, replaces: false, secret: false },
  ]);
});

test("a policy that is not there yet is made of what is declared", () => {
  const { changes: all } = planMailboxAudit(declared(), gone);
  expect(all.map(({ path, from }) => [path, from])).toContainEqual(["baseline", undefined]);
  expect(all.some(({ replaces }) => replaces)).toBe(false);
});
