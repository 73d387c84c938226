import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Context, manualClock } from "./core";
import { operated } from "./operated";
import { readBook, withEntry, writeBook } from "./operator/book";
import { type Entry, fingerprintOf } from "./operator/entry";
import { unknownValue } from "./surfaces/dynamic/values";
import { createDynamicHost, type DynamicHost } from "./surfaces/dynamic/methods";

const tenantId = "11111111-2222-3333-4444-555555555555";
const clientId = "66666666-2222-3333-4444-555555555555";

let folder: string;
let told: string[];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "m365audit-attestations-"));
  told = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function hostOf(token: string, settings: Readonly<Record<string, string>> = {}): DynamicHost {
  const kind = operated.get(token)?.kind;
  if (kind === undefined) throw new Error(`no ${token}`);
  const backends = { onesecureBackend: "operator", nowprivacyBackend: "operator" };
  const values: Readonly<Record<string, string>> = { attestations: folder, ...backends, ...settings };
  const context: Context = {
    clock: manualClock(0),
    settings: { get: (name) => (values[name] === "" ? undefined : values[name]) },
    report: (line) => void told.push(line),
  };
  return createDynamicHost(kind, () => context);
}

const urnOf = (token: string, name: string): string => {
  const [, system = "", type = ""] = token.split(":");
  return `urn:pulumi:contoso::project::pulumi-nodejs:dynamic/m365audit/${system}:${type}::${name}`;
};

async function attest(token: string, name: string, values: Entry["values"], more: Partial<Entry> = {}): Promise<void> {
  const entry: Entry = {
    resource: urnOf(token, name),
    action: "entered",
    values,
    fingerprint: fingerprintOf(values, more.secret),
    by: "ada@contoso.com",
    at: "2026-01-01T00:00:00Z",
    ...more,
  };
  const file = path.join(folder, "contoso.json");
  const { entries } = await readBook(file);
  await writeBook(file, more.fingerprint === undefined ? withEntry(entries, entry) : [...entries, entry]);
}

