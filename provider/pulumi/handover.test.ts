import * as pulumi from "@pulumi/pulumi";
import { onesecure } from "../operator/products";
import { connector as connectorKind } from "../onesecure/connector";
import { connectorHandover } from "../onesecure/handover/connector";
import { sourceHandover } from "../onesecure/handover/source";
import { Connector, Source } from "../onesecure/resources";
import { source as sourceKind } from "../onesecure/source";
import { dynamicType } from "../surfaces/dynamic/thin";
import { attestedOf, heldSecret, openSteps, part } from "./handover";
import { attestationsOfTest } from "./testing/attestations";
import { mockEngine, type MockEngineOptions, valueOf } from "./testing/mockEngine";

const tenantId = "cb58fcb5-b6ea-4c16-a2ac-6ace6ba6dc68";
const attestations = attestationsOfTest();

let warned: jest.SpyInstance;
beforeEach(() => {
  warned = jest.spyOn(pulumi.log, "warn").mockResolvedValue(undefined);
});
afterEach(() => {
  warned.mockRestore();
});

/** A source with its connector, and whether an output was let through. */
class Audit extends pulumi.ComponentResource {
  readonly attested: ReturnType<typeof attestedOf>;
  readonly open: ReturnType<typeof openSteps>;
  readonly gated: pulumi.Output<string>;

  constructor(requireAttested?: boolean) {
    super("test:index:Audit", "audit");
    this.attested = attestedOf(dynamicType("m365audit:onesecure:Source"), "source", this);
    const source = new Source(
      "source",
      {
        organization: "Contoso",
        sourceGroup: "Exchange Online",
        tenantId,
        crawlSource: true,
        credentialId: this.attested.apply((entry) => entry?.id ?? "credential"),
      },
      { parent: this },
    );
    const connector = new Connector(
      "connector",
      { sourceId: source.sourceId, exchangeOnlineActivity: true, collectNonOwnerMailboxAuditData: false },
      { parent: this },
    );
    this.open = openSteps(
      this,
      "audit",
      onesecure,
      [source, connector],
      () =>
        Promise.resolve([
          part(source, sourceKind, sourceHandover),
          part(connector, connectorKind, connectorHandover, { sourceId: source }),
        ]),
      requireAttested,
    );
    this.gated = this.open.gate(source.sourceId);
  }
}

async function run(requireAttested?: boolean, options: MockEngineOptions = {}) {
  const engine = await mockEngine({ config: attestations.config, ...options });
  const made: { audit?: Audit } = {};
  const ended = engine
    .run(() => (made.audit = new Audit(requireAttested)))
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  const error = await ended;
  if (made.audit === undefined) throw new Error("the component was not made", { cause: error });
  return { audit: made.audit, error, record: engine.record };
}

test("the attestation of a resource is there for others of the same component, without waiting for one of them", async () => {
  expect(await valueOf((await run()).audit.attested)).toBeUndefined();
  const { record } = await run();
  await attestations.attest(record, ["source"], { id: "vendor-7" });
  const { audit, record: after } = await run();
  expect(await valueOf(audit.attested)).toMatchObject({ by: "ada@contoso.com", id: "vendor-7" });
  // It was used for the very resource that it is of.
  expect(after.get("source")).toMatchObject({ credentialId: "vendor-7" });
  expect(await valueOf((await run(false, { preview: true })).audit.attested)).toMatchObject({ id: "vendor-7" });
});

test("an output behind the gate comes out where attestations are not required", async () => {
  const { audit, error } = await run();
  expect(error).toBeUndefined();
  expect(await valueOf(audit.open.count)).toBeGreaterThan(0);
  expect(await valueOf(audit.gated)).toBe(`operator:Contoso/${tenantId}`);
});

test("an output behind the gate does not come out of an update with open steps where they are required", async () => {
  const { audit, error } = await run(true);
  expect(error).toMatchObject({ tag: "AwaitingOperator" });
  expect(String(error)).toMatch(/requiring attestations of audit: \d+ steps are open for a person in Netwrix 1Secure:/);
  expect(String(error)).toContain("npx m365audit attest --stack stack");
  await expect(valueOf(audit.gated)).rejects.toMatchObject({ tag: "AwaitingOperator" });
});

test("a preview of that only warns of it", async () => {
  const { audit, error } = await run(true, { preview: true });
  expect(error).toBeUndefined();
  expect(warned).toHaveBeenCalledWith(
    expect.stringMatching(/An update fails until they are attested \(requireAttested\)\.$/),
    audit,
  );
});

test("nothing is said once all of it is attested", async () => {
  await attestations.attest((await run()).record, ["source", "connector"]);
  warned.mockClear();
  const { audit, error } = await run(true);
  expect(error).toBeUndefined();
  expect([await valueOf(audit.open.count), await valueOf(audit.open.status)]).toEqual([0, "attested"]);
  expect(warned).not.toHaveBeenCalled();
});

describe("a secret that a person enters", () => {
  const attested = (endDate?: string) =>
    pulumi.output({ secret: { keyId: "key", ...(endDate === undefined ? {} : { endDate }) } }) as ReturnType<
      typeof attestedOf
    >;

  test("is held until the end that was attested is that of a newer one", async () => {
    const held = heldSecret(attested("2027-01-01T00:00:00Z"), undefined);
    expect(held?.holdOld).toBe(true);
    expect(held && (await valueOf(held.enteredEndDate))).toBe("2027-01-01T00:00:00Z");
    const unknownEnd = heldSecret(attested(), {});
    expect(unknownEnd && (await valueOf(unknownEnd.enteredEndDate))).toBeUndefined();
  });

  test.each([true, false])("is held as the program says, where it says so: %j", (holdOld) => {
    expect(heldSecret(attested(), { holdOld })).toBeUndefined();
  });

  test("that no person enters is not held", () => {
    expect(heldSecret(undefined, {})).toBeUndefined();
  });
});
