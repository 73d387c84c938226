import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { exportedState, newProject, source, type TestProject } from "./testing/project";

// Compiling and starting a process of its own takes seconds on a busy machine.
jest.setTimeout(120_000);

const root = join(__dirname, "..", "..");

/** The command from its sources, compiled as they are loaded, in a process of its own. */
const loader = `
  const { createRequire } = require("node:module");
  const here = createRequire(${JSON.stringify(join(root, "package.json"))});
  here("./scripts/typescript.cjs");
  here("./cli/main.ts");
`;

let project: TestProject;
beforeAll(async () => {
  project = await newProject();
  await project.export(exportedState([source]));
});
afterAll(() => project.close());

function m365audit(...args: string[]): { code: number | null; output: string; errors: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-e", loader, "--", ...args], {
    cwd: project.root,
    encoding: "utf8",
  });
  return { code: status, output: stdout, errors: stderr };
}

it("goes from the steps to an attestation to a comparison, on the command line", () => {
  const where = ["--stack", "contoso", "--state", "state.json"];
  const open = m365audit("runbook", ...where);
  expect([open.code, open.errors, open.output]).toEqual([0, "", expect.stringContaining("- [ ] 1. ")]);
  const attested = m365audit("attest", ...where, "audit-source", "--by", "anna");
  expect([attested.code, attested.errors, attested.output]).toEqual([
    0,
    "",
    expect.stringContaining("Attested by anna"),
  ]);
  expect(m365audit("runbook", ...where, "--html").output).toContain("Nothing is open");
  expect(m365audit("verify", ...where, "--export", "form.yaml")).toMatchObject({ code: 0, errors: "" });
});

it.each([
  [["runbook"], "required option '--stack <name>' not specified"],
  [["attest", "--stack", "contoso", "--certificat", "x"], "unknown option '--certificat'"],
  [["verify", "--stack", "contoso"], "required option '--export <file>' not specified"],
])("ends with 2 for %j", (args, said) => {
  const { code, errors } = m365audit(...args);
  expect([code, errors]).toEqual([2, expect.stringContaining(said)]);
});
