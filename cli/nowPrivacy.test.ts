import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Sandbox, startSandbox, type TenantInfo } from "../sandbox";
import { graphAppId, newApp, type TestApp } from "../sandbox/testing/apps";
import { connectTo, first, type Wire } from "../sandbox/testing/wire";
import { type Ended, runCommand } from "./testing/command";

// Compiling and starting a process of its own takes seconds on a busy machine.
jest.setTimeout(120_000);

let sandbox: Sandbox;
let wire: Wire;
let tenant: TenantInfo;
let app: TestApp;
let folder: string;
beforeAll(async () => {
  sandbox = await startSandbox();
  wire = connectTo(sandbox);
  tenant = first(sandbox.tenants);
  app = await newApp(wire, tenant, "NOW Privacy");
  for (const permission of ["Directory.Read.All", "Mail.Read", "Calendars.Read"]) {
    await app.consent(graphAppId, permission);
  }
  folder = mkdtempSync(join(tmpdir(), "m365audit-cli-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await wire.close();
  await sandbox.close();
});

function m365audit(args: readonly string[], secret?: string): Promise<Ended> {
  return command(["now-privacy", "test", ...args], secret);
}

function command(args: readonly string[], secret?: string): Promise<Ended> {
  return runCommand(args, {
    ...sandbox.environment(tenant),
    ...(secret === undefined ? {} : { M365AUDIT_NOWPRIVACY_CLIENT_SECRET: secret }),
  });
}

const source = (): readonly string[] => ["--tenant", tenant.id, "--client-id", app.clientId, "--service", "exchange"];

describe("m365audit now-privacy test", () => {
  it("prints what may be crawled and what was found, and ends with 0", async () => {
    const email = "finance@contoso.onmicrosoft.com";
    const { code, output, errors } = await m365audit(
      [...source(), "--scope", "group", "--email", email],
      app.clientSecret,
    );
    expect(errors).toBe("");
    expect(output).toMatch(/^Test Credentials\nSERVICE .*\nExchange +mailboxes +yes /);
    expect(output).toMatch(/OneDrive +drives +no +the token is without Files\.Read\.All/);
    expect(output).toMatch(/groupEmail finance@\S+ +yes +Microsoft 365 group “Finance”, 12 members/);
    expect(output).toMatch(/Warning: Office 365 cannot be fully validated without crawling it\.\n\nPassed\.\n$/);
    expect(output).not.toContain(app.clientSecret);
    expect(code).toBe(0);
  });

  it("ends with 1 when the scope is something else, and with 0 when that is to be ignored", async () => {
    const secretFile = join(folder, "secret");
    writeFileSync(secretFile, `${app.clientSecret}\n`, { mode: 0o600 });
    const email = "leadership@contoso.onmicrosoft.com";
    const args = [...source(), "--scope", "user", "--email", email, "--secret-file", secretFile, "--json"];
    const refused = await m365audit(args);
    expect([refused.code, JSON.parse(refused.output)]).toEqual([
      1,
      expect.objectContaining({
        passed: false,
        problem: expect.stringContaining("a distribution list is a group: use groupEmail") as string,
        found: [
          { lookedFor: "domain contoso.onmicrosoft.com", answer: "yes", found: "verified domain" },
          expect.objectContaining({ lookedFor: `userEmail ${email}`, answer: "no" }),
        ],
      }),
    ]);
    const ignored = await m365audit([...args, "--ignore-warnings"]);
    expect([ignored.code, JSON.parse(ignored.output)]).toEqual([0, expect.objectContaining({ passed: true })]);
  });

  it("tests the credential alone, and says when it is refused without repeating it", async () => {
    const good = await m365audit(source(), app.clientSecret);
    expect([good.code, good.output]).toEqual([0, expect.not.stringContaining("Test Connection")]);
    const wrong = "a-secret-that-is-wrong";
    const refused = await m365audit(source(), wrong);
    expect(refused.code).toBe(1);
    expect(refused.output).toMatch(/Exchange +mailboxes +no +AADSTS7000215/);
    expect(refused.output).toMatch(/Not passed: no token was given: AADSTS7000215/);
    expect(refused.output + refused.errors).not.toContain(wrong);
  });

  it("names what a credential is without, also for scripts and when warnings are ignored", async () => {
    const args = ["--tenant", tenant.id, "--client-id", app.clientId, "--service", "oneDrive"];
    const { code, output } = await m365audit([...args, "--json", "--ignore-warnings"], app.clientSecret);
    expect([code, JSON.parse(output)]).toEqual([
      1,
      expect.objectContaining({ passed: false, problem: "the credential is without Files.Read.All" }),
    ]);
  });

  it.each([[["now-privacy"]], [["now-privacy", "tset"]]])("ends with 2 for the command %j", async (args) => {
    const { code, errors } = await command(args);
    expect([code, errors]).toEqual([2, expect.stringMatching(/Usage: m365audit now-privacy|unknown command 'tset'/)]);
  });

  it("ends with 2 and tells everything that is wrong with the options at once", async () => {
    const args = [
      "--tenant",
      "contoso",
      "--service",
      "teams",
      "--scope",
      "user",
      "--email",
      "finance",
      "--wait",
      "long",
    ];
    const { code, output, errors } = await m365audit(args);
    expect([code, output]).toEqual([2, ""]);
    const told = [...errors.matchAll(/^ {2}- (.*?): /gm)].map(([, option]) => option);
    expect(told).toEqual(
      expect.arrayContaining([
        "--tenant",
        "--client-id",
        "--service",
        "--email",
        "--wait",
        "M365AUDIT_NOWPRIVACY_CLIENT_SECRET or --secret-file",
      ]),
    );
  });

  it.each([
    [
      ["--folder-path", "/Documents"],
      '--folder-path: "/Documents" was given; allowed: a folder path only with the service oneDrive',
    ],
    [["--email", "a@contoso.com"], '--email: "a@contoso.com" was given; allowed: only with --scope group or user'],
    [["--secret-file", "nowhere"], "both were given; allowed: one of the two"],
    [["--wait", "1.5"], '--wait: "1.5" was given; allowed: a whole number of seconds, such as 600'],
    [["--client-secret", "x"], "unknown option '--client-secret'"],
  ])("ends with 2 for %j", async (more, said) => {
    const { code, errors } = await m365audit([...source(), ...more], app.clientSecret);
    expect([code, errors]).toEqual([2, expect.stringContaining(said)]);
  });
});
