import { parse, syntaxErrors, textsOf } from "../powershell/testing/grammar";
import type { PrivateKeyPlace } from "../../identity/privateKey";
import { netwrixNonOwner } from "../auditActions";
import { applyScript, type Connection, removeScript, type ScriptSettings } from "./script";

const connection: Connection = {
  clientId: "aaaaaaaa-2222-4333-8444-555555555555",
  organization: "contoso.onmicrosoft.com",
  tenantId: "11111111-2222-4333-8444-555555555555",
  certificate: { from: "stdin" },
};
const connections: Readonly<Record<string, Connection>> = {
  "with PEMs": connection,
  "with a key in a file": { ...connection, certificate: { from: "stdin", key: { file: "it's here/key.pem" } } },
  "with a key in the environment": {
    ...connection,
    certificate: { from: "stdin", key: { environmentVariable: "KEY" } },
  },
  "with a file": { ...connection, certificate: { from: "file", path: "C:\\it's here\\app.pfx" } },
  "with a thumbprint": { ...connection, certificate: { from: "thumbprint", thumbprint: "AB".repeat(20) } },
};
const rules: readonly ScriptSettings[] = (["atLeast", "exactly"] as const).flatMap((match) => [
  { match },
  { match, baseline: "microsoftManaged" },
  { match, baseline: "custom", auditAdmin: ["Copy"], auditOwner: ["Update", "MailboxLogin"] },
]);
const scopes: readonly ScriptSettings[] = [
  {},
  { bypass: { allow: ["O'Neil", "svc@contoso.com"], others: "report" }, maxFailures: 7 },
  { include: ["ada@contoso.com"], exclude: ["bob@contoso.com"], bypass: { allow: ["svc@contoso.com"] } },
  { filter: "CustomAttribute1 eq 'it''s' and (IsMailboxEnabled eq true or Alias -like 'svc*')", exclude: ["o'neil"] },
];
const variants = Object.entries(connections).flatMap(([name, one]) =>
  rules.flatMap((rule) =>
    scopes.flatMap((scope) => {
      const settings: ScriptSettings = { ...rule, ...scope, onDelete: "restoreDefaults" };
      const what = `${name}, ${JSON.stringify({ ...rule, ...scope })}`;
      return [
        [`apply ${what}`, applyScript(settings, one)] as const,
        [`remove ${what}`, removeScript(settings, one) ?? ""] as const,
      ];
    }),
  ),
);

test.each(variants)("%s is PowerShell", async (_name, script) => {
  expect(script).not.toBe("");
  expect(await syntaxErrors(script)).toEqual([]);
});

test.each([
  ["an open block", (script: string) => script.replace("finally {", "finally ")],
  ["an open string", (script: string) => script.replace("'Stop'", "'Stop")],
  ["a missing comma", (script: string) => script.replace("'Minimum', 'Audit'", "('Minimum' 'Audit')")],
  ["a missing condition", (script: string) => script.replace(/if \(-not \$IsWindows\)/, "if ")],
])("a script with %s is no PowerShell", async (_name, broken) => {
  const script = applyScript({}, connection);
  expect(broken(script)).not.toBe(script);
  expect(await syntaxErrors(broken(script))).not.toEqual([]);
});

const automatic = ["$_", "$null", "$true", "$false", "$PSVersionTable", "$IsWindows"];
const names = (found: readonly string[]): Set<string> =>
  new Set(found.map((text) => text.replace("@", "$").toLowerCase()));

test.each(variants)("%s reads no variable that it never sets", async (_name, script) => {
  const root = await parse(script);
  const used = names(await textsOf(script, "variable"));
  const set = names([
    ...automatic,
    ...root.descendantsOfType("left_assignment_expression").flatMap((node) => node?.text.match(/\$\w+/)?.[0] ?? []),
    ...root
      .descendantsOfType("foreach_statement")
      .flatMap((node) => node?.descendantsOfType("variable")[0]?.text ?? []),
    ...root.descendantsOfType("script_parameter").flatMap((node) => node?.descendantsOfType("variable")[0]?.text ?? []),
  ]);
  expect([...used].filter((name) => !set.has(name))).toEqual([]);
});

test.each(variants)("%s calls nothing but what is known, and stops when a cmdlet fails", async (_name, script) => {
  const own = await textsOf(script, "function_name");
  const cmdlets =
    /^(?:Get|Set)-(?:Mailbox|MailboxAuditBypassAssociation|OrganizationConfig|AdminAuditLogConfig)$|^(?:Connect|Disconnect)-ExchangeOnline$|^Get-(?:EXOMailbox|ConnectionInformation)$|^Enable-OrganizationCustomization$|^Import-Module$|^Get-Content$/;
  const plain = /^(?:Get-Module|Join-Path|Remove-Item|ConvertTo-Json|Where-Object|ForEach-Object|Select-Object)$/;
  for (const command of (await parse(script)).descendantsOfType("command")) {
    // The grammar has a node of its own for ForEach-Object.
    const name = command?.descendantsOfType("command_name")[0]?.text ?? command?.text.split(" ")[0] ?? "";
    if (cmdlets.test(name)) expect(command?.text).toContain("@always");
    else expect([...own, "plain"]).toContain(plain.test(name) ? "plain" : name);
  }
});

