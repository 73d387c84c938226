import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fingerprintOf } from "../provider/operator/entry";
import {
  audit,
  changed,
  connector,
  credential,
  dataset,
  dataSource,
  type Ended,
  exportedState,
  keyId,
  newProject,
  source,
  stack,
  type TestProject,
} from "./operator/testing/project";
import { runAttest } from "./runAttest";
import { runRunbook } from "./runRunbook";
import { runVerify } from "./runVerify";
import type { VerifyArguments } from "./verifyArguments";

let project: TestProject;
beforeEach(async () => {
  project = await newProject();
  await project.export(exportedState(audit));
  await attest();
});
afterEach(() => project.close());

const options = { stack, state: "state.json" };

async function attest(): Promise<void> {
  await project.run((here) => runAttest([], { ...options, all: true, by: "anna@contoso.com" }, here));
}

function verify(more: Partial<VerifyArguments> = {}): Promise<Ended> {
  return project.run((here) => runVerify({ ...options, export: "form.yaml", by: "ben@contoso.com", ...more }, here));
}

function form(): Promise<string> {
  return readFile(join(project.root, "form.yaml"), "utf8");
}

/** The form with what someone typed after each of the labels, in the first block that has it. */
async function fill(typed: Readonly<Record<string, string>>): Promise<void> {
  const { rm } = await import("node:fs/promises");
  await rm(join(project.root, "form.yaml"), { force: true });
  await verify();
  let text = await form();
  for (const [label, value] of Object.entries(typed)) {
    expect(text).toContain(`  ${label}:\n`);
    text = text.replace(`  ${label}:\n`, () => `  ${label}: ${value}\n`);
  }
  await writeFile(join(project.root, "form.yaml"), text);
}

async function actions(): Promise<string[]> {
  return (await project.entries())
    .map(({ resource, action }) => `${resource.split("::").at(-1) ?? ""} ${action}`)
    .sort();
}

const attested = ["audit-connector entered", "audit-credential entered", "audit-source entered"];

