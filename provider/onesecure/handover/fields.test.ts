/** What someone types back who looks into the product, and what an attestation gives out. */
import { X509Certificate } from "node:crypto";
import fc from "fast-check";
import { testCertificate } from "../../entra/testing/certificates";
import { type Handover, valuesOf } from "../../operator/handover";
import { notKnownYet } from "../../operator/sheet";
import { connectorHandover } from "./connector";
import { credentialHandover } from "./credential";
import { sourceHandover } from "./source";
import {
  credentialId,
  declaredConnector,
  declaredCredential,
  declaredSource,
  enteredAs,
  otherTenantId,
  sourceId,
  tenantId,
} from "./testing/work";

/** What is read for a property when that is typed. */
function read<I extends object>({ fields }: Handover<I>, property: string, typed: string, declared: I): unknown {
  return fields.find((field) => field.property === property)?.read(typed, declared);
}

function roundTrip<I extends object>({ fields }: Handover<I>, declared: I): Record<string, unknown> {
  return Object.fromEntries(fields.map((field) => [field.property, field.read(field.shown(declared) ?? "", declared)]));
}

test("whoever types what is declared finds nothing that differs, for every property that is entered", () => {
  expect(roundTrip(credentialHandover, declaredCredential)).toEqual(valuesOf(credentialHandover, declaredCredential));
  expect(roundTrip(sourceHandover, declaredSource)).toEqual(valuesOf(sourceHandover, declaredSource));
  expect(roundTrip(connectorHandover, declaredConnector)).toEqual(valuesOf(connectorHandover, declaredConnector));
});

test("a form shows the product's words", () => {
  const form = <I extends object>({ fields }: Handover<I>, declared: I): string[] =>
    fields.map(({ label, shown }) => `${label}: ${shown(declared) ?? ""}`);
  expect(form(credentialHandover, declaredCredential)).toEqual([
    "Organization: Contoso",
    "Client ID: aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
    "Display Name: Contoso audit",
  ]);
  expect(form(sourceHandover, declaredSource)).toEqual([
    "Organization: Contoso",
    "Source Group: Exchange Online",
    `Tenant ID: ${tenantId}`,
    "Crawl Source: ON",
    "Credentials: Contoso audit",
  ]);
  expect(form(connectorHandover, { ...declaredConnector, collectNonOwnerMailboxAuditData: false })).toEqual([
    `Tenant ID of the source: ${tenantId}`,
    "Exchange Online Activity: ON",
    "Collect non-owner mailbox audit data: not checked",
  ]);
});

test.each([
  ["ON", true],
  [" off ", false],
  ["Yes", true],
  ["no", false],
  ["TRUE", true],
  ["false", false],
  ["checked", true],
  ["unchecked", false],
  ["Not  checked", false],
  ["perhaps", undefined],
  ["", undefined],
  ["constructor", undefined],
])("a switch that is typed as %j is read as %j", (typed, value) => {
  expect(read(sourceHandover, "crawlSource", typed, declaredSource)).toBe(value);
  expect(read(connectorHandover, "collectNonOwnerMailboxAuditData", typed, declaredConnector)).toBe(value);
});

test("a GUID is read however it is written, and anything else is none", () => {
  expect(read(sourceHandover, "tenantId", ` {${tenantId.toUpperCase()}} `, declaredSource)).toBe(tenantId);
  expect(read(sourceHandover, "tenantId", "contoso.onmicrosoft.com", declaredSource)).toBeUndefined();
  expect(read(credentialHandover, "clientId", "", declaredCredential)).toBeUndefined();
});

test("blanks around a name are no difference, another name is", () => {
  expect(read(sourceHandover, "sourceGroup", " Exchange Online\t", declaredSource)).toBe("Exchange Online");
  expect(read(sourceHandover, "sourceGroup", "A", { ...declaredSource, sourceGroup: " A " })).toBe(" A ");
  expect(read(sourceHandover, "sourceGroup", "exchange online", declaredSource)).toBe("exchange online");
  expect(read(sourceHandover, "sourceGroup", "  ", declaredSource)).toBeUndefined();
});

test("credentials are told by the name in the drop-down, without one by their id", () => {
  expect(read(sourceHandover, "credentialId", "Contoso audit", declaredSource)).toBe(credentialId);
  expect(read(sourceHandover, "credentialId", "Others", declaredSource)).toBe("Others");
  const { credentialDisplayName: _, ...nameless } = declaredSource;
  expect(read(sourceHandover, "credentialId", credentialId, nameless)).toBe(credentialId);
  expect(read(sourceHandover, "credentialId", "", declaredSource)).toBeUndefined();
});

