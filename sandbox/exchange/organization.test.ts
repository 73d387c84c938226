import type { ExchangeOrganization } from "./organization";
import { createOrganization } from "./organization";

const build = (mailboxes: number, seed = "a", initialDomain = "contoso.onmicrosoft.com"): ExchangeOrganization =>
  createOrganization({ tenantId: "T", initialDomain, mailboxes, seed, now: () => Date.UTC(2026, 0, 1) });

const countBy = <T>(items: Iterable<T>, key: (item: T) => string): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const item of items) counts[key(item)] = (counts[key(item)] ?? 0) + 1;
  return counts;
};

describe("a seeded organization", () => {
  it("is the same for the same seed, and another for another seed or domain", () => {
    expect([...build(300).each()]).toEqual([...build(300).each()]);
    expect(build(1).glance(0).mailbox().guid).not.toBe(build(1, "b").glance(0).mailbox().guid);
    expect(build(1).glance(0).mailbox().guid).not.toBe(
      build(1, "a", "fabrikam.onmicrosoft.com").glance(0).mailbox().guid,
    );
  });

  it("has the types of mailbox that a tenant has, and one discovery mailbox", () => {
    const types = countBy(build(4000).each(), ({ recipientTypeDetails }) => recipientTypeDetails);
    expect(types.DiscoveryMailbox).toBe(1);
    expect(types.UserMailbox).toBeGreaterThan(3000);
    for (const type of ["SharedMailbox", "RoomMailbox", "EquipmentMailbox", "GroupMailbox", "LinkedMailbox"]) {
      expect(types[type]).toBeGreaterThanOrEqual(20);
    }
  });

  it("has several types in a small tenant too", () => {
    expect(
      Object.keys(countBy(build(25).each(), ({ recipientTypeDetails }) => recipientTypeDetails)).length,
    ).toBeGreaterThan(3);
  });

  it("has names and ids that are unique and lead back to the mailbox", () => {
    const organization = build(3000);
    const seen = new Set<string>();
    for (const mailbox of organization.each()) {
      const { guid, exchangeGuid, externalDirectoryObjectId, userPrincipalName, name, distinguishedName } = mailbox;
      for (const identity of [
        guid,
        exchangeGuid,
        externalDirectoryObjectId,
        userPrincipalName,
        name,
        distinguishedName,
      ]) {
        expect(organization.mailbox(identity)?.guid).toBe(guid);
        seen.add(identity);
      }
    }
    expect(seen.size).toBe(3000 * 6);
  });

  it("knows nobody by a wrong name", () => {
    const organization = build(50);
    const { alias, guid } = organization.glance(0).mailbox();
    for (const identity of ["", "0", `x${alias}`, `${alias}@fabrikam.com`, guid.replace(/.$/, "g"), "CN=x"]) {
      expect(organization.mailbox(identity)).toBeUndefined();
    }
    const nearly = guid.slice(0, -1) + (guid.endsWith("0") ? "1" : "0");
    expect(organization.mailbox(nearly)).toBeUndefined();
  });

  it("was customised here and there: lists narrowed, lists widened, resources not audited", () => {
    const all = [...build(2000).each()];
    const users = all.filter(({ recipientTypeDetails }) => recipientTypeDetails === "UserMailbox");
    const customised = users.filter(({ defaultAuditSet }) => defaultAuditSet.length < 3).length / users.length;
    expect(customised).toBeGreaterThan(0.15);
    expect(customised).toBeLessThan(0.4);
    expect(users.some(({ auditDelegate }) => auditDelegate.includes("Move"))).toBe(true);
    expect(users.some(({ auditDelegate }) => auditDelegate.length < 5)).toBe(true);
    const rooms = all.filter(({ recipientTypeDetails }) => recipientTypeDetails === "RoomMailbox");
    expect(new Set(rooms.map(({ auditEnabled }) => auditEnabled))).toEqual(new Set([true, false]));
  });

  it("shares the settings of mailboxes that are alike, however many there are", () => {
    const organization = build(100_000);
    const lists = new Set<readonly string[]>();
    for (const { auditAdmin, auditDelegate, auditOwner } of organization.each()) {
      lists.add(auditAdmin).add(auditDelegate).add(auditOwner);
    }
    expect(lists.size).toBeLessThan(200);
    for (let position = 0; position < 500; position++) {
      organization.setMailboxAudit(organization.glance(position).alias, { auditDelegate: ["Update", "Create"] });
    }
    const after = new Set([...organization.each()].slice(0, 500).map(({ auditDelegate }) => auditDelegate));
    expect(after.size).toBe(1);
  });

  it("refuses a number of mailboxes that is none", () => {
    expect(() => build(-1)).toThrow(RangeError);
  });
});

describe("tampering", () => {
  it("changes what is given, moves the time of the change, and ends the managed set of a list", () => {
    const organization = build(50);
    const { guid } = organization.glance(0).mailbox();
    organization.setMailboxAudit(guid, { defaultAuditSet: ["Admin", "Delegate", "Owner"] });
    const before = organization.mailbox(guid);
    const after = organization.setMailboxAudit(guid, { auditOwner: ["Update"], auditLogAgeLimitDays: 7 });
    expect(after).toEqual({
      ...before,
      auditOwner: ["Update"],
      defaultAuditSet: ["Admin", "Delegate"],
      auditLogAgeLimitDays: 7,
      whenChanged: Date.UTC(2026, 0, 1),
    });
    expect(before?.auditOwner).not.toEqual(["Update"]);
    expect(() => organization.setMailboxAudit("nobody", {})).toThrow("nobody");
  });

  it("reaches bypass and the organization's switches", () => {
    const organization = build(50);
    const { userPrincipalName } = organization.glance(0).mailbox();
    expect(organization.setBypass(userPrincipalName, true).auditBypassEnabled).toBe(true);
    expect([...organization.eachBypass()].filter(({ auditBypassEnabled }) => auditBypassEnabled)).toHaveLength(1);
    expect(() => organization.setBypass("nobody", true)).toThrow("nobody");
    organization.setAuditDisabled(true);
    organization.setUnifiedAuditLog(false);
    organization.setDehydrated(true);
    expect(organization.switches()).toEqual({
      auditDisabled: true,
      unifiedAuditLogIngestionEnabled: false,
      isDehydrated: true,
    });
  });
});
