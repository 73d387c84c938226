/** One declaration whose 1Secure side a person applies. */
import * as pulumi from "@pulumi/pulumi";
import { type TestCertificate, testCertificate } from "../entra/testing/certificates";
import { exchangeOnline, office365Management } from "../entra/wellKnown";
import { attestationsOfTest } from "../pulumi/testing/attestations";
import { type EngineRecord, mockEngine, type MockEngineOptions, valueOf } from "../pulumi/testing/mockEngine";
import { ExchangeOnlineAuditing, type ExchangeOnlineAuditingArgs } from "./exchangeOnlineAuditing";

const contoso = "cb58fcb5-b6ea-4c16-a2ac-6ace6ba6dc68";
const clientId = "2cd265fb-3ae6-4f5d-b8b0-62db06d99364";
const now = Date.parse("2026-11-22T17:51:31.008Z");
const parts = ["audit-credential", "audit-source", "audit-connector"];

const theirs: { current?: TestCertificate } = {};
beforeAll(async () => {
  theirs.current = await testCertificate({ commonName: "1Secure" });
});

const attestations = attestationsOfTest();

let warned: jest.SpyInstance;
beforeEach(() => {
  warned = jest.spyOn(pulumi.log, "warn").mockResolvedValue(undefined);
});
afterEach(() => {
  warned.mockRestore();
});

/** The plugins, as far as the component sees them; of 1Secure nothing answers. */
const world = (options: MockEngineOptions = {}): MockEngineOptions => ({
  now,
  config: attestations.config,
  outputs: (type) => {
    switch (type) {
      case "azuread:index/applicationRegistration:ApplicationRegistration":
        return { id: "/applications/app", objectId: "app", clientId };
      case "azuread:index/servicePrincipal:ServicePrincipal":
        return { objectId: "principal" };
      case "azuread:index/applicationPassword:ApplicationPassword":
        return { value: "abc8Q~not-a-real-secret", keyId: "key-secret" };
      default:
        return {};
    }
  },
  answer: (token, inputs) => {
    if (token === "azuread:index/getClientConfig:getClientConfig") return { tenantId: contoso };
    const api = [exchangeOnline, office365Management].find(({ appId }) => appId === inputs["clientId"]);
    if (api === undefined) throw new Error(`no service principal of ${JSON.stringify(inputs)}`);
    return {
      clientId: api.appId,
      objectId: `object of ${api.displayName}`,
      appRoleIds: Object.fromEntries(api.appRoles.map(({ id, value }) => [value, id])),
    };
  },
  ...options,
});

const declared: ExchangeOnlineAuditingArgs = {
  tenantId: contoso,
  organization: "Contoso",
  sourceGroup: "Exchange Online",
  crawlSource: true,
  exchangeOnlineActivity: true,
  collectNonOwnerMailboxAuditData: false,
};

async function made(args: Partial<ExchangeOnlineAuditingArgs> = {}, options: MockEngineOptions = {}) {
  const engine = await mockEngine(world(options));
  const { result, resources } = await engine.run(
    () => new ExchangeOnlineAuditing("audit", { ...declared, ...args }, {}, () => now),
  );
  const inputsOf = (name: string): Readonly<Record<string, unknown>> | undefined =>
    resources.find((resource) => resource.name === name)?.inputs;
  return { audit: result, inputsOf, ...engine };
}

/** Attests everything of a first run. */
async function attested(more: Parameters<typeof attestations.attest>[2] = {}): Promise<EngineRecord> {
  const { record } = await made();
  await attestations.attest(record, parts, more);
  return record;
}

const stepsOf = (record: EngineRecord, name: string): string[] => record.get(name)?.["runSheet"] as string[];

test("what a person has to do is counted as the runbook counts it, and awaited", async () => {
  const { audit, record } = await made();
  const all = parts.flatMap((name) => stepsOf(record, name));
  const count = await valueOf(audit.openSteps);
  // In one dialog, so that not every step of each is one.
  expect(count).toBeLessThan(all.length);
  expect(count).toBeGreaterThan(stepsOf(record, "audit-source").length);
  expect(await valueOf(audit.status)).toBe("awaitingOperator");
  expect(await valueOf(audit.sourceId)).toBe(`operator:Contoso/${contoso}`);
  const said = `audit: ${String(count)} steps are open for a person in Netwrix 1Secure; \`npx m365audit runbook --stack stack\` shows them.`;
  expect(warned).toHaveBeenCalledWith(said, audit);
});

test("a preview counts the same steps, though it does not know the values yet", async () => {
  const update = await made();
  const preview = await made({}, { preview: true, outputs: () => ({}) });
  expect(await valueOf(preview.audit.openSteps)).toBe(await valueOf(update.audit.openSteps));
  const steps = stepsOf(preview.record, "audit-credential").join("\n");
  expect(steps).toContain("`pulumi stack output clientSecret --show-secrets --stack stack`");
});

test("once all of it is attested nothing is open", async () => {
  await attested();
  const { audit, record } = await made();
  expect(await valueOf(audit.openSteps)).toBe(0);
  expect(await valueOf(audit.status)).toBe("attested");
  expect(parts.flatMap((name) => stepsOf(record, name))).toEqual([]);
});

