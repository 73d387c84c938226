/** A stack of one tenant and everything that may lead to another, on a real engine: each is refused before anything is made. */
import type { TenantInfo } from "../../sandbox";
import { ours } from "../../tools/demo/tenant";
import { openScene, type Scene } from "../support/engine";

const program = `
import * as pulumi from "@pulumi/pulumi";
import { entra, exchange, onesecure } from "pulumi-m365audit";

const config = new pulumi.Config("declared");
const tenantId = config.require("tenantId");
const anyId = "44444444-4444-4444-8444-444444444444";
const organization = "Fabrikam";
const declared: Record<string, () => unknown> = {
  everything: () => new onesecure.ExchangeOnlineAuditing("audit", {
    tenantId, organization, sourceGroup: "Exchange Online", crawlSource: true,
    exchangeOnlineActivity: true, collectNonOwnerMailboxAuditData: true, mailboxAudit: {},
  }),
  policy: () => new exchange.MailboxAuditPolicy("policy", { tenantId, clientId: anyId, keyless: true }),
  access: () => new entra.AppAccess("access", {
    tenantId, servicePrincipalObjectId: anyId, permissions: [], directoryRoles: [],
  }),
  proof: () => new entra.Preflight("proof", {
    tenantId, clientId: anyId, clientSecret: "none", needs: [{ service: "any", api: "Microsoft Graph", permissions: ["Mail.Read"] }],
  }),
  source: () => new onesecure.Source("source", {
    tenantId, organization, sourceGroup: "Exchange Online", crawlSource: true, credentialId: config.require("credentialId"),
  }),
};
for (const what of config.requireObject<string[]>("what")) declared[what]?.();
`;

/** Id of the sandbox's tenant contoso.onmicrosoft.com, which is made from its seed. */
const seededContoso = "cb58fcb5-b6ea-4c16-a2ac-6ace6ba6dc68";

let scene: Scene;
let contoso: TenantInfo;
let fabrikam: TenantInfo;
beforeAll(async () => {
  scene = await openScene({
    program,
    sandbox: {
      tenants: [
        { initialDomain: "fabrikam.onmicrosoft.com", mailboxes: 5 },
        { initialDomain: "contoso.onmicrosoft.com", mailboxes: 5 },
      ],
    },
    // The stack is fabrikam's, but whoever runs it is signed in to contoso, and nothing pins the azuread provider.
    config: { "azuread:tenantId": seededContoso },
    environment: (sandbox) => {
      const [, other] = sandbox.tenants as [TenantInfo, TenantInfo];
      const { ARM_TENANT_ID, ARM_CLIENT_ID, ARM_CLIENT_SECRET } = sandbox.environment(other);
      return { ARM_TENANT_ID, ARM_CLIENT_ID, ARM_CLIENT_SECRET } as Record<string, string>;
    },
  });
  [fabrikam, contoso] = scene.sandbox.tenants as [TenantInfo, TenantInfo];
  const { organizations } = scene.sandbox.control.oneSecure();
  expect(organizations.map(({ name }) => name)).toContain("Fabrikam");
});
afterAll(() => scene.close());

async function declare(what: string, tenant: TenantInfo, credentialId = "none"): Promise<void> {
  await scene.stack.setConfig({
    "declared:what": { value: JSON.stringify([what]) },
    "declared:tenantId": { value: tenant.id },
    "declared:credentialId": { value: credentialId },
  });
}

/** What was said when it failed, on one line. */
async function refusal(run: Promise<unknown>): Promise<string> {
  try {
    await run;
  } catch (error) {
    return String(error).replace(/\s+/g, " ");
  }
  throw new Error("it succeeded");
}

const made = (): string[] => [contoso, fabrikam].flatMap(({ id }) => ours(scene.sandbox.control, id));

test("azuread signed in to another tenant makes nothing, in neither of them", async () => {
  await declare("everything", fabrikam);
  const said = await refusal(scene.stack.up());
  expect(said).toContain(`proving the tenant of the azuread provider for tenant ${fabrikam.id} [tenantId]`);
  expect(said).toContain(`its credentials are of tenant ${contoso.id}`);
  expect(made()).toEqual([]);
});

test("Graph is not asked with the credentials of another tenant", async () => {
  await declare("access", fabrikam);
  const said = await refusal(scene.stack.up());
  expect(said).toContain(`it is of tenant ${contoso.id} (ARM_TENANT_ID or azuread:tenantId)`);
  expect(made()).toEqual([]);
});

test.each([
  ["everything", "making the Entra objects of tenant"],
  ["policy", "connecting to Exchange Online of tenant"],
  ["access", "connecting to Microsoft Graph of tenant"],
  ["proof", "proving what an app may reach in tenant"],
  ["source", "configuring the 1Secure source of tenant"],
])(
  "%s, declared for a tenant that the stack is not for, is refused although the credentials fit",
  async (what, operation) => {
    await declare(what, contoso);
    scene.sandbox.control.resetCounters();
    const said = await refusal(scene.stack.up());
    expect(said).toContain(
      `${operation} ${contoso.id} [tenantId]: the stack is for tenant ${fabrikam.id} (m365audit:tenantId)`,
    );
    expect(made()).toEqual([]);
    expect(scene.sandbox.control.counters()).toMatchObject({ graphWrites: 0, exchange: 0, oneSecure: 0 });
  },
);

test("a source that came to be another tenant's behind our id is neither changed nor removed", async () => {
  const { control } = scene.sandbox;
  const { id: credentialId } = await control.addOneSecureCredential({
    organization: "Fabrikam",
    displayName: "Clicked",
    clientId: "55555555-5555-4555-8555-555555555555",
    clientSecret: "anything",
  });
  await declare("source", fabrikam, credentialId);
  await scene.stack.up();
  const [source] = control.oneSecure().sources;
  expect(source?.tenantId).toBe(fabrikam.id);

  const moved = control.patchSource(source?.id ?? "", { tenantId: contoso.id, crawlSource: false });
  const refused = `1Secure has it in tenant "${contoso.id}" by now, not in "${fabrikam.id}"`;
  expect(await refusal(scene.stack.preview())).toContain(refused);
  expect(await refusal(scene.stack.up())).toContain(refused);
  expect(await refusal(scene.stack.destroy())).toContain(refused);
  expect(control.oneSecure().sources).toEqual([moved]);

  control.patchSource(moved.id, { tenantId: fabrikam.id });
  await scene.stack.up();
  expect(control.oneSecure().sources).toEqual([source]);
  await scene.stack.destroy();
  expect(control.oneSecure().sources).toEqual([]);
});
