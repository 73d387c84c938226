import { declared, TestTenant } from "./testing/tenant";
import { Steward } from "./testing/steward";
import type { MailboxAuditState } from "./mailboxAudit";

let tenant: TestTenant;
let policy: Steward;
beforeEach(async () => {
  tenant = await TestTenant.start({ mailboxes: 120 });
  policy = new Steward(tenant);
});
afterEach(() => tenant.stop());

const touched = (): readonly unknown[] => [
  ...new Set(tenant.called("Set-Mailbox").map(({ Identity }) => String(Identity).toLowerCase())),
];
const query = (): URLSearchParams => {
  const listed = tenant.seen.filter(({ url }) => url.includes("/Mailbox?")).at(-1);
  return new URL(listed?.url ?? "", "http://localhost").searchParams;
};

describe("include", () => {
  test("takes in the named mailboxes and no others, by principal name, address, or either id", async () => {
    const mailboxes = [0, 1, 2, 3].map((index) => policy.user(index));
    const [a, b, c, d] = mailboxes;
    const include = [
      a?.userPrincipalName.toUpperCase(),
      b?.primarySmtpAddress,
      c?.guid,
      d?.externalDirectoryObjectId,
    ].flatMap((name) => name ?? []);
    for (const { guid } of mailboxes) tenant.organization.setMailboxAudit(guid, { auditDelegate: ["Update"] });
    const state = await policy.up(declared({ include }));
    expect(touched()).toEqual(mailboxes.map(({ guid }) => guid));
    expect(state).toMatchObject({ mailboxes: 4, compliant: 4, changed: 4 });
    expect(state).not.toHaveProperty("unmatched");
    expect(policy.preview(state, declared({ include }))).toEqual([]);
  });

  test("of a few addresses is asked of the server, so that nothing else is listed", async () => {
    const { guid, userPrincipalName } = policy.user(3);
    tenant.organization.setMailboxAudit(guid, { auditDelegate: ["Update"] });
    const state = await policy.up(declared({ include: [userPrincipalName] }));
    expect(query().get("$filter")).toContain(`UserPrincipalName eq '${userPrincipalName.toLowerCase()}'`);
    expect(touched()).toEqual([guid]);
    expect(state.mailboxes).toBe(1);
  });

  test("does not widen the recipient types", async () => {
    const group = policy.mailboxes(["GroupMailbox"])[0]?.primarySmtpAddress ?? "";
    const state = await policy.up(declared({ include: [group, policy.user().primarySmtpAddress] }));
    expect(state).toMatchObject({ mailboxes: 1, unmatched: { count: 1, sample: [group] } });
  });
});

test("exclude leaves the named mailboxes as they are, and out of the counts", async () => {
  const { guid, userPrincipalName } = policy.user();
  tenant.organization.setMailboxAudit(guid, { auditDelegate: ["Update"] });
  const all = policy.mailboxes().length;
  const state = await policy.up(declared({ exclude: [userPrincipalName] }));
  expect(touched()).not.toContain(guid);
  expect(tenant.organization.mailbox(guid)?.auditDelegate).toEqual(["Update"]);
  expect(state).toMatchObject({ mailboxes: all - 1, compliant: all - 1 });
  const included = await policy.up(declared(), state);
  expect(tenant.organization.mailbox(guid)?.auditDelegate).toContain("FolderBind");
  expect(included.digest).not.toBe(state.digest);
});

test("names of no mailbox are told and recorded, not lost", async () => {
  const inputs = declared({
    include: [policy.user().userPrincipalName, "nobody@contoso.com"],
    exclude: ["9d2c7f5e-0000-4000-8000-000000000009"],
  });
  const state = await policy.up(inputs);
  expect(state.unmatched).toEqual({ count: 1, sample: ["nobody@contoso.com"] });
  expect(tenant.reported.join("\n")).toMatch(/warning: 1 names .* of no mailbox in scope: nobody@contoso.com/);
  const excluded = await policy.up(declared({ exclude: ["ghost@contoso.com"] }));
  expect(excluded.unmatched).toEqual({ count: 1, sample: ["ghost@contoso.com"] });
});

describe("filter", () => {
  const aliases = (): readonly string[] => policy.mailboxes().map(({ alias }) => alias);

  test("in Exchange's syntax is sent to the server, and the rest of the tenant is not read", async () => {
    const { alias } = policy.user(5);
    tenant.organization.setMailboxAudit(alias, { auditDelegate: ["Update"] });
    const state = await policy.up(declared({ filter: `Alias -eq '${alias}'` }));
    expect(query().get("$filter")).toBe(`Alias eq '${alias}'`);
    expect(state).toMatchObject({ mailboxes: 1, changed: 1 });
  });

  test("with wildcards is applied here", async () => {
    const shared = aliases().filter((alias) => alias.startsWith("shared."));
    const state = await policy.up(declared({ filter: "Alias -like 'Shared.*'" }));
    expect(query().get("$filter")).toBeNull();
    expect(query().get("$select")).toContain("Alias");
    expect(state.mailboxes).toBe(shared.length);
    expect(shared.length).toBeGreaterThan(0);
    expect(touched().every((guid) => tenant.organization.mailbox(String(guid))?.alias.startsWith("shared."))).toBe(
      true,
    );
  });

  test("on a property that there is not is refused by the server, in its own words", async () => {
    await expect(policy.up(declared({ filter: "Shoesize -eq '44'" }))).rejects.toThrow(
      /listing the mailboxes of tenant .*Could not find a property named 'Shoesize'/,
    );
    expect(touched()).toEqual([]);
  });
});

test("another scope is an update that looks again", async () => {
  const first = await policy.up();
  const inputs = declared({ exclude: [policy.user().userPrincipalName], filter: "IsResource -eq $false" });
  expect(policy.preview(first, inputs)).toEqual(["exclude", "filter"]);
  const second = await policy.up(inputs, first);
  const rooms = policy.mailboxes(["RoomMailbox", "EquipmentMailbox"]).length;
  expect(second.mailboxes).toBe(first.mailboxes - 1 - rooms);
});

test("restoring the defaults keeps to the scope", async () => {
  const spared = policy.user();
  const inputs = declared({ onDelete: "restoreDefaults", exclude: [spared.userPrincipalName] });
  const state: MailboxAuditState = await policy.up(inputs);
  tenant.organization.setMailboxAudit(spared.guid, { auditDelegate: ["Update"] });
  tenant.seen.length = 0;
  await policy.kind.remove(tenant.context(), "policy", state);
  expect(touched().length).toBeGreaterThan(0);
  expect(touched()).not.toContain(spared.guid);
  expect(tenant.organization.mailbox(spared.guid)?.auditDelegate).toEqual(["Update"]);
});