test("what is changed after that is open again, and nothing else", async () => {
  await attested();
  const { audit, record } = await made({ crawlSource: false });
  expect(await valueOf(audit.status)).toBe("awaitingOperator");
  expect(await valueOf(audit.openSteps)).toBe(stepsOf(record, "audit-source").length);
  expect(stepsOf(record, "audit-credential")).toEqual([]);
});

test("the secret is named by the stack output that the program says", async () => {
  const { record } = await made({ clientSecretOutput: "auditSecret" });
  expect(stepsOf(record, "audit-credential").join("\n")).toContain("pulumi stack output auditSecret --show-secrets");
  expect(record.get("audit-credential")).toMatchObject({
    clientSecretReference: { keyId: "key-secret", stackOutput: "auditSecret" },
  });
});

describe("the client secret", () => {
  const rotation = "audit-secret-rotation";

  test("keeps the old one until a person has entered the new one, of which the attestation tells", async () => {
    expect((await made()).inputsOf(rotation)).toMatchObject({ holdOld: true });
    const { inputsOf } = await made();
    expect(inputsOf(rotation)).not.toHaveProperty("enteredEndDate");
    const record = await attested();
    const { endDate } = record.get("audit-credential")?.["clientSecretReference"] as { endDate: string };
    expect((await made()).inputsOf(rotation)).toMatchObject({ holdOld: true, enteredEndDate: endDate });
  });

  test("is held as the program says where it says so itself", async () => {
    await attested();
    const { inputsOf } = await made({ clientSecret: { holdOld: false } });
    expect(inputsOf(rotation)).toMatchObject({ holdOld: false });
    expect(inputsOf(rotation)).not.toHaveProperty("enteredEndDate");
  });
});

describe("the certificate that 1Secure issues", () => {
  test("is uploaded once a person has handed it in", async () => {
    expect((await made()).inputsOf("audit-issued-certificate")).toBeUndefined();
    const certificate = theirs.current?.certificatePem ?? "";
    await attested({ certificate });
    const { audit, inputsOf } = await made();
    expect(inputsOf("audit-issued-certificate")).toMatchObject({ value: certificate, encoding: "pem" });
    expect(await valueOf(audit.issuedCertificateThumbprint)).toMatch(/^[0-9A-F]{40}$/);
  });

  test("is not uploaded where the program says so, and not without one", async () => {
    await attested();
    expect((await made()).inputsOf("audit-issued-certificate")).toBeUndefined();
    await attested({ certificate: theirs.current?.certificatePem ?? "" });
    const { inputsOf } = await made({ credential: { uploadIssuedCertificate: false } });
    expect(inputsOf("audit-issued-certificate")).toBeUndefined();
  });
});

describe("where attestations are required", () => {
  test("an update with open steps fails with all of them, and nothing of 1Secure comes out", async () => {
    const engine = await mockEngine(world());
    let audit: ExchangeOnlineAuditing | undefined;
    const run = engine.run(() => {
      audit = new ExchangeOnlineAuditing("audit", { ...declared, requireAttested: true }, {}, () => now);
    });
    await expect(run).rejects.toThrow(/steps are open for a person in Netwrix 1Secure:\n[^]*\*\*Finish\*\*/);
    expect(audit).toBeDefined();
    // What is told was recorded before that.
    expect([...engine.record.keys()]).toEqual(expect.arrayContaining(parts));
  });

  test("a preview does not fail", async () => {
    const { audit } = await made({ requireAttested: true }, { preview: true });
    expect(await valueOf(audit.openSteps)).toBeGreaterThan(0);
  });

  test("an update with none succeeds", async () => {
    await attested();
    const { audit } = await made({ requireAttested: true });
    expect(await valueOf(audit.sourceId)).toBe(`operator:Contoso/${contoso}`);
  });
});

test("with a gateway nothing is said to a person", async () => {
  const config = { "m365audit:onesecureEndpoint": "https://gateway.example/onesecure" };
  const certificate = theirs.current?.certificatePem ?? "";
  const { outputs } = world();
  const { audit, inputsOf } = await made(
    {},
    {
      config,
      outputs: (type, name, inputs) =>
        type.endsWith(":Credential")
          ? {
              certificatePem: certificate,
              certificateThumbprint: "A".repeat(40),
              certificateEndDate: "2027-01-01T00:00:00Z",
            }
          : (outputs?.(type, name, inputs) ?? {}),
    },
  );
  expect(inputsOf("audit-credential")).not.toHaveProperty("clientSecretReference");
  expect(inputsOf("audit-source")).not.toHaveProperty("credentialDisplayName");
  expect(inputsOf("audit-secret-rotation")).not.toHaveProperty("holdOld");
  expect(warned).not.toHaveBeenCalledWith(expect.stringContaining("open"), expect.anything());
  expect(await valueOf(audit.status)).toBeUndefined();
  expect(await valueOf(audit.openSteps)).toBe(0);
});
