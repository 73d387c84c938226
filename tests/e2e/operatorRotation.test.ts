/** A client secret that a person enters in 1Secure, rotated: the old one stays in Entra until the new one is attested to be in use. */
import { attestCommands, oneSecurePerson, type Person } from "../../tools/demo/oneSecurePerson";
import type { Scene } from "../support/engine";
import { attest, attestations, openOperatorScene, runbook, stepsOf } from "../support/operator";

const day = 86_400_000;
const start = Date.parse("2027-01-04T08:00:00Z");

let scene: Scene;
let ada: Person;
/** Secret ID and end of the one that 1Secure has at first. */
let old: { readonly keyId: string; readonly endDateTime: string };
beforeAll(async () => {
  scene = await openOperatorScene({
    sandbox: { tenants: [{ initialDomain: "contoso.onmicrosoft.com", mailboxes: 40 }] },
  });
  scene.sandbox.control.setOneSecureVerifies(true);
  ada = await oneSecurePerson(scene);
  await onDay(0);
  await scene.stack.up();
  await enteredAndAttested();
  await scene.stack.up();
  const [first, ...more] = secrets();
  if (first === undefined || more.length > 0) throw new Error("the app has not one client secret");
  old = first;
});
afterAll(async () => {
  await ada.close();
  await scene.close();
});

const onDay = (days: number): Promise<void> => scene.stack.travelTo(new Date(start + days * day));
const secrets = () => scene.sandbox.control.tenant(scene.tenant.id).directory.applications[0]?.clientSecrets ?? [];
const keyIds = (): string[] => secrets().map(({ keyId }) => keyId);
const seconds = (moment: string): string => `${new Date(moment).toISOString().slice(0, 19)}Z`;

async function enteredAndAttested(): Promise<number> {
  const sheet = await runbook(scene.stack);
  const done = await ada.work(sheet);
  for (const command of attestCommands(sheet, ada.certificateFile)) await attest(scene.stack, ...command);
  return done;
}

const accepted = (): unknown[] => scene.sandbox.control.oneSecureConnections().map((one) => one.accepted);

test("a preview says that a secret is due, and that the old one waits for the attestation of the new one", async () => {
  await onDay(151);
  const { diagnostics } = await scene.stack.preview();
  const text = diagnostics.join("\n");
  expect(text).toMatch(/generation 2 replaces generation 1 .*once generation 2 has been attested to be in the product/);
  expect(text).toMatch(/paste the client secret with the Secret ID \(known after `pulumi up`\)/);
  expect(keyIds()).toEqual([old.keyId]);
});

test("up makes the new one beside the old one, and asks a person to enter it", async () => {
  const { outputs } = await scene.stack.up();
  expect(outputs["status"]?.value).toBe("awaitingOperator");
  expect(keyIds()).toHaveLength(2);
  expect(accepted()).toEqual(["yes"]);
});

test("the run-sheet names the new one by its Secret ID, and the day until which the old one works", async () => {
  const [made] = secrets().filter(({ keyId }) => keyId !== old.keyId);
  const steps = stepsOf(await runbook(scene.stack));
  const paste = steps.filter((step) => step.startsWith("**Client Secret**"));
  expect(paste).toHaveLength(1);
  expect(paste[0]).toContain(`Secret ID \`${made?.keyId ?? ""}\``);
  expect(paste[0]).toContain(`the one with the Secret ID \`${old.keyId}\``);
  expect(paste[0]).toContain(`before that one ends at \`${seconds(old.endDateTime)}\``);
  expect(steps.join("\n")).not.toContain("Download Certificate");
});

test("days later nobody has attested it: the old one stays, and a preview has nothing to do", async () => {
  for (const days of [153, 160, 175]) {
    await onDay(days);
    expect((await scene.stack.preview()).changes).toEqual([]);
    await scene.stack.up();
    expect(keyIds()).toHaveLength(2);
    expect(accepted()).toEqual(["yes"]);
  }
});

test("entered and not yet attested, the old one stays too", async () => {
  await ada.work(await runbook(scene.stack));
  await scene.stack.up();
  expect(keyIds()).toContain(old.keyId);
  expect(accepted()).toEqual(["yes"]);
});

test("once it is attested the old one goes, and nothing else changes", async () => {
  const before = keyIds();
  for (const command of attestCommands(await runbook(scene.stack), ada.certificateFile)) {
    await attest(scene.stack, ...command);
  }
  await onDay(176);
  const { outputs } = await scene.stack.up();
  expect(outputs["status"]?.value).toBe("attested");
  expect(keyIds()).toEqual(before.filter((keyId) => keyId !== old.keyId));
  expect((await scene.stack.preview()).changes).toEqual([]);
});

test("the certificate that was handed in with the first attestation is still the app's", async () => {
  const [app] = scene.sandbox.control.tenant(scene.tenant.id).directory.applications;
  expect(app?.certificates).toHaveLength(2);
  expect(await attestations(scene.stack)).toContain("BEGIN CERTIFICATE");
});

test("an early attestation waits for the overlap: the one before goes a day after, not at once", async () => {
  // Rotated again, and this time entered and attested on the same day.
  await onDay(302);
  await scene.stack.up();
  expect(keyIds()).toHaveLength(2);
  await enteredAndAttested();
  await scene.stack.up();
  expect(keyIds()).toHaveLength(2);
  await onDay(304);
  await scene.stack.up();
  expect(keyIds()).toHaveLength(1);
});

test("at no moment was 1Secure without a secret that Entra accepts", () => {
  expect(accepted()).toEqual(["yes"]);
  expect(scene.sandbox.control.oneSecureOutages()).toEqual([]);
});
