import * as pulumi from "@pulumi/pulumi";
import { mockEngine, valueOf } from "../pulumi/testing/mockEngine";
import { MailboxAuditPolicy } from "./mailboxAuditPolicy";

const connection = {
  tenantId: "11111111-2222-4333-8444-555555555555",
  clientId: "aaaaaaaa-2222-4333-8444-555555555555",
  certificatePem: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
  privateKeyPem: "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
};
const type = "pulumi-nodejs:dynamic/m365audit/exchange:MailboxAudit";
const results = {
  mailboxes: 50,
  compliant: 50,
  changed: 12,
  failed: { count: 0, sample: [] },
  scannedAt: "2026-03-01T00:00:00.000Z",
  fullScanAt: "2026-02-28T00:00:00.000Z",
};

test("the component is one resource, whose results are its own", async () => {
  const engine = await mockEngine({ outputs: (of) => (of === type ? results : {}) });
  const { result, resources } = await engine.run(
    () => new MailboxAuditPolicy("contoso", { ...connection, bypass: { allow: ["svc@contoso.com"] } }),
  );
  const audit = resources.find((resource) => resource.type === type);
  expect(audit).toMatchObject({ name: "contoso-mailbox-audit", parent: "contoso" });
  expect(audit?.inputs).toMatchObject({ ...connection, bypassAllow: ["svc@contoso.com"], bypassOthers: "remove" });
  expect(audit?.inputs).not.toHaveProperty("bypass");
  expect(audit?.secrets).toContain("privateKeyPem");
  expect(await valueOf(result.changed)).toBe(12);
});

test("cloud, scope, scan and limit go to the resource as they are", async () => {
  const engine = await mockEngine({ outputs: (of) => (of === type ? results : {}) });
  const given = {
    environment: "usGovernment",
    include: ["ada@contoso.com"],
    filter: "CustomAttribute1 -eq 'Finance'",
    scan: "incremental",
    fullScanEvery: "1d",
    maxFailures: 3,
  } as const;
  const { result, resources } = await engine.run(
    () => new MailboxAuditPolicy("contoso", { ...connection, ...given, include: [...given.include] }),
  );
  expect(resources.find((resource) => resource.type === type)?.inputs).toMatchObject(given);
  expect(await valueOf(result.fullScanAt)).toBe(results.fullScanAt);
});

test("what is wrong is told at once, and nothing is registered", async () => {
  const engine = await mockEngine();
  const { problems, registered } = await engine.refused(
    () =>
      new MailboxAuditPolicy("contoso", {
        ...connection,
        tenantId: "contoso",
        baseline: "custom",
        auditOwner: ["FolderBind"],
        recipientTypes: ["GroupMailbox" as "UserMailbox"],
      }),
  );
  expect(registered).toEqual([]);
  expect(problems.map((problem) => problem.split(":")[0])).toEqual(["tenantId", "auditOwner[0]", "recipientTypes[0]"]);
});

test("values that are only known later are taken", async () => {
  const engine = await mockEngine({ outputs: (of) => (of === type ? results : {}) });
  const { resources } = await engine.run(
    () =>
      new MailboxAuditPolicy("contoso", {
        ...connection,
        baseline: "custom",
        auditAdmin: pulumi.output(["Copy"] as const).apply((list) => [...list]),
        bypass: pulumi.output({ others: "report" as const }),
      }),
  );
  const audit = resources.find((resource) => resource.type === type);
  expect(audit?.inputs).toMatchObject({ auditAdmin: ["Copy"], bypassAllow: [], bypassOthers: "report" });
});
