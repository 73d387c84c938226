/** 1Secure without an API on the real engine: planned, done by a person from a run-sheet, attested, changed, found otherwise, removed. */
import { X509Certificate } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { typedInto } from "../../tools/demo/oneSecureForm";
import { attestCommands, type Person, oneSecurePerson } from "../../tools/demo/oneSecurePerson";
import { driftOf } from "../../tools/demo/screen";
import { auditedAsDeclared, ours } from "../../tools/demo/tenant";
import type { Outcome } from "../../tools/stack";
import type { Scene } from "../support/engine";
import { attest, attestations, cli, openOperatorScene, runbook, stepsOf } from "../support/operator";

let scene: Scene;
let ada: Person;
/** Everything that anyone could have read so far. */
const said: string[] = [];
beforeAll(async () => {
  scene = await openOperatorScene();
  scene.sandbox.control.setOneSecureVerifies(true);
  ada = await oneSecurePerson(scene);
});
afterAll(async () => {
  await ada.close();
  await scene.close();
});

const ran = async (run: "preview" | "up" | "destroy"): Promise<Outcome> => {
  const outcome = await scene.stack[run]();
  said.push(...outcome.diagnostics, JSON.stringify(outcome.changes));
  return outcome;
};
const sheet = async (): Promise<string> => {
  const text = await runbook(scene.stack);
  said.push(text, await runbook(scene.stack, "--html"));
  return text;
};
/** As the runbook asks for it. */
const attestAll = async (text: string): Promise<void> => {
  for (const command of attestCommands(text, ada.certificateFile)) said.push(await attest(scene.stack, ...command));
};
const setConfig = (name: string, value: boolean): Promise<void> =>
  scene.stack.setConfig({ [`m365audit:${name}`]: { value: String(value) } });

const product = () => scene.sandbox.control.oneSecure();
const crawls = (): unknown => product().sources[0]?.crawlSource;
const standing = ({ outputs }: Outcome): unknown => [outputs["status"]?.value, outputs["openSteps"]?.value];
/** What a run says of how many steps are open; undefined: nothing. */
const warned = ({ diagnostics }: Outcome): string | undefined =>
  diagnostics.find((line) => line.includes("open for a person"));

/** What the state says of each resource that a person applies. */
async function recorded(): Promise<Record<string, { status: unknown; crawlSource: unknown }>> {
  const state = JSON.parse(await scene.stack.pulumi("stack", "export", "--stack", scene.stack.name)) as {
    deployment: { resources?: { type: string; urn: string; outputs?: Record<string, unknown> }[] };
  };
  const all = (state.deployment.resources ?? []).filter(({ type }) => type.includes("m365audit/onesecure:"));
  return Object.fromEntries(
    all.map(({ urn, outputs = {} }) => [
      urn.slice(urn.lastIndexOf("exchange-online-") + "exchange-online-".length),
      { status: outputs["status"], crawlSource: outputs["crawlSource"] },
    ]),
  );
}
const statuses = async (): Promise<unknown[]> => Object.values(await recorded()).map(({ status }) => status);
const refresh = (): Promise<string> =>
  scene.stack.pulumi("refresh", "--yes", "--skip-preview", "--non-interactive", "--stack", scene.stack.name);

const wholeSheet = 17;
const switching = [
  expect.stringContaining("**Configuration**"),
  expect.stringContaining("the organization `Contoso`"),
  expect.stringContaining("edit the Exchange Online source of the tenant"),
  "Turn **Crawl Source** **ON → OFF**.",
  "Save the source.",
];

test("the first preview shows each step that a person will have, and does nothing", async () => {
  const preview = await ran("preview");
  expect(new Set(preview.changes.map(({ operation }) => operation))).toEqual(new Set(["create"]));
  const text = preview.diagnostics.join("\n");
  expect(text).toContain("**Source Group**: enter `Exchange Online`.");
  expect(text).toContain("**Crawl Source**: turn it **ON**.");
  expect(text).toContain("the client secret with the Secret ID (known after `pulumi up`)");
  expect(warned(preview)).toContain(`${String(wholeSheet)} steps are open`);
  expect(ours(scene.sandbox.control, scene.tenant.id)).toEqual([]);
});

