import { problemsOf } from "../core/validate";
import { mailboxAuditContract } from "./mailboxAuditContract";
import { mailboxAuditPolicyArgs } from "./mailboxAuditPolicyArgs";
import { actionWarnings } from "./mailboxAuditSettings";

const connection = {
  tenantId: "11111111-2222-4333-8444-555555555555",
  clientId: "aaaaaaaa-2222-4333-8444-555555555555",
  certificatePem: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
  privateKeyPem: "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
};
const problems = (given: object) => problemsOf(mailboxAuditContract.inputs, { ...connection, ...given });

test("a connection alone is enough", () => {
  expect(problems({})).toEqual([]);
  expect(mailboxAuditContract.inputs.parse(connection)).toMatchObject({
    baseline: "netwrixNonOwner",
    match: "atLeast",
    bypassOthers: "remove",
    onDelete: "keep",
  });
});

test("an action that Exchange does not record for the logon type is named, with where it does", () => {
  const [problem, ...others] = problems({ baseline: "custom", auditDelegate: ["Update", "Send"] });
  expect(others).toEqual([]);
  expect(problem?.path).toBe("auditDelegate[1]");
  expect(problem?.message).toMatch(
    /^"Send" was given; Exchange records it for Admin and Owner but not for Delegate; allowed: /,
  );
});

test("an action that is not known is taken, and told with what is known of it", () => {
  const given = {
    baseline: "custom",
    auditDelegate: ["Teleport", "AttachmentAccess", "Update"],
    auditOwner: ["AddFolderPermissions"],
  };
  expect(problems(given)).toEqual([]);
  expect(actionWarnings(given)).toEqual([
    "warning: auditDelegate: Teleport is passed on: it is not known here, so it is for Exchange to judge",
    "warning: auditDelegate: AttachmentAccess is passed on: scripts set it, but Microsoft's table of actions does not list it",
    "warning: auditOwner: AddFolderPermissions is passed on: Exchange accepts it, but UpdateFolderPermissions already covers it",
  ]);
  expect(actionWarnings({ auditAdmin: ["Copy", "None"], auditOwner: undefined })).toEqual([]);
});

test.each([
  ["update", /^"update" was given; Exchange spells it Update$/],
  [
    "Send As",
    /^"Send As" was given; allowed: the name of an action, in letters and digits; known: AddFolderPermissions, /,
  ],
  ["x'; Remove-Mailbox", /allowed: the name of an action/],
  ["", /allowed: the name of an action/],
])("%j can be no action", (name, message) => {
  const [problem, ...others] = problems({ baseline: "custom", auditDelegate: ["Move", name] });
  expect(others).toEqual([]);
  expect(problem?.path).toBe("auditDelegate[1]");
  expect(problem?.message).toMatch(message);
});

test("everything that is wrong is told at once", () => {
  const found = problems({
    tenantId: "contoso.onmicrosoft.com",
    recipientTypes: ["UserMailbox", "GroupMailbox", "Desk"],
    auditAdmin: ["Copy", "MailboxLogin"],
    match: "about",
    privateKeyPem: "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n",
  });
  expect(found.map(({ path }) => path).sort()).toEqual([
    "auditAdmin",
    "auditAdmin[1]",
    "match",
    "privateKeyPem",
    "recipientTypes[1]",
    "recipientTypes[2]",
    "tenantId",
  ]);
  const said = new Map(found.map(({ path, message }) => [path, message]));
  expect(said.get("tenantId")).toMatch(/^"contoso.onmicrosoft.com" was given; allowed: a GUID/);
  expect(said.get("recipientTypes[1]")).toContain("what Exchange audits in group mailboxes is fixed");
  expect(said.get("recipientTypes[2]")).toMatch(/^"Desk" was given; allowed: UserMailbox, SharedMailbox/);
  expect(said.get("auditAdmin")).toContain('only with baseline "custom"');
});

test("a private key is never repeated", () => {
  const [problem] = problems({
    privateKeyPem: "-----BEGIN EC PRIVATE KEY-----\nhunter2\n-----END EC PRIVATE KEY-----",
  });
  expect(problem?.path).toBe("privateKeyPem");
  expect(problem?.message).toMatch(/not shown.*RSA private key/);
  expect(problem?.message).not.toContain("hunter2");
});

