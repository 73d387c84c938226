import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { drive, type Driver } from "../testing/driver";
import { deviations } from "../testing/matchRecorded";
import { Secret, UNKNOWN } from "../values";
import { commandPlugin } from ".";

const COMMAND = "command:local:Command";
let plugin: Driver;

beforeAll(async () => {
  plugin = await drive(commandPlugin({ PATH: process.env["PATH"], INHERITED: "yes" }));
});

afterAll(() => plugin.close());

it("records what the official plugin records", async () => {
  expect(deviations(COMMAND, await plugin.create(COMMAND, { create: "echo hi" }))).toEqual([]);
});

it("gives the command its environment, its input, its folder and its interpreter", async () => {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "m365audit-command-")));
  try {
    const made = await plugin.create(COMMAND, {
      create:
        'require("fs").writeSync(1, [process.cwd(), process.env.OWN, process.env.INHERITED, require("fs").readFileSync(0)].join())',
      interpreter: [process.execPath, "-e"],
      environment: { OWN: "value" },
      stdin: "input",
      dir: folder,
    });
    expect(made.outputs["stdout"]).toBe(`${folder},value,yes,input`);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("keeps both outputs apart and takes one line feed from their ends", async () => {
  const made = await plugin.create(COMMAND, { create: "printf 'a\\n\\n'; printf b >&2" });
  expect(made.outputs).toMatchObject({ stdout: "a\n", stderr: "b" });
});

it("runs `update`, or `create` again, with the former output in the environment", async () => {
  const inputs = { create: "echo first; echo warning >&2" };
  const made = await plugin.create(COMMAND, inputs);
  const line = 'echo "after $PULUMI_COMMAND_STDOUT$PULUMI_COMMAND_STDERR."';
  expect((await plugin.update(COMMAND, made, { ...inputs, update: line })).outputs).toMatchObject({
    stdout: "after firstwarning.",
    stderr: "",
  });
  expect((await plugin.update(COMMAND, made, { create: line })).outputs["stdout"]).toBe("after firstwarning.");
  const alone = { create: line, addPreviousOutputInEnv: false };
  expect((await plugin.update(COMMAND, made, alone)).outputs["stdout"]).toBe("after .");
});

it("runs `delete` when it goes, and nothing where there is none", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "m365audit-command-"));
  const made = await plugin.create(COMMAND, { create: "true", delete: `rmdir '${folder}'` });
  await plugin.remove(COMMAND, made);
  expect(() => realpathSync(folder)).toThrow("ENOENT");
  await plugin.remove(COMMAND, await plugin.create(COMMAND, { create: "true" }));
});

it("is replaced by other triggers and updated by another command", async () => {
  const made = await plugin.create(COMMAND, { create: "true", triggers: [1, "a"] });
  expect(await plugin.diff(COMMAND, made, { create: "true", triggers: [1, "b"] })).toEqual({
    changes: true,
    replaces: ["triggers"],
    detailed: { "triggers[1]": "update-replace" },
  });
  expect((await plugin.diff(COMMAND, made, { create: ":", triggers: [1, "a"] })).detailed).toEqual({
    create: "update",
  });
  expect((await plugin.diff(COMMAND, made, { create: "true", triggers: [1, "a"] })).changes).toBe(false);
});

it("foresees outputs as unknown, in a creation and in an update", async () => {
  expect(await plugin.previewCreate(COMMAND, { create: "true" })).toMatchObject({ create: "true", stdout: UNKNOWN });
  const made = await plugin.create(COMMAND, { create: "echo 1" });
  expect(await plugin.previewUpdate(COMMAND, made, { create: "echo 2" })).toMatchObject({
    create: "echo 2",
    stdout: UNKNOWN,
  });
});

it("keeps the outputs secret when a secret went in", async () => {
  const made = await plugin.create(COMMAND, { create: "echo $TOKEN", environment: { TOKEN: new Secret("hush") } });
  expect(made.outputs["stdout"]).toEqual(new Secret("hush"));
  expect(made.outputs["environment"]).toEqual(new Secret({ TOKEN: "hush" }));
  expect(made.outputs["create"]).toBe("echo $TOKEN");
});

it("fails with the exit status and what the command wrote", async () => {
  const attempt = plugin.create(COMMAND, { create: "echo reason >&2; exit 3" });
  await expect(attempt).rejects.toThrow(
    'exit status 3: running the command of "resource": echo reason >&2; exit 3\nreason',
  );
});

it("fails without a word of the secrets that went in", async () => {
  const attempt = plugin.create(COMMAND, { create: "echo $TOKEN; exit 1", environment: { TOKEN: new Secret("hush") } });
  await expect(attempt).rejects.toThrow("exit status 1");
  await expect(attempt).rejects.not.toThrow("hush");
});

it("fails when the folder is not there", async () => {
  await expect(plugin.create(COMMAND, { create: "true", dir: "/no/such/folder" })).rejects.toThrow("ENOENT");
});