describe("a source that a person enters", () => {
  const token = "m365audit:onesecure:Source";
  const values = {
    organization: "Contoso",
    sourceGroup: "Exchange Online",
    tenantId,
    crawlSource: true,
    credentialId: "operator:Contoso/credentials/12345678",
  };
  const own = { __provider: "text", __urn: urnOf(token, "source") };
  const declared = { ...values, credentialDisplayName: "Audit", ...own };

  test("is recorded as declared, awaiting a person, with the steps that a preview showed", async () => {
    const host = hostOf(token);
    const { inputs, failures } = await host.check({}, declared);
    expect(failures).toEqual([]);
    expect(inputs["fingerprint"]).toBe(fingerprintOf(values));
    expect(inputs["runSheet"]).toContain("5. **Source Group**: enter `Exchange Online`.");
    expect(told.join("\n")).toContain("Netwrix 1Secure, source: ");

    const { id, outs } = await host.create(inputs);
    expect(id).toBe(`operator:Contoso/${tenantId}`);
    expect(outs).toMatchObject({ ...inputs, status: "awaitingOperator", sourceId: id, adopted: false });
    // A preview of the same declaration has nothing to show, and a refresh finds nothing new.
    await expect(host.diff(id, outs, inputs)).resolves.toMatchObject({ changes: false });
    const read = await host.read(id, outs);
    expect(read.props).toEqual(outs);
    expect(read.inputs).toEqual(inputs);
  });

  test("is attested once someone says so, and awaits a person again when the declaration changes", async () => {
    const host = hostOf(token);
    const first = await host.check({}, declared);
    const { id, outs } = await host.create(first.inputs);
    await attest(token, "source", values);

    const read = await host.read(id, outs);
    expect(read.props).toMatchObject({ status: "attested", runSheet: [] });
    const again = await host.check(read.inputs ?? {}, declared);
    await expect(host.diff(id, read.props, again.inputs)).resolves.toMatchObject({ changes: false });

    const off = await host.check(read.inputs ?? {}, { ...declared, crawlSource: false });
    expect(off.inputs["runSheet"]).toEqual(expect.arrayContaining([expect.stringContaining("**Crawl Source**")]));
    expect((off.inputs["runSheet"] as string[]).join("\n")).not.toContain("Source Group");
    await expect(host.diff(id, read.props, off.inputs)).resolves.toEqual({
      changes: true,
      replaces: [],
      deleteBeforeReplace: true,
    });
    const updated = await host.update(id, read.props, off.inputs);
    expect(updated.outs).toMatchObject({ crawlSource: false, status: "awaitingOperator" });
    expect(told.at(-1)).toContain("for a person");
  });

  test("without a refresh the update itself takes note of the attestation", async () => {
    const host = hostOf(token);
    const first = await host.check({}, declared);
    const { id, outs } = await host.create(first.inputs);
    await attest(token, "source", values, { id: "src-4711" });
    const second = await host.check(first.inputs, declared);
    await expect(host.diff(id, outs, second.inputs)).resolves.toMatchObject({ changes: true, replaces: [] });
    const { outs: after } = await host.update(id, outs, second.inputs);
    expect(after).toMatchObject({ status: "attested", runSheet: [], vendorId: "src-4711" });
  });

  test("that was found otherwise has drifted, as any resource does, until it is attested anew", async () => {
    const host = hostOf(token);
    await attest(token, "source", values);
    const first = await host.check({}, declared);
    const { id, outs } = await host.create(first.inputs);
    expect(outs["status"]).toBe("attested");
    await attest(token, "source", { ...values, crawlSource: false }, { action: "found", at: "2026-02-01T00:00:00Z" });

    const read = await host.read(id, outs);
    expect(read.props).toMatchObject({ status: "drifted", crawlSource: false });
    expect(read.inputs).toMatchObject({ crawlSource: false });
    const check = await host.check(read.inputs ?? {}, declared);
    await expect(host.diff(id, read.props, check.inputs)).resolves.toMatchObject({ changes: true, replaces: [] });
    // A refresh of what a refresh read finds the same, and does not take what was found for what is declared.
    expect((await host.read(id, read.props)).props).toEqual(read.props);
    const { outs: updated } = await host.update(id, read.props, check.inputs);
    expect(updated).toMatchObject({ status: "drifted", crawlSource: true });

    await attest(token, "source", values, { at: "2026-03-01T00:00:00Z" });
    expect((await host.read(id, updated)).props).toMatchObject({ status: "attested", runSheet: [] });
    // Also where the state still has what was found.
    expect((await host.read(id, read.props)).props).toMatchObject({
      status: "attested",
      crawlSource: true,
      runSheet: [],
    });
  });

  test("in another place is removed there first, and then added", async () => {
    const host = hostOf(token);
    await attest(token, "source", values);
    const first = await host.check({}, declared);
    const { id, outs } = await host.create(first.inputs);
    const moved = await host.check(first.inputs, { ...declared, organization: "Fabrikam" });
    await expect(host.diff(id, outs, moved.inputs)).resolves.toMatchObject({ replaces: ["organization"] });
    const steps = moved.inputs["runSheet"] as string[];
    const at = (text: string): number => steps.findIndex((line) => line.includes(text));
    expect(at("delete the Exchange Online source")).toBeGreaterThanOrEqual(0);
    expect(at("**Finish**")).toBeGreaterThan(at("delete the Exchange Online source"));
    await host.delete(id, outs);
    const { id: other } = await host.create(moved.inputs);
    expect(other).toBe(`operator:Fabrikam/${tenantId}`);
  });

  test("is told to be removed when it goes, where someone attested that it is there", async () => {
    await hostOf(token).delete("operator:Contoso/x", declared);
    expect(told.at(-1)).toContain("nobody attested that it was entered");
    await attest(token, "source", values);
    await hostOf(token).delete("operator:Contoso/x", declared);
    expect(told.at(-1)).toMatch(/still in the product.*\n[\s\S]*delete the Exchange Online source/);
  });

  test("of another tenant than the stack's is refused", async () => {
    const host = hostOf(token, { tenantId: "99999999-2222-3333-4444-555555555555" });
    const { inputs } = await host.check({}, declared);
    await expect(host.create(inputs)).rejects.toThrow(/tenant/);
  });

  test("in a preview that does not know everything yet, says so in its steps and has no fingerprint", async () => {
    const { inputs } = await hostOf(token).check({}, { ...declared, tenantId: unknownValue });
    expect(inputs["fingerprint"]).toBe(unknownValue);
    expect((inputs["runSheet"] as string[]).join("\n")).toContain("**Tenant ID**: enter (known after `pulumi up`)");
  });

  test("whose attestation was forged is refused in a preview already", async () => {
    await attest(token, "source", { ...values, crawlSource: false }, { fingerprint: fingerprintOf(values) });
    await expect(hostOf(token).check({}, declared)).rejects.toThrow(/fingerprint/);
  });

  test("with a gateway nothing of this is there", async () => {
    const host = hostOf(token, { onesecureBackend: "http" });
    const { inputs } = await host.check({}, declared);
    expect(inputs).toEqual({ ...declared, adoptExisting: false });
  });
});

