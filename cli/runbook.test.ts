import { fingerprintOf } from "../provider/operator/entry";
import { stackWork } from "./operator/stackWork";
import {
  audit,
  changed,
  ciphertext,
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
  urnOf,
} from "./operator/testing/project";
import { runAttest } from "./runAttest";
import { runRunbook } from "./runRunbook";
import { runVerify } from "./runVerify";

let project: TestProject;
beforeEach(async () => {
  project = await newProject();
});
afterEach(() => project.close());

const options = { stack, state: "state.json" };

function runbook(more: { html?: boolean } = {}): Promise<Ended> {
  return project.run((here) => runRunbook({ ...options, ...more }, here));
}

async function attest(...names: string[]): Promise<void> {
  const what = names.length === 0 ? { all: true } : {};
  const { code, errors } = await project.run((here) =>
    runAttest(names, { ...options, ...what, by: "anna@contoso.com" }, here),
  );
  expect([code, errors]).toEqual([0, expect.not.stringContaining("m365audit: check")]);
}

const steps = (markdown: string): string[] => markdown.split("\n").filter((line) => line.startsWith("- [ ] "));

describe("m365audit runbook", () => {
  it("puts what is done in one dialog into one task, with its resources and how it is attested", async () => {
    await project.export(exportedState(audit));
    const { code, output, errors } = await runbook();
    expect([code, errors]).toEqual([0, ""]);
    expect(output).toMatch(/^# Run-sheet of stack `contoso`\n\n\*\*1 task, 17 steps\.\*\* /);
    expect(output).toContain(
      "For `audit-credential` (Credential in Netwrix 1Secure), `audit-source` (Source in Netwrix 1Secure), " +
        "`audit-connector` (Connector in Netwrix 1Secure).",
    );
    expect(steps(output)[0]).toMatch(/^- \[ \] 1\. Click \*\*Configuration\*\*/);
    expect(steps(output)).toHaveLength(17);
    expect(output).toContain(
      "npx m365audit attest --stack contoso audit-credential audit-source audit-connector --certificate FILE\n",
    );
    expect(output).toContain("`pulumi stack output clientSecret --show-secrets --stack contoso`");
  });

  it("is the same each time, whenever it is asked for", async () => {
    await project.export(exportedState([...audit, dataset, dataSource]));
    expect(await runbook()).toEqual(await runbook());
    expect(await runbook({ html: true })).toEqual(await runbook({ html: true }));
  });

  it("is in the order of the dependencies, whatever the order of the state", async () => {
    await project.export(exportedState([dataSource, dataset, ...audit].reverse()));
    const { output } = await runbook();
    expect(output.match(/^## .*/gm)).toEqual([
      expect.stringMatching(/^## 1\. Add the Exchange Online source/),
      expect.stringMatching(/^## 2\. Create the Exchange data source/),
    ]);
  });

  it("warns of a stack output that a step refers to and the stack does not have, and says what to add", async () => {
    await project.export(exportedState(audit, {}));
    const { code, output, errors } = await runbook();
    expect(code).toBe(0);
    expect(errors).toMatch(
      /^m365audit: warning: the steps of audit-credential refer to the stack output clientSecret, .* export const clientSecret = audit\.clientSecret;\n$/,
    );
    expect(output).toContain("> **Warning:** the steps of audit-credential refer to the stack output clientSecret");
  });

  it("says that nothing is open once everything is attested", async () => {
    await project.export(exportedState([...audit, dataset, dataSource]));
    await attest();
    const { code, output, errors } = await runbook();
    expect([code, errors, steps(output)]).toEqual([0, "", []]);
    expect(output).toContain("Nothing is open");
  });

  it("says only what changes after a change of the declaration, and why the attestation does not count", async () => {
    await project.export(exportedState(audit));
    await attest();
    await project.export(exportedState([credential, changed(source, { crawlSource: false }), connector]));
    const { output, errors } = await runbook();
    expect(errors).toMatch(
      /audit-source: the attestation of anna@contoso\.com \(2026-12-01T.*\) is of an earlier declaration/,
    );
    expect(output).toContain("**1 task, ");
    expect(output).toMatch(/Turn \*\*Crawl Source\*\* \*\*ON → OFF\*\*/);
    expect(output).not.toContain("Source Group");
    expect(output).toContain("npx m365audit attest --stack contoso audit-source\n");
  });

  it("asks for no certificate again when only the secret is another", async () => {
    await project.export(exportedState(audit));
    await attest();
    const reference = { keyId: "another", endDate: "2028-06-01T00:00:00Z", stackOutput: "clientSecret" };
    await project.export(exportedState([changed(credential, { clientSecretReference: reference }), source, connector]));
    const { output } = await runbook();
    expect(output).toContain("`another`");
    expect(output).toContain(`\`${keyId}\``);
    expect(output).toContain("npx m365audit attest --stack contoso audit-credential\n");
  });

  it("has what is no longer declared removed, the source before its credentials", async () => {
    await project.export(exportedState(audit));
    await attest();
    await project.export(exportedState([]));
    const { output } = await runbook();
    expect(output.match(/^## .*/gm)).toEqual([
      expect.stringMatching(/^## 1\. Delete the Exchange Online source/),
      expect.stringMatching(/^## 2\. Delete the credentials `m365audit`/),
    ]);
    expect(output).toContain("`audit-source` (Source in Netwrix 1Secure, no longer declared)");
    await attest();
    expect((await runbook()).output).toContain("Nothing is open");
  });

  it("shows recorded steps where a refresh read what was found into the state", async () => {
    await project.export(exportedState(audit));
    await attest();
    const off = changed(source, { crawlSource: false });
    const state = exportedState([credential, off, connector]);
    const declared = exportedState([source]).deployment.resources.at(-1)?.inputs;
    const found = state.deployment.resources.find(({ urn }) => urn === urnOf(source))?.inputs ?? {};
    found["fingerprint"] = declared?.["fingerprint"];
    found["runSheet"] = ["1. Go to `Contoso`.", "2. Turn **Crawl Source** **OFF → ON**."];
    const account = (await project.entries()).filter(({ resource }) => resource !== urnOf(source));
    const entered = (await project.entries()).filter(({ resource }) => resource === urnOf(source));
    const values = { ...entered[0]?.values, crawlSource: false };
    const entry = {
      ...entered[0],
      action: "found",
      at: "2026-12-01T09:02:00Z",
      values,
      fingerprint: fingerprintOf(values),
    };
    const lines = [...account, ...entered, entry].map((one) => `${JSON.stringify(one)},`);
    await project.write("attestations/contoso.json", `{ "version": 1, "entries": [\n${lines.join("\n")}\nnull\n]}\n`);
    await project.export(state);
    const { output } = await runbook();
    expect(steps(output)).toEqual(["- [ ] 1. Go to `Contoso`.", "- [ ] 2. Turn **Crawl Source** **OFF → ON**."]);
    const refused = await project.run((here) => runAttest(["audit-source"], { ...options, by: "anna" }, here));
    expect([refused.code, refused.errors]).toEqual([1, expect.stringContaining("Run `pulumi up` first")]);
    await project.write("form.yaml", "a: b\n");
    const verified = await project.run((here) => runVerify({ ...options, export: "form.yaml" }, here));
    expect([verified.code, verified.errors]).toEqual([2, expect.stringContaining("Run `pulumi up` first")]);
  });

  it("tells a secret that a person would have to enter, without showing it", async () => {
    const state = exportedState([changed(source, { sourceGroup: "Exchange Online" })]);
    const inputs = state.deployment.resources.at(-1)?.inputs ?? {};
    inputs["sourceGroup"] = ciphertext("v1:dGhlIGdyb3Vw");
    inputs["organization"] = { ...ciphertext(), ciphertext: undefined, plaintext: '"Contoso"' };
    await project.export(state);
    const { code, output, errors } = await runbook();
    expect([code, output]).toEqual([2, ""]);
    expect(errors).toMatch(
      /audit-source\.organization: it is a secret .*\n.*audit-source\.sourceGroup: it is a secret/,
    );
    expect(errors).not.toMatch(/dGhlIGdyb3Vw|Contoso"/);
  });

  it("warns of attestations that do not count: of another stack, of a type that no person applies", async () => {
    await project.export(exportedState(audit));
    const entry = (resource: string): string =>
      `${JSON.stringify({ resource, action: "entered", fingerprint: fingerprintOf({}), values: {}, by: "anna", at: "2026-01-01T00:00:00Z" })},`;
    const lines = [urnOf(source).replace(":contoso:", ":fabrikam:"), urnOf(source).replace("Source", "Unheard")].map(
      entry,
    );
    await project.write("attestations/contoso.json", `{ "version": 1, "entries": [\n${lines.join("\n")}\nnull\n]}\n`);
    const { code, errors, output } = await runbook();
    expect(code).toBe(0);
    expect(errors).toContain("does not count: it is of another stack, fabrikam");
    expect(errors).toContain("does not count: no person applies a resource of this type");
    expect(output).toContain("does not count: it is of another stack, fabrikam");
  });

  it("refuses attestations that conflict or were changed by hand, with the line", async () => {
    await project.export(exportedState(audit));
    await attest("audit-source");
    const [entered] = await project.entries();
    const forged = { ...entered, values: { ...entered?.values, crawlSource: false } };
    await project.write(
      "attestations/contoso.json",
      `{ "version": 1, "entries": [\n${JSON.stringify(entered)},\n${JSON.stringify(forged)},\nnull\n]}\n`,
    );
    const { code, output, errors } = await runbook();
    expect([code, output]).toEqual([2, ""]);
    expect(errors).toMatch(/2 entries say "entered" and differ/);
    expect(errors).toMatch(/line 3, .*its fingerprint .* is not that of its values/);
  });

  it("reads the attestations from the folder that the stack configures, else the environment", async () => {
    await project.write("Pulumi.contoso.yaml", "config:\n  m365audit:attestations: signed-off\n");
    await project.export(exportedState(audit));
    await attest();
    const { output } = await runbook();
    expect(output).toContain("Nothing is open");
    await project.write("Pulumi.contoso.yaml", "config: {}\n");
    expect((await runbook()).output).not.toContain("Nothing is open");
    const environment = { PATH: process.env["PATH"], M365AUDIT_ATTESTATIONS: "signed-off" };
    const { output: again } = await project.run((here) => runRunbook(options, here), { environment });
    expect(again).toContain("Nothing is open");
  });
});

describe("the state of m365audit runbook", () => {
  it("is what pulumi exports in the project's folder, without secrets", async () => {
    await project.export(exportedState(audit));
    const bin = await project.write("bin/pulumi", '#!/bin/sh\necho "$PWD" "$@" > called\ncat state.json\n', 0o755);
    const folder = await project.write("program/deep/index.ts", "");
    const environment = { PATH: `${bin.replace(/\/pulumi$/, "")}:${process.env["PATH"] ?? ""}` };
    const cwd = folder.replace(/\/index\.ts$/, "");
    const { code, output } = await project.run((here) => runRunbook({ stack: `acme/audited/${stack}` }, here), {
      environment,
      cwd,
    });
    expect([code, output]).toEqual([0, expect.stringContaining("**1 task, 17 steps.**")]);
    expect(output).toContain("npx m365audit attest --stack acme/audited/contoso audit-credential ");
    const { readFile } = await import("node:fs/promises");
    expect(await readFile(`${project.root}/called`, "utf8")).toMatch(
      /\/m365audit-project-\w+ stack export --stack acme\/audited\/contoso\n$/,
    );
  });

  it("is told to be missing in pulumi's own words, or with what to do where there is no pulumi", async () => {
    const bin = await project.write(
      "bin/pulumi",
      "#!/bin/sh\necho \"error: no stack named 'x'\" >&2\nexit 255\n",
      0o755,
    );
    const environment = { PATH: `${bin.replace(/\/pulumi$/, "")}:${process.env["PATH"] ?? ""}` };
    const refused = await project.run((here) => runRunbook({ stack: "x" }, here), { environment });
    expect([refused.code, refused.errors]).toEqual([1, expect.stringContaining("pulumi says: no stack named 'x'")]);
    const missing = await project.run((here) => runRunbook({ stack }, here), { environment: { PATH: "/nowhere" } });
    expect([missing.code, missing.errors]).toEqual([1, expect.stringMatching(/no program `pulumi` .*--state FILE/s)]);
  });

  it("comes from the standard input with --state -", async () => {
    const input = (): Promise<string> => Promise.resolve(JSON.stringify(exportedState([source])));
    const { code, output } = await project.run((here) => runRunbook({ stack, state: "-" }, here), { input });
    expect([code, output]).toEqual([0, expect.stringContaining("audit-source")]);
  });

  it.each([
    [
      "that is no JSON",
      "a secret: {",
      /state\.json: 1 problem:\n {2}- it is no JSON; allowed: what `pulumi stack export` gives/,
    ],
    ["of another form", '{"deployment":{"resources":[{"urn":1}]}}', /deployment\.resources\.0\.urn: /],
    [
      "of another stack",
      JSON.stringify(exportedState([source])).replaceAll(":contoso:", ":fabrikam:"),
      /of the stack "fabrikam"/,
    ],
  ])("is refused %s, and not repeated", async (_, text, said) => {
    await project.write("state.json", text);
    const { code, errors } = await runbook();
    expect([code, errors]).toEqual([2, expect.stringMatching(said)]);
    expect(errors).not.toContain("a secret");
  });

  it("may be empty", async () => {
    await project.export({ version: 3, deployment: {} });
    expect((await runbook()).output).toContain("Nothing is open");
  });

  it("counts no resource that the engine is about to delete, nor one that a gateway applies", async () => {
    const state = exportedState([source, credential]);
    const [, , first, second] = state.deployment.resources;
    const { fingerprint: _, runSheet: _lines, ...inputs } = second?.inputs ?? {};
    await project.export({
      deployment: {
        resources: [
          { ...first, delete: true },
          { ...second, inputs },
        ],
      },
    });
    const { resources } = await stackWork(options, {
      cwd: project.root,
      environment: {},
      clock: { now: () => 0, sleep: () => Promise.resolve() },
      input: () => Promise.resolve(""),
      print: () => undefined,
      tell: () => undefined,
    });
    expect(resources).toEqual([]);
  });
});

describe("m365audit runbook --html", () => {
  it("has a box to tick for each step, and a policy under which nothing runs", async () => {
    await project.export(exportedState(audit));
    const { code, output } = await runbook({ html: true });
    expect(code).toBe(0);
    expect(output.match(/<input type="checkbox">/g)).toHaveLength(17);
    expect(output).toContain('<label><input type="checkbox"><span>1. Click <strong>Configuration</strong>');
    expect(output).toMatch(
      /<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[^']+'; /,
    );
    expect(output).toContain("<title>Run-sheet of stack contoso</title>");
    expect(output).not.toMatch(/<script|\son\w+=|https?:/i);
  });

  it("shows markup in names and values as the text that it is", async () => {
    const evil =
      "<script>alert(1)</script> [x](javascript:alert(2)) ![y](https://evil.example/z) **b** `</code><img src=x>";
    const state = exportedState([
      changed(source, { organization: evil, sourceGroup: "- [ ] 1. forged\n\n# forged" }),
      { ...changed(credential, { displayName: "``` \n<b>" }), name: evil },
    ]);
    await project.export(state);
    const declared = await runbook();
    const html = [(await runbook({ html: true })).output];
    expect(declared.output.match(/^# /gm)).toHaveLength(1);
    expect(steps(declared.output).filter((line) => line.startsWith("- [ ] 1. forged"))).toEqual([]);
    // As warnings of stale attestations, then as removals.
    await project.run((here) => runAttest([], { ...options, all: true, by: `<script>${evil}` }, here));
    await project.export(exportedState([changed(source, { organization: "Contoso" })]));
    html.push((await runbook({ html: true })).output);
    for (const output of html) {
      expect(output).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
      expect(output).not.toMatch(/<script|<img|<a |<b>|<strong>b<|href/);
      expect(output.match(/<h1>/g)).toHaveLength(1);
    }
  });
});
