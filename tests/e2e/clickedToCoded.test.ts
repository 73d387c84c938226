/** The recipe "from clicked to coded" on a real engine: an audit that someone clicked together goes on as code, and outlives the code. */
import { office365Management } from "../../provider/entra/wellKnown";
import { auditedAsDeclared } from "../../tools/demo/tenant";
import { type Access, AdminCenter, roleId } from "../support/adminCenter";
import { openScene, type Scene } from "../support/engine";

const program = `
import * as pulumi from "@pulumi/pulumi";
import { onesecure } from "pulumi-m365audit";

const config = new pulumi.Config("m365audit");
new onesecure.ExchangeOnlineAuditing("audit", {
  tenantId: config.require("tenantId"),
  organization: "Contoso",
  sourceGroup: "Clicked together",
  crawlSource: true,
  exchangeOnlineActivity: true,
  collectNonOwnerMailboxAuditData: true,
  mailboxAudit: {},
  app: { existingClientId: config.require("existingClientId") },
});
`;

let scene: Scene;
let adminCenter: AdminCenter;
let access: Access;
let product: ReturnType<Scene["sandbox"]["control"]["oneSecure"]>;
beforeAll(async () => {
  scene = await openScene({ program });
  adminCenter = new AdminCenter(scene);
  await adminCenter.clickTogether();
  await adminCenter.consent(office365Management, roleId(office365Management, "ActivityFeed.Read"));
  access = await adminCenter.access();
  const { control } = scene.sandbox;
  const { id: credentialId } = await control.addOneSecureCredential({
    organization: "Contoso",
    displayName: "Clicked",
    clientId: adminCenter.clientId,
    clientSecret: await adminCenter.clientSecret(),
  });
  const source = control.addOneSecureSource({
    organization: "Contoso",
    type: "exchangeOnline",
    sourceGroup: "Clicked together",
    tenantId: scene.tenant.id,
    crawlSource: true,
    credentialId,
  });
  const connector = control.oneSecure().connectors.find(({ sourceId }) => sourceId === source.id);
  control.patchConnector(connector?.id ?? "", { enabled: true, collectNonOwnerMailboxAuditData: true });
  product = structuredClone(control.oneSecure());
  await scene.stack.setConfig({ "m365audit:existingClientId": { value: adminCenter.clientId } });
});
afterAll(async () => {
  await adminCenter.close();
  await scene.close();
});

test("up takes over application, consents, role, source and connector as they are", async () => {
  await scene.stack.up();
  const { credentials, sources, connectors } = scene.sandbox.control.oneSecure();
  expect(sources).toHaveLength(1);
  const { credentialId, ...source } = sources[0] ?? {};
  expect(product.sources[0]).toMatchObject({ ...source });
  expect(connectors).toEqual(product.connectors);
  expect(credentials).toHaveLength(2);
  expect(credentialId).not.toBe(product.sources[0]?.credentialId);
  const now = await adminCenter.access();
  expect(now.consents).toEqual(expect.arrayContaining([...access.consents]));
  expect(now.consents).toHaveLength(access.consents.length);
  expect(now.roles).toEqual(access.roles);
  const covered = auditedAsDeclared(scene.sandbox.control, scene.tenant.id).find(({ text }) =>
    text.includes("mailboxes record"),
  );
  expect(covered).toMatchObject({ ok: true });
});

test("a preview then finds nothing to do, and the product was never without a secret that works", async () => {
  expect((await scene.stack.preview()).changes).toEqual([]);
  expect(scene.sandbox.control.oneSecureOutages()).toEqual([]);
});

test("destroy gives everything back as it was, and takes away only what the stack made", async () => {
  await scene.stack.destroy();
  expect(scene.sandbox.control.oneSecure()).toEqual(product);
  const after = await adminCenter.access();
  expect(after.consents).toEqual(access.consents);
  expect(after.roles).toEqual(access.roles);
  const [app] = scene.sandbox.control.tenant(scene.tenant.id).directory.applications;
  expect(app?.clientSecrets).toHaveLength(1);
  expect(app?.certificates).toEqual([]);
  expect(scene.sandbox.control.oneSecureOutages()).toEqual([]);
});
