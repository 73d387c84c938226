import { type Sandbox, type TenantInfo, startSandbox } from "../index";
import { type Seen, type Wire, connectTo, first } from "../testing/wire";

const day = 24 * 60 * 60 * 1000;
let time = Date.UTC(2026, 0, 1);
let sandbox: Sandbox;
let wire: Wire;
let tenant: TenantInfo;
let token: string;

beforeEach(async () => {
  time = Date.UTC(2026, 0, 1);
  sandbox = await startSandbox({ clock: { now: () => time } });
  wire = connectTo(sandbox);
  tenant = first(sandbox.tenants);
  token = await wire.deployerToken(tenant);
});
afterEach(async () => {
  await wire.close();
  await sandbox.close();
});

const graph = async (method: string, path: string, body?: object): Promise<Seen> =>
  (await wire.json(method, `/v1.0${path}`, body, token)).body;

async function oneSecure(method: string, path: string, body: object): Promise<{ status: number; body: Seen }> {
  return wire.send(method, `/onesecure/v1${path}`, {
    headers: {
      authorization: `Bearer ${sandbox.environment(tenant)["M365AUDIT_ONESECURE_TOKEN"] ?? ""}`,
      "content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json",
      "idempotency-key": `a key for ${path} of this test`,
    },
    body: JSON.stringify(body),
  });
}

interface Audited {
  readonly application: Seen;
  readonly secret: Seen;
  readonly credentialId: string;
  readonly sourceId: string;
}

const addSecret = async (applicationId: string, days: number): Promise<Seen> =>
  graph("POST", `/applications/${applicationId}/addPassword`, {
    passwordCredential: { endDateTime: new Date(time + days * day).toISOString() },
  });
const removeSecret = async (applicationId: string, { keyId }: Seen): Promise<Seen> =>
  graph("POST", `/applications/${applicationId}/removePassword`, { keyId });

/** An application with a secret, and a source in 1Secure that signs in with it. */
async function audited(): Promise<Audited> {
  const application = await graph("POST", "/applications", { displayName: "Netwrix 1Secure" });
  await graph("POST", "/servicePrincipals", { appId: application.appId });
  const secret = await addSecret(application.id, 180);
  const organization = tenant.displayName;
  const credential = await oneSecure("POST", "/credentials", {
    organization,
    displayName: "EXO",
    clientId: application.appId,
    clientSecret: secret.secretText,
  });
  const source = await oneSecure("POST", "/sources", {
    organization,
    type: "exchangeOnline",
    sourceGroup: "M365",
    tenantId: tenant.id,
    crawlSource: true,
    credentialId: credential.body.id,
  });
  return { application, secret, credentialId: credential.body.id, sourceId: source.body.id };
}

test("a rotation that adds before it switches and removes afterwards is no outage", async () => {
  const { application, secret, credentialId, sourceId } = await audited();
  const next = await addSecret(application.id, 240);
  await oneSecure("PATCH", `/credentials/${credentialId}`, { clientSecret: next.secretText });
  await removeSecret(application.id, secret);
  expect(sandbox.control.oneSecureOutages()).toEqual([]);
  expect(sandbox.control.oneSecureConnections()).toEqual([{ sourceId, credentialId, accepted: "yes" }]);
});

test("a rotation that removes before it switches is an outage, even if it is over by the time that someone asks", async () => {
  const { application, secret, credentialId, sourceId } = await audited();
  const next = await addSecret(application.id, 240);
  await removeSecret(application.id, secret);
  time += 1000;
  await oneSecure("PATCH", `/credentials/${credentialId}`, { clientSecret: next.secretText });
  expect(sandbox.control.oneSecureOutages()).toEqual([
    {
      at: "2026-01-01T00:00:00.000Z",
      until: "2026-01-01T00:00:01.000Z",
      sourceId,
      credentialId,
      why: "Entra does not accept the credential's client secret",
    },
  ]);
});

test("a secret that ended before it was replaced is an outage, although nobody looked in between", async () => {
  const { application, credentialId } = await audited();
  const next = await addSecret(application.id, 240);
  time += 180 * day;
  await oneSecure("PATCH", `/credentials/${credentialId}`, { clientSecret: next.secretText });
  expect(sandbox.control.oneSecureOutages()).toEqual([
    expect.objectContaining({ credentialId, at: new Date(time).toISOString(), until: new Date(time).toISOString() }),
  ]);
});

test("a secret that ends is noticed by asking, and noted once", async () => {
  await audited();
  time += 181 * day;
  const [outage] = sandbox.control.oneSecureOutages();
  expect(outage).not.toHaveProperty("until");
  time += day;
  expect(sandbox.control.oneSecureOutages()).toEqual([outage]);
});

test("an application that is deleted is an outage", async () => {
  const { application } = await audited();
  await graph("DELETE", `/applications/${application.id}`);
  expect(sandbox.control.oneSecureOutages()).toEqual([
    expect.objectContaining({ why: expect.stringContaining("no application") }),
  ]);
});

test("a secret that no source uses may go", async () => {
  const { application, secret, sourceId } = await audited();
  await oneSecure("DELETE", `/sources/${sourceId}`, {});
  await removeSecret(application.id, secret);
  expect(sandbox.control.oneSecureOutages()).toEqual([]);
});

test("a secret that Entra does not accept is taken, unless 1Secure is to verify", async () => {
  const { credentialId, secret } = await audited();
  const wrong = { clientSecret: "no such secret" };
  const { body } = await wire.json("PUT", "/_sandbox/onesecure/verifies", { verifies: true });
  expect(body).toEqual({ verifies: true });
  const refused = await oneSecure("PATCH", `/credentials/${credentialId}`, wrong);
  expect(refused).toMatchObject({ status: 422, body: { errors: [{ pointer: "/clientSecret" }] } });
  expect(JSON.stringify(refused.body)).not.toContain("no such secret");
  const accepted = await oneSecure("PATCH", `/credentials/${credentialId}`, { clientSecret: secret.secretText });
  expect(accepted.status).toBe(200);
  expect(sandbox.control.oneSecureOutages()).toEqual([]);

  sandbox.control.setOneSecureVerifies(false);
  expect(await oneSecure("PATCH", `/credentials/${credentialId}`, wrong)).toMatchObject({ status: 200 });
  expect(sandbox.control.oneSecureConnections()).toEqual([expect.objectContaining({ accepted: "no" })]);
});

test("what a person makes in the product carries no key, and the log shows no secret", async () => {
  const { application } = await audited();
  const fabrikam = sandbox.tenants[1] ?? tenant;
  const organization = fabrikam.displayName;
  const { body: credential } = await wire.json("POST", "/_sandbox/onesecure/credentials", {
    organization,
    displayName: "Clicked",
    clientId: application.appId,
    clientSecret: "of another tenant",
  });
  const { body: source } = await wire.json("POST", "/_sandbox/onesecure/sources", {
    organization,
    sourceGroup: "Clicked",
    tenantId: fabrikam.id,
    crawlSource: false,
    credentialId: credential.id,
  });
  expect(source).toMatchObject({ sourceGroup: "Clicked", status: "New" });
  expect(source).not.toHaveProperty("idempotencyKey");
  const { body } = await wire.json("GET", "/_sandbox/onesecure/outages");
  expect(body.value).toEqual([expect.objectContaining({ sourceId: source.id, credentialId: credential.id })]);
  expect(JSON.stringify(body)).not.toContain("of another tenant");
});