test("up does the rest, and warns of as many steps as the runbook has", async () => {
  const up = await ran("up");
  expect(standing(up)).toEqual(["awaitingOperator", wholeSheet]);
  expect(stepsOf(await sheet())).toHaveLength(wholeSheet);
  expect(warned(up)).toContain(`${String(wholeSheet)} steps are open`);
  expect(ours(scene.sandbox.control, scene.tenant.id)).toContain("app Netwrix 1Secure");
  expect([product().credentials, product().sources]).toEqual([[], []]);
});

test("while a person is awaited, a preview has nothing to do and still warns, and a refresh changes nothing", async () => {
  const preview = await ran("preview");
  expect(preview.changes).toEqual([]);
  expect(warned(preview)).toBeDefined();
  await refresh();
  expect(await statuses()).toEqual(Array(3).fill("awaitingOperator"));
});

test("whoever does what the run-sheet says, and knows no more, has connected 1Secure", async () => {
  expect(await ada.work(await sheet())).toBe(wholeSheet);
  expect(scene.sandbox.control.oneSecureConnections()).toEqual([expect.objectContaining({ accepted: "yes" })]);
});

test("once attested, an update says so and uploads the certificate that 1Secure issued", async () => {
  await attestAll(await sheet());
  const up = await ran("up");
  expect(standing(up)).toEqual(["attested", 0]);
  expect(warned(up)).toBeUndefined();
  const downloaded = new X509Certificate(await readFile(ada.certificateFile)).fingerprint.replaceAll(":", "");
  const [app] = scene.sandbox.control.tenant(scene.tenant.id).directory.applications;
  expect(app?.certificates.map(({ thumbprint }) => thumbprint.toUpperCase())).toContain(downloaded);
  expect(auditedAsDeclared(scene.sandbox.control, scene.tenant.id).filter(({ ok }) => !ok)).toEqual([]);
});

test("then a preview finds nothing to do, and a refresh changes nothing", async () => {
  expect((await ran("preview")).changes).toEqual([]);
  await refresh();
  expect(await statuses()).toEqual(Array(3).fill("attested"));
  expect(stepsOf(await sheet())).toEqual([]);
});

test("a change in code is previewed as the property and the step, and awaits a person anew", async () => {
  await setConfig("crawlSource", false);
  const preview = await ran("preview");
  expect(driftOf(preview.changes).sort()).toEqual(
    ["crawlSource", "fingerprint", "runSheet"].map((name) => `1Secure Source ${name}`),
  );
  expect(preview.diagnostics.join("\n")).toContain("Turn **Crawl Source** **ON → OFF**.");
  expect(preview.diagnostics.join("\n")).toMatch(/the attestation of ada@contoso.com .* is of an earlier declaration/);
  const up = await ran("up");
  expect(standing(up)).toEqual(["awaitingOperator", switching.length]);
  expect(stepsOf(await sheet())).toEqual(switching);
  expect((await ran("preview")).changes).toEqual([]);
  expect(crawls()).toBe(true);
});

test("done and attested, it is as declared", async () => {
  const text = await sheet();
  await ada.work(text);
  await attestAll(text);
  expect(crawls()).toBe(false);
  expect(standing(await ran("up"))).toEqual(["attested", 0]);
  expect((await ran("preview")).changes).toEqual([]);
});

test("with requireAttested a preview passes and warns, and an update fails with the open steps once all is recorded", async () => {
  await setConfig("requireAttested", true);
  await setConfig("crawlSource", true);
  expect(warned(await ran("preview"))).toContain("An update fails until they are attested (requireAttested)");
  const failure = await scene.stack.up().then(
    () => "it succeeded",
    (error: unknown) => String(error),
  );
  said.push(failure);
  expect(failure).toContain("5 steps are open for a person in Netwrix 1Secure");
  expect(failure).toContain("4. Turn **Crawl Source** **OFF → ON**.");
  expect(await recorded()).toMatchObject({ source: { status: "awaitingOperator", crawlSource: true } });
});