test("a connector's source is told by its tenant", () => {
  expect(read(connectorHandover, "sourceId", otherTenantId.toUpperCase(), declaredConnector)).toBe(
    `operator:Contoso/${otherTenantId}`,
  );
  expect(read(connectorHandover, "sourceId", "src_1", { ...declaredConnector, sourceId: "src_1" })).toBe("src_1");
  expect(read(connectorHandover, "sourceId", " ", declaredConnector)).toBeUndefined();
});

test("what is not known yet is shown as nothing", () => {
  const shown = sourceHandover.fields.map((field) =>
    field.shown({
      ...declaredSource,
      crawlSource: notKnownYet as unknown as boolean,
      credentialDisplayName: notKnownYet,
    }),
  );
  expect(shown).toEqual(["Contoso", "Exchange Online", tenantId, undefined, undefined]);
});

test("no text that is typed is an error", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (typed) => {
      for (const field of credentialHandover.fields) field.read(typed, declaredCredential);
      for (const field of sourceHandover.fields) field.read(typed, declaredSource);
      for (const field of connectorHandover.fields) field.read(typed, declaredConnector);
    }),
  );
});

describe("ids", () => {
  test("of credentials tell the declarations of an organization apart, and are the same in each run", () => {
    const one = credentialHandover.idOf(declaredCredential, "urn:pulumi:a::b::c::one");
    expect(one).toMatch(/^operator:Contoso\/credentials\/[0-9a-f]{8}$/);
    expect(credentialHandover.idOf(declaredCredential, "urn:pulumi:a::b::c::one")).toBe(one);
    expect(credentialHandover.idOf(declaredCredential, "urn:pulumi:a::b::c::other")).not.toBe(one);
  });

  test("of sources and connectors say where they are, whatever the organization is called", () => {
    expect(sourceId).toBe(`operator:Contoso/${tenantId}`);
    expect(connectorHandover.idOf(declaredConnector, "")).toBe(`operator:Contoso/${tenantId}/exchangeOnlineActivity`);
    const slashed = sourceHandover.idOf({ ...declaredSource, organization: "a/b:c" }, "");
    expect(read(connectorHandover, "sourceId", otherTenantId, { ...declaredConnector, sourceId: slashed })).toBe(
      `operator:a/b:c/${otherTenantId}`,
    );
  });
});

describe("what is given out", () => {
  test("before anyone attested anything is only the id", () => {
    expect(credentialHandover.outputs(credentialId, declaredCredential, undefined)).toEqual({ credentialId });
    expect(sourceHandover.outputs(sourceId, declaredSource, undefined)).toEqual({ sourceId, adopted: false });
    expect(connectorHandover.outputs("c", declaredConnector, undefined)).toEqual({ connectorId: "c", adopted: false });
  });

  test("of an attestation is the product's own id, and of its certificate what there is in it", async () => {
    const { certificatePem, privateKeyPem } = await testCertificate({ to: "2028-11-21T00:00:00Z" });
    const entry = enteredAs(credentialHandover, declaredCredential, {
      id: "cred-7",
      certificate: `${privateKeyPem}\n${certificatePem}`,
    });
    const outputs = credentialHandover.outputs(credentialId, declaredCredential, entry);
    expect(outputs).toEqual({
      credentialId,
      vendorId: "cred-7",
      certificatePem: expect.any(String),
      certificateThumbprint: new X509Certificate(certificatePem).fingerprint.replaceAll(":", ""),
      certificateEndDate: "2028-11-21T00:00:00Z",
    });
    expect(outputs["certificateThumbprint"]).toMatch(/^[0-9A-F]{40}$/);
    expect(JSON.stringify(outputs)).not.toContain("PRIVATE KEY");
    const again = new X509Certificate(String(outputs["certificatePem"]));
    expect(again.raw).toEqual(new X509Certificate(certificatePem).raw);
  });

  test("of a source and a connector is the product's own id too", () => {
    const entry = enteredAs(sourceHandover, declaredSource, { id: "src-42" });
    expect(sourceHandover.outputs(sourceId, declaredSource, entry)).toMatchObject({ vendorId: "src-42" });
    expect(connectorHandover.outputs("c", declaredConnector, entry)).toMatchObject({ vendorId: "src-42" });
  });
});