describe("a source that a gateway made", () => {
  const token = "m365audit:onesecure:Source";
  const recorded = {
    organization: "Contoso",
    sourceGroup: "Exchange Online",
    tenantId,
    crawlSource: true,
    credentialId: "cred-1",
    adoptExisting: false,
    __provider: "text",
    __urn: urnOf(token, "source"),
  };
  const state = { ...recorded, sourceId: "src-1", status: "Healthy", adopted: false };

  test("is not taken for a person's because the gateway's address is missing for once", async () => {
    const lost = hostOf(token, { onesecureBackend: "" });
    const said = /onesecureBackend: not set, and the resource was made through a backend that a program reaches/;
    await expect(lost.check(recorded, recorded)).rejects.toThrow(said);
    await expect(lost.read("src-1", state)).rejects.toThrow(said);
    await expect(lost.delete("src-1", state)).rejects.toThrow(said);
  });

  test("is handed over where the stack says so", async () => {
    const host = hostOf(token);
    const { inputs } = await host.check(recorded, recorded);
    const { outs } = await host.update("src-1", state, inputs);
    expect(outs).toMatchObject({ sourceId: "src-1", status: "awaitingOperator" });
  });
});

describe("a dataset that a person enters", () => {
  const token = "m365audit:nowprivacy:Dataset";
  const own = { __provider: "text", __urn: urnOf(token, "mail") };

  test("is attested whatever the order of its groups", async () => {
    const host = hostOf(token);
    const { inputs } = await host.check(
      {},
      { name: "Mail", securityGroups: ["Privacy team", "Legal", "Legal"], ...own },
    );
    const { id, outs } = await host.create(inputs);
    expect(outs["fingerprint"]).toBe(inputs["fingerprint"]);
    const values = {
      name: "Mail",
      securityGroups: ["Legal", "Privacy team"],
      visibleToNobody: false,
      adoptExisting: false,
    };
    await attest(token, "mail", values);
    const attested = await host.check(inputs, { name: "Mail", securityGroups: ["Privacy team", "Legal"], ...own });
    expect((await host.update(id, outs, attested.inputs)).outs).toMatchObject({ status: "attested", runSheet: [] });
  });
});

