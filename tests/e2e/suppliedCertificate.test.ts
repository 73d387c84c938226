/** Certificates that someone brings along, and then none at all, on a real engine: no key ever comes to where Pulumi keeps things. */
import { X509Certificate } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { selfSigned, type TestCertificate } from "../../sandbox/testing/wire";
import { auditedAsDeclared } from "../../tools/demo/tenant";
import { openScene, type Scene } from "../support/engine";

const program = `
import * as pulumi from "@pulumi/pulumi";
import { onesecure } from "pulumi-m365audit";

const config = new pulumi.Config("supplied");
const audit = new onesecure.ExchangeOnlineAuditing("audit", {
  tenantId: new pulumi.Config("m365audit").require("tenantId"),
  organization: "Contoso",
  sourceGroup: "Exchange Online",
  crawlSource: true,
  exchangeOnlineActivity: true,
  collectNonOwnerMailboxAuditData: true,
  mailboxAudit: { baseline: "netwrixNonOwner", bypass: { others: "remove" } },
  ...config.requireObject<object>("signIn"),
});
export const thumbprint = audit.certificateThumbprint;
export const endDate = audit.certificateEndDate;
`;

const day = 86_400_000;
const started = Date.now();
const validFor = (days: number): Promise<TestCertificate> =>
  selfSigned(new Date(started - day), new Date(started + days * day));
const thumbprintOf = ({ certificatePem }: TestCertificate): string =>
  new X509Certificate(certificatePem).fingerprint.replaceAll(":", "");
const workload = "repo:contoso/audit:environment:production";

let first: TestCertificate;
let second: TestCertificate;
let scene: Scene;
beforeAll(async () => {
  [first, second] = await Promise.all([validFor(300), validFor(600)]);
  scene = await openScene({
    program,
    // The machine is a job in GitHub Actions that also has the first key in a secret.
    environment: ({ origin }) => ({
      EXCHANGE_KEY: first.privateKeyPem,
      ACTIONS_ID_TOKEN_REQUEST_URL: `${origin}/_sandbox/issuer/token?subject=${encodeURIComponent(workload)}`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: "the-job-s-own-token",
    }),
  });
});
afterAll(() => scene.close());

const declare = (signIn: object): Promise<void> =>
  scene.stack.setConfig({ "supplied:signIn": { value: JSON.stringify(signIn) } });

/** What the declaration promises of mailboxes, tenant and product, and is not so. */
const notAudited = (): string[] =>
  auditedAsDeclared(scene.sandbox.control, scene.tenant.id)
    .filter(({ ok, text }) => !ok && !text.startsWith("Entra: app"))
    .map(({ text }) => text);

/** Thumbprints of the certificates in Entra, but for the one that 1Secure issued. */
function uploaded(): string[] {
  const issued = scene.sandbox.control.oneSecure().credentials.map(({ certificate }) => certificate.thumbprint);
  const [app] = scene.sandbox.control.tenant(scene.tenant.id).directory.applications;
  return (app?.certificates ?? []).map(({ thumbprint }) => thumbprint).filter((one) => !issued.includes(one));
}

/** Everything that Pulumi keeps, once with secrets in the clear and once as it is on the disk. */
async function kept(): Promise<string> {
  const { stack } = scene;
  return `${await stack.pulumi("stack", "export", "--show-secrets", "--stack", stack.name)}\n${await stack.storedFiles()}`;
}

/** That a certificate is in what Pulumi keeps, and nothing of a key. */
async function expectNoKeyIn(text: Promise<string>): Promise<void> {
  const stored = await text;
  expect(stored).toContain("BEGIN CERTIFICATE");
  expect(stored).not.toContain("PRIVATE KEY");
  for (const { privateKeyPem } of [first, second]) {
    const line = privateKeyPem.split("\n")[5] ?? "";
    expect(line).toHaveLength(64);
    expect(stored).not.toContain(line);
  }
}

test("with the key in an environment variable the mailboxes come under audit", async () => {
  await declare({
    certificate: { certificatePem: first.certificatePem, privateKey: { environmentVariable: "EXCHANGE_KEY" } },
  });
  const { outputs } = await scene.stack.up();
  expect(notAudited()).toEqual([]);
  expect(uploaded()).toEqual([thumbprintOf(first)]);
  expect(outputs["thumbprint"]?.value).toBe(thumbprintOf(first));
  expect(Date.parse(String(outputs["endDate"]?.value))).toBeLessThanOrEqual(first.notAfter.getTime());
  expect((await scene.stack.preview()).changes).toEqual([]);
});

test("what was checked of the certificate is on record: thumbprint, subject, validity, key size; its key is nowhere", async () => {
  const exported = await scene.stack.pulumi("stack", "export", "--stack", scene.stack.name);
  const { deployment } = JSON.parse(exported) as { deployment: { resources: { type: string; outputs: object }[] } };
  const certificate = deployment.resources.find(({ type }) => type === "m365audit:entra:Certificate");
  const { validFrom, validTo } = new X509Certificate(first.certificatePem);
  expect(certificate?.outputs).toMatchObject({
    thumbprint: thumbprintOf(first),
    subject: "CN=Netwrix 1Secure",
    validFrom: new Date(validFrom).toISOString().replace(".000Z", "Z"),
    endDate: new Date(validTo).toISOString().replace(".000Z", "Z"),
    keyBits: 2048,
    privateKey: { environmentVariable: "EXCHANGE_KEY" },
  });
  await expectNoKeyIn(kept());
});

test("another one, in one file with its key, is put to use beside the old one, which a later run removes", async () => {
  writeFileSync(
    path.join(scene.stack.folder, "program", "exchange.pem"),
    `${second.privateKeyPem}\n${second.certificatePem}`,
    { mode: 0o600 },
  );
  await declare({ certificate: { privateKey: { file: "exchange.pem" } } });
  const { outputs } = await scene.stack.up();
  expect(outputs["thumbprint"]?.value).toBe(thumbprintOf(second));
  expect(uploaded()).toEqual([thumbprintOf(first), thumbprintOf(second)]);

  await scene.stack.travelTo(new Date(started + 2 * day));
  await scene.stack.up();
  expect(uploaded()).toEqual([thumbprintOf(second)]);
  expect((await scene.stack.preview()).changes).toEqual([]);
  await expectNoKeyIn(kept());
});

test("keyless, a pipeline's own token is all that the policy signs in with", async () => {
  const { control } = scene.sandbox;
  await declare({ keyless: { issuer: control.federatedIssuer(), subject: workload } });
  control.setMailboxesAudit(scene.tenant.id, { auditDelegate: ["SendAs"] }, { share: 0.2 });
  expect(notAudited()).not.toEqual([]);
  await scene.stack.up();
  expect(notAudited()).toEqual([]);
  expect(uploaded()).toEqual([]);
  const [app] = control.tenant(scene.tenant.id).directory.applications;
  expect(app?.federatedCredentials).toEqual([
    expect.objectContaining({ issuer: control.federatedIssuer(), subject: workload }),
  ]);
  expect((await scene.stack.preview()).changes).toEqual([]);
  const stored = await scene.stack.storedFiles();
  expect(control.issuedSecrets().filter((secret) => stored.includes(secret))).toEqual([]);
});

test("destroy leaves no application", async () => {
  await scene.stack.destroy();
  expect(scene.sandbox.control.tenant(scene.tenant.id).directory.applications).toEqual([]);
});
