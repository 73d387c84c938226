/** Actions that are not known here, from the declaration to the wire. */
import { createDynamicHost } from "../surfaces/dynamic/methods";
import { mailboxAuditOver } from "./mailboxAudit";
import { Steward } from "./testing/steward";
import { declared, TestTenant } from "./testing/tenant";

let tenant: TestTenant;
let policy: Steward;
beforeEach(async () => {
  tenant = await TestTenant.start({ mailboxes: 12 });
  policy = new Steward(tenant);
});
afterEach(() => tenant.stop());

const lists = (name: string) => ({ baseline: "custom" as const, auditDelegate: [name, "Move"] });
const sent = (): string => JSON.stringify(tenant.called("Set-Mailbox"));

test("one that Exchange takes is set, and then is as declared", async () => {
  const accepted = lists("AttachmentAccess");
  const state = await policy.up(declared(accepted));
  expect(sent()).toContain("AttachmentAccess");
  expect(state).toMatchObject({ compliant: state.mailboxes, failed: { count: 0 } });
  expect(policy.preview(await policy.refresh(state), declared(accepted))).toEqual([]);
});

test("one that Exchange does not take is told as failed, with its words", async () => {
  const { state } = await policy.partialUp(declared(lists("Teleport")));
  expect(sent()).toContain("Teleport");
  expect(state.failed.count).toBe(state.mailboxes);
  expect(state.failed.sample[0]).toMatch(/Teleport|audit operation/i);
});

test("they are told in each preview and update, when the inputs are checked", async () => {
  const host = createDynamicHost(mailboxAuditOver(tenant.connect), () => tenant.context());
  const pems = {
    certificatePem: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    privateKeyPem: "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
  };
  const { failures } = await host.check({}, { ...declared(lists("Teleport")), ...pems });
  expect(failures).toEqual([]);
  expect(tenant.reported).toEqual([
    "warning: auditDelegate: Teleport is passed on: it is not known here, so it is for Exchange to judge",
  ]);
  expect(tenant.seen).toEqual([]);
});