describe("credentials that a person enters", () => {
  const token = "m365audit:onesecure:Credential";
  const values = { organization: "Contoso", clientId, displayName: "Audit" };
  const own = { __provider: "text", __urn: urnOf(token, "credential") };
  const secret = { keyId: "key-1", endDate: "2026-07-01T00:00:00Z" };
  const declared = {
    ...values,
    clientSecret: "the-secret-itself",
    clientSecretReference: { ...secret, stackOutput: "clientSecret" },
    ...own,
  };

  test("name their secret, and never say it", async () => {
    const host = hostOf(token);
    const { inputs } = await host.check({}, declared);
    expect(inputs["fingerprint"]).toBe(fingerprintOf(values, secret));
    const steps = (inputs["runSheet"] as string[]).join("\n");
    expect(steps).toContain("pulumi stack output clientSecret --show-secrets --stack contoso");
    expect(steps).toContain("key-1");
    expect(steps + told.join("\n")).not.toContain("the-secret-itself");
  });

  test("await a person again when the secret is another one, until the old one's end", async () => {
    await attest(token, "credential", values, { secret });
    const host = hostOf(token);
    const before = await host.check({}, declared);
    expect(before.inputs["runSheet"]).toEqual([]);
    const next = {
      ...declared,
      clientSecret: "another",
      clientSecretReference: { keyId: "key-2", endDate: "2026-12-01T00:00:00Z", stackOutput: "clientSecret" },
    };
    const { inputs } = await host.check(before.inputs, next);
    const steps = (inputs["runSheet"] as string[]).join("\n");
    expect(steps).toContain("key-2");
    expect(steps).toContain("2026-07-01T00:00:00Z");
    expect(steps).not.toContain("another");
  });

  test("take note of what is attested later: the certificate, and the product's id", async () => {
    const host = hostOf(token);
    await attest(token, "credential", values, { secret });
    const first = await host.check({}, declared);
    const { id, outs } = await host.create(first.inputs);
    expect(outs).toMatchObject({ status: "attested" });
    await attest(token, "credential", values, { secret, id: "1S-7", at: "2026-01-02T00:00:00Z" });
    const second = await host.check(first.inputs, declared);
    expect(second.inputs["attestation"]).toMatch(/^entered by ada@contoso.com at 2026-01-02T00:00:00Z/);
    await expect(host.diff(id, outs, second.inputs)).resolves.toMatchObject({ changes: true, replaces: [] });
    expect((await host.update(id, outs, second.inputs)).outs).toMatchObject({ vendorId: "1S-7" });
  });

  test("whose secret itself is given for its id are refused, and it is not repeated", async () => {
    const value = "abc8Q~not-a-real-secret-but-long-enough-x0";
    const mixedUp = { ...declared, clientSecretReference: { keyId: value } };
    const { failures } = await hostOf(token).check({}, mixedUp);
    expect(failures).toEqual([
      { property: "clientSecretReference.keyId", reason: expect.stringContaining("looks like the secret itself") },
    ]);
    expect(JSON.stringify(failures)).not.toContain(value);
  });

  test("whose attestation has values of another form are refused in words", async () => {
    await attest("m365audit:nowprivacy:DataSource", "mail", { tenantId: 3, service: "exchange" }, { secret });
    const host = hostOf("m365audit:nowprivacy:DataSource");
    const mail = {
      datasetId: "operator:dataset/12345678",
      service: "exchange",
      applicationId: clientId,
      tenantId,
      ingestionScope: { type: "everything" },
      country: "GB",
      crawlPriority: 0.5,
      crawlMode: "once",
      clientSecret: "the-secret-itself",
      clientSecretReference: { keyId: "key-1" },
      __provider: "text",
      __urn: urnOf("m365audit:nowprivacy:DataSource", "mail"),
    };
    await expect(host.check({}, mail)).rejects.toThrow(/attested values are not of the declaration's form/);
  });

  test("without a word which secret they have are refused", async () => {
    const { clientSecretReference: _, ...unnamed } = declared;
    await expect(hostOf(token).check({}, unnamed)).rejects.toThrow("clientSecretReference: not given");
  });
});

describe("a data source that a person enters", () => {
  const token = "m365audit:nowprivacy:DataSource";
  const values = {
    datasetId: "operator:dataset/12345678",
    service: "exchange",
    applicationId: clientId,
    tenantId,
    ingestionScope: { type: "domain", domain: "contoso.com" },
    country: "GB",
    crawlPriority: 0.5,
    crawlMode: "continuous",
  };
  const secret = { keyId: "key-1" };
  const declared = {
    ...values,
    reach: ["Mail.Read", "Calendars.Read"],
    clientSecret: "the-secret-itself",
    clientSecretReference: { ...secret, stackOutput: "clientSecret" },
    __provider: "text",
    __urn: urnOf(token, "mail"),
  };
  const narrower = { type: "userEmail", domain: "contoso.com", email: "ada@contoso.com" };

  test("that nobody attested may still become any other: nothing of it can have been copied", async () => {
    const host = hostOf(token);
    const { inputs } = await host.check({}, declared);
    const { id, outs } = await host.create(inputs);
    const next = await host.check(inputs, { ...declared, ingestionScope: narrower });
    await expect(host.diff(id, outs, next.inputs)).resolves.toMatchObject({ changes: true });
    await expect(host.update(id, outs, next.inputs)).resolves.toBeDefined();
  });

  test("that was attested is not narrowed, nor what the app may read of it, unless that is meant", async () => {
    await attest(token, "mail", values, { secret });
    const host = hostOf(token);
    const { inputs } = await host.check({}, declared);
    const { id, outs } = await host.create(inputs);
    expect(outs["status"]).toBe("attested");
    await expect(host.check(inputs, { ...declared, ingestionScope: narrower })).rejects.toThrow(/allowDataLoss/);
    const less = await host.check(inputs, { ...declared, reach: ["Calendars.Read"] });
    await expect(host.diff(id, outs, less.inputs)).rejects.toThrow(/taking Mail.Read away.*allowDataLoss/);

    const meant = await host.check(inputs, { ...declared, ingestionScope: narrower, allowDataLoss: true });
    expect((meant.inputs["runSheet"] as string[]).join("\n")).toMatch(/deletes? (its own|of its) copy/);
    await expect(host.update(id, outs, meant.inputs)).resolves.toMatchObject({ outs: { status: "awaitingOperator" } });
  });
});
