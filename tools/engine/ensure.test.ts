import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { ensureEngine, surveyEngine, SUPPORTED_ENGINE } from ".";
import { slotOn, thisMachine } from "./machine";
import { LANGUAGE_HOST } from "./version";

/** A program that prints a line, standing where the real one would. */
async function program(folder: string, name: string, line: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), `#!/bin/sh\necho "${line}"\n`);
  await chmod(join(folder, name), 0o755);
}

describe("ensureEngine", () => {
  let folder: string;
  let onPath: string;
  const before = { ...process.env };
  const said: string[] = [];
  const report = (line: string): void => void said.push(line);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "engine-ensure-"));
    onPath = join(folder, "path");
    said.length = 0;
    process.env = { ...before, PATH: onPath, M365AUDIT_ENGINE_CACHE: join(folder, "cache") };
  });
  afterEach(async () => {
    process.env = before;
    await rm(folder, { recursive: true, force: true });
  });

  async function fillCache(): Promise<string> {
    const slot = slotOn(thisMachine(), SUPPORTED_ENGINE);
    const files = Object.values(thisMachine().files);
    for (const file of files) await program(slot.binaries, file, "v0.0.0");
    const stamp = { version: SUPPORTED_ENGINE, source: "installer", languageHost: "bundled", files };
    await writeFile(slot.stamp, JSON.stringify(stamp));
    return slot.binaries;
  }

  test("uses what is on PATH when it is new enough and complete", async () => {
    await fillCache();
    for (const name of ["pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs"]) await program(onPath, name, "");
    await program(onPath, "pulumi", "v3.300.1");
    const engine = await ensureEngine({ report });
    expect(engine).toMatchObject({ version: "3.300.1", source: "path", binaries: onPath });
    expect(said).toEqual([]);
  });

  test("uses the cache when what is on PATH is too old, without a word and without starting what is cached", async () => {
    const cached = await fillCache();
    await program(onPath, "pulumi", "v3.100.0");
    const engine = await ensureEngine({ report });
    expect(engine).toMatchObject({ version: SUPPORTED_ENGINE, source: "installer", binaries: cached });
    expect(said).toEqual([]);
    expect((await surveyEngine()).refused).toEqual([expect.stringContaining("is 3.100.0")]);
  });

  test("knows its own cache on PATH for what it is", async () => {
    const cached = await fillCache();
    await program(cached, "pulumi", `v${SUPPORTED_ENGINE}`);
    process.env.PATH = cached;
    expect((await ensureEngine()).source).toBe("installer");
  });

  test("adds the dynamic provider where only that is missing, and no second time", async () => {
    await program(onPath, "pulumi", "v3.256.0");
    await program(onPath, "pulumi-language-nodejs", "");
    expect((await surveyEngine()).missing).toEqual(["pulumi-resource-pulumi-nodejs"]);
    const engine = await ensureEngine({ report });
    expect(engine).toMatchObject({ source: "path", executable: join(onPath, "pulumi") });
    expect(said.join("\n")).toContain("lacks pulumi-resource-pulumi-nodejs");
    const path = engine.environment(process.env).PATH;
    expect(path).toBe([engine.binaries, onPath].join(delimiter));
    const stamp = await stat(join(dirname(engine.binaries), "engine.json"));

    process.env.PATH = [onPath, join(folder, "nothing")].join(delimiter);
    const again = await ensureEngine({ report });
    expect(again.binaries).toBe(engine.binaries);
    expect((await stat(join(dirname(again.binaries), "engine.json"))).mtimeMs).toBe(stamp.mtimeMs);
  });

  test("the dynamic provider that it adds runs the SDK of the program in the current folder", async () => {
    await program(onPath, "pulumi", "v3.256.0");
    await program(onPath, "pulumi-language-nodejs", "");
    const { binaries } = await ensureEngine();
    const provider = join(folder, "program", "node_modules", "@pulumi", "pulumi", "cmd", "dynamic-provider");
    await mkdir(provider, { recursive: true });
    await writeFile(join(provider, "index.js"), "console.log(JSON.stringify(process.argv.slice(2)))");
    const start = (cwd: string): ReturnType<typeof spawnSync> =>
      spawnSync(join(binaries, "pulumi-resource-pulumi-nodejs"), ["127.0.0.1:5", "a b"], { cwd, env: before });
    expect(String(start(join(folder, "program")).stdout)).toBe('["127.0.0.1:5","a b"]\n');
    const lost = start(folder);
    expect(lost.status).toBe(1);
    expect(String(lost.stderr)).toContain("@pulumi/pulumi/cmd/dynamic-provider");
  });

  test("leaves nothing of an interrupted run in the cache", async () => {
    const gone = spawnSync(process.execPath, ["-e", ""], { env: before }).pid;
    const leftover = join(folder, "cache", `work-${String(gone)}-1`);
    await mkdir(join(leftover, "bin"), { recursive: true });
    await program(onPath, "pulumi", "v3.256.0");
    await program(onPath, "pulumi-language-nodejs", "");
    const { binaries } = await ensureEngine();
    expect(existsSync(leftover)).toBe(false);
    expect(JSON.parse(await readFile(join(dirname(binaries), "engine.json"), "utf8"))).toMatchObject({
      languageHost: LANGUAGE_HOST,
    });
  });

  test("says that there is none, and why, before one is made", async () => {
    const survey = await surveyEngine();
    expect(survey.engine).toBeUndefined();
    expect(survey.refused).toEqual(["pulumi on PATH: there is none", "the engine cache: nothing is cached"]);
  });
});
