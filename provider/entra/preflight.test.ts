import { type Context, manualClock } from "../core";
import type { AppIdentity } from "../identity/credentials";
import { createDynamicHost } from "../surfaces/dynamic/methods";
import { NotProven, type Reach } from "./preflight/reach";
import { preflightOver } from "./preflight";
import { preflightContract } from "./preflightContract";

const tenantId = "11111111-2222-4333-8444-555555555555";
const clientId = "aaaaaaaa-2222-4333-8444-555555555555";
const needs = [{ service: "Activity", api: "Office 365 Management APIs", permissions: ["ActivityFeed.Read"] }];
const declared = { tenantId, clientId, clientSecret: "the-secret", needs };
const certificatePem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const privateKeyPem = "-----BEGIN PRIVATE KEY-----\nSECRET\n-----END PRIVATE KEY-----\n";

/** The kind behind the surface that the engine uses, with proofs that are counted and answered here. */
function preflights(answer: Partial<Reach> = {}) {
  const proofs: AppIdentity[] = [];
  let failing = false;
  const clock = manualClock(Date.UTC(2026, 0, 1));
  const kind = preflightOver((_ctx, identity) => {
    proofs.push(identity);
    if (failing) {
      const facts = { operation: "proving", subject: clientId, happened: "1 of 1 needs not met" };
      return Promise.reject(
        new NotProven(facts, { rows: [], beyond: [], warnings: [], provenAt: "", tokenTenantId: "" }),
      );
    }
    const row = { service: "Activity", api: "API", need: "ActivityFeed.Read", answer: "yes", why: "seen" } as const;
    const provenAt = new Date(clock.now() + proofs.length).toISOString();
    return Promise.resolve({ rows: [row], beyond: [], warnings: [], provenAt, tokenTenantId: tenantId, ...answer });
  });
  const ctx: Context = { clock, settings: { get: () => undefined }, report: () => undefined };
  const host = createDynamicHost(kind, () => ctx);
  const checked = async (inputs: object): Promise<Readonly<Record<string, unknown>>> => {
    const { inputs: filled, failures } = await host.check({}, { ...inputs });
    expect(failures).toEqual([]);
    return filled;
  };
  return { host, proofs, checked, fail: () => void (failing = true) };
}

describe("a proof", () => {
  test("is made once, and passes on what was declared for consumers to take", async () => {
    const { host, proofs, checked } = preflights();
    const news = await checked(declared);
    const { id, outs } = await host.create(news);
    expect(outs).toMatchObject({
      clientId,
      clientSecret: "the-secret",
      reach: [{ answer: "yes" }],
      tokenTenantId: tenantId,
    });
    expect(await host.diff(id, outs, news)).toMatchObject({ changes: false });
    expect(proofs).toEqual([{ tenantId, clientId, proof: { kind: "secret", clientSecret: "the-secret" } }]);
  });

  test("stands when a refresh comes: nobody is asked, and nothing is found to differ", async () => {
    const { host, proofs, checked } = preflights();
    const news = await checked(declared);
    const { id, outs } = await host.create(news);
    const read = await host.read(id, outs);
    expect(read).toMatchObject({ id, props: outs });
    expect(read.inputs).toEqual(news);
    expect(proofs).toHaveLength(1);
  });

  test.each([
    ["another secret", { clientSecret: "another" }],
    ["another app", { clientId: "bbbbbbbb-2222-4333-8444-555555555555" }],
    ["another need", { needs: [{ ...needs[0], permissions: ["ActivityFeed.Read", "ActivityFeed.ReadDlp"] }] }],
    ["other evidence", { evidence: ["key id"] }],
    ["a certificate in place of a secret", { clientSecret: undefined, certificatePem, privateKeyPem }],
    ["a place in place of a secret", { clientSecret: undefined, keyless: true }],
  ])("is made again for %s", async (_what, change) => {
    const { host, proofs, checked } = preflights();
    const { id, outs } = await host.create(await checked(declared));
    const news = await checked(JSON.parse(JSON.stringify({ ...declared, ...change })) as object);
    expect(await host.diff(id, outs, news)).toMatchObject({ changes: true, replaces: [] });
    const updated = await host.update(id, outs, news);
    expect(proofs).toHaveLength(2);
    expect(updated.outs["provenAt"]).not.toBe(outs["provenAt"]);
    expect(await host.diff(id, updated.outs, news)).toMatchObject({ changes: false });
  });

  test("stands when only the manner changes", async () => {
    const { host, proofs, checked } = preflights();
    const { id, outs } = await host.create(await checked(declared));
    const news = await checked({ ...declared, ignoreWarnings: true, timeoutSeconds: 30, inARow: 5 });
    const updated = await host.update(id, outs, news);
    expect(updated.outs).toEqual({ ...outs, ignoreWarnings: true, timeoutSeconds: 30, inARow: 5 });
    expect(proofs).toHaveLength(1);
  });

  test("is made again when warnings were ignored and are no longer", async () => {
    const { host, proofs, checked } = preflights({ warnings: ["not known"] });
    const { id, outs } = await host.create(await checked({ ...declared, ignoreWarnings: true }));
    await host.update(id, outs, await checked(declared));
    expect(proofs).toHaveLength(2);
  });

  test("that fails leaves no record", async () => {
    const { host, checked, fail } = preflights();
    fail();
    await expect(host.create(await checked(declared))).rejects.toThrow(/1 of 1 needs not met/);
  });

  test("is another one for another tenant or cloud, and removing it asks nobody", async () => {
    const { host, proofs, checked } = preflights();
    const { id, outs } = await host.create(await checked(declared));
    const moved = await checked({
      ...declared,
      tenantId: "99999999-2222-4333-8444-555555555555",
      environment: "china",
    });
    expect((await host.diff(id, outs, moved)).replaces.sort()).toEqual(["environment", "tenantId"]);
    await host.delete(id, outs);
    expect(proofs).toHaveLength(1);
  });

  test("reads a key that stays outside the state when it is made", async () => {
    const { host, proofs, checked } = preflights();
    process.env["PREFLIGHT_TEST_KEY"] = privateKeyPem;
    const { clientSecret: _, ...rest } = declared;
    const news = await checked({ ...rest, certificatePem, privateKey: { environmentVariable: "PREFLIGHT_TEST_KEY" } });
    const { outs } = await host.create(news);
    delete process.env["PREFLIGHT_TEST_KEY"];
    expect(proofs[0]?.proof).toEqual({ kind: "certificate", certificatePem, privateKeyPem });
    expect(JSON.stringify(outs)).not.toContain("SECRET");
  });
});

