import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { InvalidInput } from "../provider/core/errors";
import { syntaxErrors } from "../provider/exchange/powershell/testing/grammar";
import { addPowershellCommand } from "./powershell";

const connection = ["--organization", "contoso.onmicrosoft.com", "--client-id", "aaaaaaaa-2222-4333-8444-555555555555"];
let written = "";

beforeEach(() => {
  written = "";
  jest.spyOn(process.stdout, "write").mockImplementation((text) => {
    written += String(text);
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
});

async function m365audit(...args: string[]): Promise<void> {
  const program = new Command().exitOverride();
  addPowershellCommand(program);
  await program.parseAsync(["powershell", ...args], { from: "user" });
}

async function problems(...args: string[]): Promise<readonly string[]> {
  try {
    await m365audit(...args);
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems.map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
}

describe("m365audit powershell", () => {
  it("prints a script that can be scheduled", async () => {
    await m365audit(...connection, "--thumbprint", "ab".repeat(20), "--recipient-types", "UserMailbox,SharedMailbox");
    expect(await syntaxErrors(written)).toEqual([]);
    expect(written).toContain(`-CertificateThumbprint '${"AB".repeat(20)}'`);
    expect(written).toContain("@('SharedMailbox', 'UserMailbox')");
    expect(written).toContain("#Requires -Version 7.4");
  });

  it("writes it to a file, and then prints nothing", async () => {
    const folder = mkdtempSync(join(tmpdir(), "m365audit-cli-"));
    try {
      const file = join(folder, "audit.ps1");
      await m365audit(...connection, "--certificate-file", "C:\\it's\\app.pfx", "--match", "exactly", "--out", file);
      const script = readFileSync(file, "utf8");
      expect(await syntaxErrors(script)).toEqual([]);
      expect(script).toContain("-CertificateFilePath 'C:\\it''s\\app.pfx'");
      expect(written).toBe("");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("passes actions on that it does not know, and says so beside the script", async () => {
    const warned = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    const options = ["--baseline", "custom", "--audit-owner", "Teleport,Update", "--thumbprint", "ab".repeat(20)];
    await m365audit(...connection, ...options);
    expect(written).toContain("AuditOwner = @('Teleport', 'Update')");
    expect(warned.mock.calls.map(([text]) => text)).toEqual([
      "warning: auditOwner: Teleport is passed on: it is not known here, so it is for Exchange to judge\n",
    ]);
  });

  it("tells everything that is wrong at once, by the options' names", async () => {
    const told = await problems(
      ...["--baseline", "custom", "--match", "about", "--audit-owner", "FolderBind", "--client-id", "contoso"],
      ...["--recipient-types", "GroupMailbox", "--max-failures", "few", "--bypass-others", "keep"],
    );
    expect(told.map((problem) => problem.split(":")[0])).toEqual([
      "--match",
      "--audit-owner",
      "--recipient-types",
      "--max-failures",
      "--bypass-others",
      "--client-id",
      "--organization",
      "--certificate-file, --thumbprint",
    ]);
    expect(told.at(-1)).toContain("nothing was given; allowed: one of the two");
    expect(written).toBe("");
  });

  it("takes one certificate, not two", async () => {
    const told = await problems(...connection, "--certificate-file", "a.pfx", "--thumbprint", "AB".repeat(20));
    expect(told).toEqual(["--certificate-file, --thumbprint: both were given; allowed: one of the two"]);
  });
});
