/** What a user sees who declares something impossible: every problem at once, and a tenant that was not touched. */
import { ours } from "../../tools/demo/tenant";
import { openScene, type Scene } from "../support/engine";

const program = `
import { onesecure } from "pulumi-m365audit";

new onesecure.ExchangeOnlineAuditing("audit", {
  tenantId: "contoso",
  organization: "Contoso",
  sourceGroup: "Exchange Online",
  crawlSource: true,
  exchangeOnlineActivity: true,
  collectNonOwnerMailboxAuditData: true,
  mailboxAudit: {
    baseline: "custom",
    auditDelegate: ["Update", "Copy"],
    recipientTypes: ["UserMailbox", "DeskMailbox"],
  },
  certificate: { validityDays: 900 },
  role: "Global Administrator",
} as any);
`;

let scene: Scene;
afterEach(async () => {
  await scene.close();
});

async function failure(run: Promise<unknown>): Promise<string> {
  try {
    await run;
  } catch (error) {
    return String(error);
  }
  throw new Error("it succeeded");
}

test("every wrong argument is named at once and nothing is created", async () => {
  scene = await openScene({ program });
  const message = await failure(scene.stack.up());
  for (const property of [
    "tenantId",
    "mailboxAudit.auditDelegate[1]",
    "mailboxAudit.recipientTypes[1]",
    "certificate.validityDays",
    "role",
  ]) {
    expect(message).toContain(property);
  }
  expect(message).toContain("allowGlobalAdministrator");
  expect(ours(scene.sandbox.control, scene.tenant.id)).toEqual([]);
});

test("non-owner collection without a mailbox audit policy is refused", async () => {
  scene = await openScene({
    program: program
      .replace(/ {2}mailboxAudit: \{[^}]*\},\n/, "")
      .replace('"contoso"', '"11111111-1111-4111-8111-111111111111"'),
  });
  expect(await failure(scene.stack.preview())).toContain("collectNonOwnerMailboxAuditData");
});

test("a stack is not applied to another tenant than the one that it names", async () => {
  scene = await openScene({ config: { "m365audit:tenantId": "11111111-1111-4111-8111-111111111111" } });
  const message = await failure(scene.stack.up());
  expect(message).toContain("11111111-1111-4111-8111-111111111111");
  expect(message).toContain(scene.tenant.id);
  expect(ours(scene.sandbox.control, scene.tenant.id)).toEqual([]);
});