describe("what is declared", () => {
  const problems = async (inputs: object): Promise<readonly string[]> =>
    (await preflights().host.check({}, { tenantId, clientId, needs, ...inputs })).failures.map(
      ({ property }) => property,
    );

  test.each([
    ["no way to sign in", {}, ["clientSecret"]],
    ["two ways to sign in", { clientSecret: "s", keyless: true }, ["clientSecret"]],
    ["a certificate without a key", { certificatePem }, ["privateKeyPem"]],
    ["a key without a certificate", { clientSecret: "s", privateKeyPem }, ["privateKeyPem"]],
    ["a certificate with two keys", { certificatePem, privateKeyPem, privateKey: { file: "f" } }, ["privateKeyPem"]],
    ["an API by a name of its own", { clientSecret: "s", needs: [{ ...needs[0], api: "Exchange" }] }, ["needs[0].api"]],
    [
      "a role that nobody knows",
      { clientSecret: "s", needs: [{ ...needs[0], directoryRole: "Boss" }] },
      ["needs[0].directoryRole"],
    ],
    [
      "a unit without a role",
      { clientSecret: "s", needs: [{ ...needs[0], administrativeUnit: true }] },
      ["needs[0].administrativeUnit"],
    ],
    [
      "a probe of another API",
      { clientSecret: "s", needs: [{ ...needs[0], probe: "exchangeOnline" }] },
      ["needs[0].probe"],
    ],
    [
      "a need of nothing",
      { clientSecret: "s", needs: [{ service: "x", api: needs[0]?.api }] },
      ["needs[0].permissions"],
    ],
    ["several mistakes, all at once", { timeoutSeconds: -1, inARow: 0 }, ["timeoutSeconds", "inARow", "clientSecret"]],
  ])("may not be %s", async (_what, inputs, expected) => {
    expect(await problems(inputs)).toEqual(expected);
  });

  test("may be known later", async () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    expect(await problems({ clientSecret: unknown, evidence: [unknown] })).toEqual([]);
  });

  test("never shows a secret", async () => {
    const { failures } = await preflights().host.check({}, { ...declared, clientSecret: [7331] });
    expect(failures).toHaveLength(1);
    expect(JSON.stringify(failures)).not.toContain("7331");
    const { clientSecret, privateKeyPem: key } = preflightContract.inputs.shape;
    expect([clientSecret, key].map((property) => property.unwrap().meta()?.secret)).toEqual([true, true]);
  });
});