test("and once they are attested, the same update passes", async () => {
  const text = await sheet();
  await ada.work(text);
  await attestAll(text);
  expect(standing(await ran("up"))).toEqual(["attested", 0]);
  await setConfig("requireAttested", false);
});

test("what someone finds otherwise in the product is told, recorded, and previewed as drift", async () => {
  const [source] = product().sources;
  scene.sandbox.control.patchSource(source?.id ?? "", { crawlSource: false });
  const form = path.join(scene.stack.folder, "seen.yaml");
  const verify = (...more: string[]) => cli(scene.stack, "verify", "--export", form, "--by", "bo@contoso.com", ...more);
  expect(await verify()).toMatchObject({ code: 0, stdout: expect.stringContaining("Nothing was compared yet") });
  await writeFile(form, typedInto(await readFile(form, "utf8"), scene.sandbox.control));
  const told = await verify("--record");
  said.push(told.stdout, told.stderr);
  expect(told).toMatchObject({ code: 1 });
  expect(told.stdout).toContain("Crawl Source: declared ON, found OFF");
  expect(told.stdout.match(/: declared /g)).toHaveLength(1);

  const preview = await ran("preview");
  expect(driftOf(preview.changes)).toEqual(["1Secure Source crawlSource"]);
  expect(preview.changes[0]?.properties).toEqual([{ path: "crawlSource", from: false, to: true }]);
  expect(preview.diagnostics.join("\n")).toContain("Turn **Crawl Source** **OFF → ON**.");
  expect(preview.diagnostics.join("\n")).toContain("bo@contoso.com found it otherwise in the product");
});

test("an update does not repair what only a person can, and says that it has drifted, as a refresh does", async () => {
  await refresh();
  expect(await recorded()).toMatchObject({ source: { status: "drifted" }, connector: { status: "attested" } });
  expect(standing(await ran("up"))).toEqual(["drifted", 5]);
  expect(crawls()).toBe(false);
});

test("repaired and attested, it is as declared again", async () => {
  const text = await sheet();
  expect(await ada.work(text)).toBe(5);
  await attestAll(text);
  expect(crawls()).toBe(true);
  expect(standing(await ran("up"))).toEqual(["attested", 0]);
});

test("destroy leaves to a person what is in the product, the source before its credentials, until it is attested as removed", async () => {
  await ran("destroy");
  expect(ours(scene.sandbox.control, scene.tenant.id)).toEqual([
    "1Secure credential Netwrix 1Secure",
    "1Secure source Exchange Online",
  ]);
  const text = await sheet();
  const [source, credentials, ...more] = text.split(/^## /m).slice(1);
  expect(source).toContain("delete the Exchange Online source of the tenant");
  expect(credentials).toContain("click the **Delete** icon");
  expect(more).toEqual([]);
  // 1Secure refuses to delete credentials that are in use.
  await ada.work(text);
  expect(ours(scene.sandbox.control, scene.tenant.id)).toEqual([]);

  const [first = [], second = []] = attestCommands(text, ada.certificateFile);
  await attest(scene.stack, ...first);
  expect(await sheet()).toContain("`exchange-online-credential`");
  expect(await sheet()).not.toContain("`exchange-online-source`");
  await attest(scene.stack, ...second);
  expect(stepsOf(await sheet())).toEqual([]);
});

test("declared anew it has to be entered anew, whatever was attested before", async () => {
  expect(warned(await ran("preview"))).toContain(`${String(wholeSheet)} steps are open`);
});

test("nowhere in all this does a secret stand: state, run-sheets, diagnostics, attestations", async () => {
  const secrets = scene.sandbox.control.issuedSecrets();
  const all = [await scene.stack.storedFiles(), await attestations(scene.stack), ...said].join("\n");
  expect(all).toContain("**Client Secret**: paste the client secret with the Secret ID `");
  expect(secrets.length).toBeGreaterThan(2);
  expect(secrets.filter((secret) => all.includes(secret))).toEqual([]);
  expect(all).not.toContain("PRIVATE KEY");
});
