/** The main job on a real Pulumi engine: the example program against a sandbox tenant, over real protocols. */
import { auditedAsDeclared, ours, tamper } from "../../tools/demo/tenant";
import { driftOf } from "../../tools/demo/screen";
import { openScene, type Scene } from "../support/engine";

let scene: Scene;
beforeAll(async () => {
  // As users have it: the engine compiles the program.
  scene = await openScene({ compiled: false });
});
afterAll(async () => {
  await scene.close();
});

const kept = (): number => scene.sandbox.control.mailboxes(scene.tenant.id, "customised").length;

test("a preview of an empty tenant creates everything and changes nothing", async () => {
  const { changes } = await scene.stack.preview();
  expect(changes.length).toBeGreaterThan(10);
  expect(new Set(changes.map(({ operation }) => operation))).toEqual(new Set(["create"]));
  expect(ours(scene.sandbox.control, scene.tenant.id)).toEqual([]);
});

test("up puts the tenant under audit as the declaration says", async () => {
  const { outputs } = await scene.stack.up();
  const findings = auditedAsDeclared(scene.sandbox.control, scene.tenant.id);
  expect(findings.filter(({ ok }) => !ok)).toEqual([]);
  expect(outputs["compliant"]?.value).toBe(outputs["mailboxes"]?.value);
});

test("a second preview finds nothing to do", async () => {
  expect((await scene.stack.preview()).changes).toEqual([]);
});

test("an up with nothing to do writes to no mailbox", async () => {
  scene.sandbox.control.resetCounters();
  expect((await scene.stack.up()).changes).toEqual([]);
  expect(scene.sandbox.control.counters().tenants[scene.tenant.id]).toMatchObject({ cmdletWrites: 0 });
});

test("nothing secret is stored in plain text", async () => {
  const stored = await scene.stack.storedFiles();
  const secrets = scene.sandbox.control.issuedSecrets();
  expect(secrets.length).toBeGreaterThan(2);
  expect(secrets.filter((secret) => stored.includes(secret))).toEqual([]);
  expect(stored).not.toContain("PRIVATE KEY");
  expect(stored).toContain("BEGIN CERTIFICATE");
});

test("what a dynamic resource leaves in the state is under 1 KB of provider text", async () => {
  const stored = JSON.parse(await scene.stack.pulumi("stack", "export", "--stack", scene.stack.name)) as {
    deployment: { resources: { outputs?: { __provider?: string } }[] };
  };
  const texts = stored.deployment.resources.flatMap(({ outputs }) => outputs?.__provider ?? []);
  expect(texts).toHaveLength(8);
  for (const text of texts) expect(text.length).toBeLessThan(1024);
});

test("tampering shows in the next preview, property by property, and nothing else does", async () => {
  const { drift } = tamper(scene.sandbox.control, scene.tenant.id);
  const { changes } = await scene.stack.preview();
  expect(driftOf(changes).sort()).toEqual([...drift].sort());
});

test("up repairs what was tampered with, and then there is nothing to do", async () => {
  await scene.stack.up();
  const findings = auditedAsDeclared(scene.sandbox.control, scene.tenant.id);
  expect(findings.filter(({ ok }) => !ok)).toEqual([]);
  expect((await scene.stack.preview()).changes).toEqual([]);
});

test("nothing secret is stored in plain text after a refresh and a repair either", async () => {
  const stored = await scene.stack.storedFiles();
  expect(scene.sandbox.control.issuedSecrets().filter((secret) => stored.includes(secret))).toEqual([]);
  expect(stored).not.toContain("PRIVATE KEY");
});

test("destroy leaves nothing of ours, and the mailboxes stay audited", async () => {
  const before = kept();
  await scene.stack.destroy();
  expect(ours(scene.sandbox.control, scene.tenant.id)).toEqual([]);
  expect(before).toBeGreaterThan(0);
  expect(kept()).toBe(before);
});