describe("the form of m365audit verify", () => {
  it("is written where it is not there, in the product's words, with every field empty", async () => {
    const { code, output, errors } = await verify();
    expect([code, errors]).toEqual([0, ""]);
    expect(output).toMatch(
      /^Nothing was compared yet: form\.yaml was not there, so the form was written to it, for 3 resources\./,
    );
    const text = await form();
    expect(text).toContain("#   npx m365audit verify --stack contoso --export form.yaml\n");
    expect(text).toMatch(/\n# Source in Netwrix 1Secure\naudit-source:\n/);
    expect(text).toContain("\n  # ON or OFF\n  Crawl Source:\n");
    expect(text).not.toContain("Client Secret");
  });

  it("says that nothing was looked at while it is empty, which is neither drift nor a check that was passed", async () => {
    await verify();
    const { code, output } = await verify();
    expect(code).toBe(2);
    expect(output).toContain("audit-source (Source in Netwrix 1Secure): not looked at\n");
    expect(output).toContain("Nothing was looked at: every field of the form is empty.");
  });

  it("takes everything as text that was typed, and tells all that is wrong with it at once, by line", async () => {
    await fill({ "Crawl Source": "perhaps", "Exchange Online Activity": "on" });
    const text = (await form())
      .replace(/\n {2}Source Group:\n/, "\n")
      .replace("audit-connector:", "audit-conector:")
      .replace("Display Name:", "Display name: x");
    await writeFile(join(project.root, "form.yaml"), text);
    const lineOf = (part: string): number => text.split("\n").findIndex((line) => line.includes(part)) + 1;
    const { code, output, errors } = await verify();
    expect([code, output]).toEqual([2, ""]);
    const at = (line: number, message: string): string => `  - line ${String(line)}: ${message}`;
    expect(errors).toContain(at(lineOf("Crawl Source"), 'Crawl Source: "perhaps" was given; allowed: ON or OFF'));
    expect(errors).toContain(at(lineOf("audit-source:"), '"Source Group" is missing in audit-source; leave it empty'));
    expect(errors).toContain(at(lineOf("Display name"), '"Display name" is no field of audit-credential; allowed: '));
    expect(errors).toContain(at(lineOf("audit-credential:"), '"Display Name" is missing in audit-credential'));
    expect(errors).toContain(at(lineOf("audit-conector"), '"audit-conector" is no resource that a person applies'));
    expect(errors).toContain('the block "audit-connector" is missing');
    expect(errors).toContain("6 problems:");
  });

  it("tells what is no YAML by line, and does not repeat it", async () => {
    await fill({ "Source Group": "Exchange: Online", "Display Name": "@m365 secret" });
    const { code, errors } = await verify();
    expect(code).toBe(2);
    expect(errors).toMatch(
      /line \d+: this cannot be read as YAML \(\w+\); a text with ": " .* goes in quotation marks/,
    );
    expect(errors).not.toContain("secret");
    await writeFile(join(project.root, "form.yaml"), "- a\n- b\n");
    expect((await verify()).errors).toContain("line 1: allowed: a block with a line for each field");
    await writeFile(join(project.root, "form.yaml"), "audit-source:\n  Crawl Source: ON\n  Crawl Source: OFF\n");
    expect((await verify()).errors).toContain("line 3: given twice; allowed: once");
  });

  it("is not written for a stack in which no person applies anything", async () => {
    await project.export(exportedState([]));
    const { code, output } = await verify();
    expect([code, output]).toEqual([0, expect.stringContaining("nothing that a person applies")]);
    await expect(form()).rejects.toThrow("ENOENT");
  });

  it("survives names of resources and values that mean something in YAML", async () => {
    const odd = 'null: [a] # "b"\n- c';
    await project.export(exportedState([{ ...source, name: odd }, changed(dataset, { name: "yes" })]));
    await attest();
    await fill({ "Crawl Source": "ON", "Source Group": '"Exchange Online"', "Data Set": "yes" });
    const { code, output, errors } = await verify();
    expect([code, errors]).toEqual([0, expect.not.stringContaining("YAML")]);
    expect(output).toContain("as declared, in 2 fields of");
    expect(output).toContain("No drift: 2 resources of 2 looked at.");
  });
});

describe("m365audit verify", () => {
  it("ends with 0 when what was typed is as declared, however it was written", async () => {
    await fill({ "Crawl Source": "on", "Client ID": "0B7A1F7C-6F1D-4C0E-9D1B-5A4F0A5D7C11" });
    const { code, output, errors } = await verify();
    expect([code, errors]).toEqual([0, ""]);
    expect(output).toMatch(
      /audit-source \(Source in Netwrix 1Secure\): as declared, in 1 field of \d\n {2}Not looked at: .*Source Group/,
    );
    expect(output).toContain("No drift: 2 resources of 3 looked at.");
  });

  it("ends with 1 and reports drift property by property, without writing anything", async () => {
    await fill({ "Crawl Source": "OFF", "Source Group": "Mail", "Display Name": "m365audit" });
    const { code, output } = await verify();
    expect(code).toBe(1);
    expect(output).toContain("audit-source (Source in Netwrix 1Secure): 2 differences\n");
    expect(output).toContain("  Crawl Source: declared ON, found OFF\n");
    expect(output).toContain("  Source Group: declared Exchange Online, found Mail\n");
    expect(output).toContain("Drift: 1 resource not as declared; 2 resources of 3 looked at.");
    expect(await actions()).toEqual(attested);
  });

  it("reads NOW Privacy's fields too", async () => {
    await project.export(exportedState([dataset, dataSource]));
    await attest();
    await fill({
      "Ingestion scope": '"Group email: contoso.com, sales@contoso.com"',
      Country: "United Kingdom",
      "Crawl priority": "0.50",
    });
    const { code, output } = await verify();
    expect(code).toBe(1);
    expect(output).toContain("mail-exchange (DataSource in NOW Privacy): 1 difference\n");
    expect(output).toMatch(
      / {2}Ingestion scope: declared Everything, found Group email: contoso\.com, sales@contoso\.com\n/,
    );
  });
});

describe("m365audit verify --record", () => {
  it("takes (empty) for a field in which nothing stands, where that can be", async () => {
    await project.export(exportedState([dataset, changed(dataSource, { customDescription: "Old mail" })]));
    await attest();
    await fill({ "Custom Description": "(empty)" });
    const { code, output } = await verify({ record: true });
    expect([code, output]).toEqual([
      1,
      expect.stringContaining("  Custom Description: declared Old mail, found (empty)\n"),
    ]);
    const found = (await project.entries()).find(({ action }) => action === "found");
    expect(found?.values).toMatchObject({ crawlPriority: 0.5 });
    expect(found?.values).not.toHaveProperty("customDescription");
    expect((await project.run((here) => runRunbook(options, here))).output).toContain("`Old mail`");
    await fill({ Country: "(empty)" });
    expect((await verify()).errors).toMatch(/Country: "\(empty\)" was given; allowed: its name or code/);
  });

  it("records what differs, so that the runbook has the steps to repair it, and the secret stays", async () => {
    await fill({ "Crawl Source": "OFF", "Display Name": "other" });
    const { code, output } = await verify({ record: true });
    expect(code).toBe(1);
    expect(output).toContain("audit-source: recorded what ben@contoso.com found.\n");
    expect(output).not.toContain("audit-connector: not recorded");
    expect(output).toMatch(/Next: commit attestations\/contoso\.json/);
    const found = (await project.entries()).filter(({ action }) => action === "found");
    expect(found).toEqual([
      expect.objectContaining({
        by: "ben@contoso.com",
        values: { organization: "Contoso", displayName: "other", clientId: credential.inputs["clientId"] },
        secret: { keyId, endDate: "2027-06-01T00:00:00Z" },
      }),
      expect.objectContaining({
        values: expect.objectContaining({ crawlSource: false, sourceGroup: "Exchange Online" }),
      }),
    ]);
    const { output: runbook, errors } = await project.run((here) => runRunbook(options, here));
    expect(runbook).toMatch(/Turn \*\*Crawl Source\*\* \*\*OFF → ON\*\*/);
    expect(errors).toContain("audit-source: ben@contoso.com found it otherwise in the product");
  });

  it("takes what was found away again once it is as it was attested, and only where someone looked", async () => {
    await fill({ "Crawl Source": "OFF", "Display Name": "other" });
    await verify({ record: true });
    await fill({ "Crawl Source": "ON" });
    const { code, output } = await verify({ record: true });
    expect([code, output]).toEqual([
      0,
      expect.stringContaining("audit-source: is as it was attested; what was found before is taken away."),
    ]);
    expect(await actions()).toEqual([...attested.slice(0, 2), "audit-credential found", "audit-source entered"].sort());
  });

  it("keeps what was found before of fields that nobody looked at this time", async () => {
    await fill({ "Crawl Source": "OFF" });
    await verify({ record: true });
    await fill({ "Source Group": "Mail" });
    await verify({ record: true });
    const found = (await project.entries()).filter(({ action }) => action === "found");
    expect(found).toEqual([
      expect.objectContaining({ values: expect.objectContaining({ crawlSource: false, sourceGroup: "Mail" }) }),
    ]);
    const { output } = await verify({ record: true });
    expect(output).toContain("audit-source: not recorded: this was found before.");
  });

  it("ends with attesting the repair, which takes the place of what was found", async () => {
    await fill({ "Crawl Source": "OFF" });
    await verify({ record: true });
    await project.run((here) => runAttest(["audit-source"], { ...options, by: "anna@contoso.com" }, here));
    expect(await actions()).toEqual(attested);
  });

  it("claims nothing of what was never attested", async () => {
    await project.write("attestations/contoso.json", '{ "version": 1, "entries": [\nnull\n]}\n');
    await fill({ "Crawl Source": "OFF" });
    const { code, output } = await verify({ record: true });
    expect(code).toBe(1);
    expect(output).toContain("  Nobody has attested yet that it is as declared.\n");
    expect(output).toContain("audit-source: not recorded: it was never attested");
    expect(await actions()).toEqual([]);
  });

  it("takes what is as a changed declaration for something to attest, not for found", async () => {
    const off = changed(source, { crawlSource: false });
    await project.export(exportedState([credential, off, connector]));
    await fill({ "Crawl Source": "OFF" });
    const { code, output } = await verify({ record: true });
    expect([code, output]).toEqual([
      0,
      expect.stringContaining("it is as it is declared now, and not attested so; attest it"),
    ]);
    expect(await actions()).toEqual(attested);
    await fill({ "Crawl Source": "ON" });
    const behind = await verify({ record: true });
    expect([behind.code, behind.output]).toEqual([
      1,
      expect.stringContaining("not recorded: it is as it was attested"),
    ]);
  });

  it("signs what it records where signatures are asked for, and records nothing without", async () => {
    await fill({ "Crawl Source": "OFF" });
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(project.root, "ben")]);
    await project.write("signers", `ben@contoso.com ${await readFile(join(project.root, "ben.pub"), "utf8")}`);
    await project.write("attestations/contoso.json", '{ "version": 1, "entries": [\nnull\n]}\n');
    await project.write("Pulumi.contoso.yaml", "config:\n  m365audit:attestationSigners: signers\n");
    const signed = { ...options, by: "ben@contoso.com", sign: "ben" };
    await project.run((here) => runAttest([], { ...signed, all: true }, here));
    const refused = await verify({ record: true });
    expect([refused.code, refused.errors]).toEqual([2, expect.stringContaining("--sign: not given")]);
    expect(await actions()).toEqual(attested);
    expect((await verify({ record: true, sign: "ben" })).code).toBe(1);
    const found = (await project.entries()).find(({ action }) => action === "found");
    expect(found?.signature).toContain("BEGIN SSH SIGNATURE");
    expect(found?.fingerprint).toBe(fingerprintOf(found?.values ?? {}));
    expect((await project.run((here) => runRunbook(options, here))).code).toBe(0);
  });
});