test("what is no certificate is refused as one", () => {
  expect(problems({ certificatePem: connection.privateKeyPem }).map(({ path }) => path)).toEqual(["certificatePem"]);
});

test.each([
  ["a custom baseline needs a list", { baseline: "custom" }, "baseline"],
  ["the vendor's baseline takes none", { auditDelegate: ["Update"] }, "auditDelegate"],
  ["Microsoft's baseline takes none", { baseline: "microsoftManaged", auditOwner: ["Update"] }, "auditOwner"],
  ["an empty list says nothing", { baseline: "custom", auditOwner: [] }, "auditOwner"],
  ["None stands alone", { baseline: "custom", match: "exactly", auditOwner: ["None", "Update"] }, "auditOwner"],
  ["at least nothing asks for nothing", { baseline: "custom", auditOwner: ["None"] }, "auditOwner"],
  ["a policy about no mailbox is none", { recipientTypes: [] }, "recipientTypes"],
  ["an account has a name", { bypassAllow: [""] }, "bypassAllow[0]"],
  ["a policy that includes no mailbox is none", { include: [] }, "include"],
  ["a mailbox has a name", { exclude: [" "] }, "exclude[0]"],
  ["a mailbox is not both in and out", { include: ["Ada@contoso.com"], exclude: ["ada@contoso.com"] }, "exclude"],
  ["a filter is one", { filter: "Alias" }, "filter"],
  ["audit lists cannot be filtered by", { filter: "AuditOwner -eq 'Update'" }, "filter"],
  ["an interval is hours or days", { scan: "incremental", fullScanEvery: "7 days" }, "fullScanEvery"],
  ["an interval is at least an hour", { scan: "incremental", fullScanEvery: "30m" }, "fullScanEvery"],
  ["full scans have no interval", { fullScanEvery: "7d" }, "fullScanEvery"],
  ["failures are counted", { maxFailures: -1 }, "maxFailures"],
  ["a cloud is one that there is", { environment: "germany" }, "environment"],
])("%s", (_rule, given, path) => {
  expect(problems(given).map((problem) => problem.path)).toEqual([path]);
});

test("a filter is refused with what is wrong with it", () => {
  const [problem] = problems({ filter: "AuditDelegate -eq 'Update'" });
  expect(problem?.message).toContain("Exchange cannot filter mailboxes by AuditDelegate");
});

test("a scope, an incremental scan and a cloud can be declared", () => {
  expect(
    problems({
      environment: "usGovernmentDod",
      include: ["ada@contoso.com"],
      exclude: ["9d2c7f5e-0000-4000-8000-000000000001"],
      filter: "CustomAttribute1 -eq 'Finance'",
      scan: "incremental",
      fullScanEvery: "12h",
      maxFailures: 5,
    }),
  ).toEqual([]);
});

test("exactly nothing can be asked for", () => {
  expect(problems({ baseline: "custom", match: "exactly", auditOwner: ["None"] })).toEqual([]);
});

test("a rule about a value that is not known yet waits for it", () => {
  const later = Symbol("later");
  const isDeferred = (value: unknown): boolean => value === later;
  for (const given of [
    { baseline: "custom", auditAdmin: later },
    { baseline: later, auditAdmin: ["Copy"] },
    { baseline: "custom", match: later, auditOwner: ["None"] },
    { scan: later, fullScanEvery: "7d" },
    { include: later, exclude: ["ada@contoso.com"] },
  ]) {
    expect(problemsOf(mailboxAuditContract.inputs, { ...connection, ...given }, { isDeferred })).toEqual([]);
  }
});

test("the component knows its properties and no others", () => {
  const given = { ...connection, bypass: { allow: ["svc"], other: "remove" }, auditDelegates: ["Update"] };
  expect(problemsOf(mailboxAuditPolicyArgs, given).map(({ path, message }) => [path, message])).toEqual([
    ["bypass.other", "no such property"],
    ["auditDelegates", "no such property"],
  ]);
});