test("every mailbox is listed, and the session always ends", async () => {
  for (const [, script] of variants) {
    expect(script).toContain("-ResultSize Unlimited");
    const [last] = (await textsOf(script, "finally_clause")).slice(-1);
    expect(last).toContain("Disconnect-ExchangeOnline -Confirm:$false");
  }
});

test("only what a mailbox lacks is added, unless the list is to be exact", () => {
  const least = applyScript({}, connection);
  expect(least).toContain("@{ Add = $missing }");
  for (const action of netwrixNonOwner.Admin) expect(least).toContain(`'${action}'`);
  expect(applyScript({ match: "exactly" }, connection)).not.toContain("Add = ");
});

test("an empty exact list records nothing", () => {
  const script = applyScript({ baseline: "custom", match: "exactly", auditOwner: ["None"] }, connection);
  expect(script).toContain("AuditOwner = @()");
  expect(script).toContain("'None'");
});

test("an action that is not known is in the script as one text, whatever it is", async () => {
  const script = applyScript({ baseline: "custom", auditOwner: ["Teleport", "x'; Remove-Mailbox"] }, connection);
  expect(script).toContain("AuditOwner = @('Teleport', 'x''; Remove-Mailbox')");
  expect(await syntaxErrors(script)).toEqual([]);
});

test("Microsoft's defaults are handed back before what a pinned list lacks is added", () => {
  const script = applyScript({ baseline: "microsoftManaged" }, connection);
  expect(script.indexOf("@{ DefaultAuditSet =")).toBeGreaterThan(0);
  expect(script.indexOf("@{ DefaultAuditSet =")).toBeLessThan(script.indexOf("@{ Add = $missing }"));
});

test("accounts on bypass are only listed when others are to be reported", () => {
  expect(applyScript({}, connection)).toContain("Set-MailboxAuditBypassAssociation");
  expect(applyScript({ bypass: { others: "report" } }, connection)).not.toContain("Set-MailboxAuditBypassAssociation");
});

test("the other clouds are named to Connect-ExchangeOnline", () => {
  expect(applyScript({}, { ...connection, environment: "china" })).toContain("-ExchangeEnvironmentName O365China");
  expect(applyScript({}, { ...connection, environment: "public" })).not.toContain("-ExchangeEnvironmentName");
});

test("a filter is Exchange's own, as one text", () => {
  const script = applyScript({ filter: "CustomAttribute1 eq 'it''s' and IsMailboxEnabled eq true" }, connection);
  expect(script).toContain("-Filter '(CustomAttribute1 -eq ''it''''s'') -and (IsMailboxEnabled -eq $true)'");
});

test("nothing is to be done on deletion unless defaults are to be restored", () => {
  expect(removeScript({}, connection)).toBeUndefined();
  expect(removeScript({ onDelete: "keep" }, connection)).toBeUndefined();
});

describe("a key that is kept elsewhere", () => {
  const scriptWith = (key: PrivateKeyPlace): string =>
    applyScript({}, { ...connection, certificate: { from: "stdin", key } });

  test("is read from its file, whatever the file is called", () => {
    const script = scriptWith({ file: "it's here/[key].pem" });
    expect(script).toContain("$key = Get-Content -LiteralPath 'it''s here/[key].pem' -Raw @always");
    expect(script).toContain("CreateFromPem($pem, $key)");
  });

  test("is read from its environment variable, and the script stops when there is none", () => {
    const script = scriptWith({ environmentVariable: "EXCHANGE_KEY" });
    expect(script).toContain("[System.Environment]::GetEnvironmentVariable('EXCHANGE_KEY')");
    expect(script).toContain("throw 'the environment variable EXCHANGE_KEY is not set where Pulumi runs'");
  });
});

describe("the certificate from standard input", () => {
  const script = applyScript({}, connection);

  test("is read from there, which only works while nothing uses $input", () => {
    expect(script).toContain("[Console]::In.ReadToEnd()");
    expect(script.toLowerCase()).not.toContain("$input");
  });

  test("goes to a file that is private from the start, in a folder that is", () => {
    expect(script).toContain("CreateTempSubdirectory");
    expect(script).toContain("$options.UnixCreateMode = [System.IO.UnixFileMode] 'UserRead, UserWrite'");
    expect(script).toContain("[System.IO.FileMode]::CreateNew");
  });

  test("is removed whatever happens, and before anything else is tidied up", async () => {
    const root = await parse(script);
    const statements = root.descendantsOfType("try_statement").map((node) => node?.text ?? "");
    const outer = statements.find((statement) => statement.includes("CreateTempSubdirectory")) ?? "";
    const ending = outer.slice(outer.lastIndexOf("\nfinally {"));
    expect(ending).toContain("Remove-Item -LiteralPath $folder -Recurse -Force");
    expect(ending.indexOf("Remove-Item")).toBeLessThan(ending.indexOf("Disconnect-ExchangeOnline"));
  });

  test("is encrypted under a password that is nowhere but in the process", () => {
    expect(script).toContain("RandomNumberGenerator]::GetBytes(32)");
    expect(script).toContain("-CertificateFilePath $pfxFile -CertificatePassword $pfxPassword");
  });
});
