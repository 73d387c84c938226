import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { cacheRoot, faultOf, presentFiles, readStamp, slotFor, type Stamp } from "./cache";

const HOME = resolve("/home/someone");

describe("cacheRoot", () => {
  test("is in the home folder's cache when nothing else is said", () => {
    expect(cacheRoot({}, HOME)).toBe(join(HOME, ".cache", "m365audit", "engine"));
  });

  test("follows XDG_CACHE_HOME, unless it is relative", () => {
    const caches = resolve("/var/caches");
    expect(cacheRoot({ XDG_CACHE_HOME: caches }, HOME)).toBe(join(caches, "m365audit", "engine"));
    expect(cacheRoot({ XDG_CACHE_HOME: "caches" }, HOME)).toBe(join(HOME, ".cache", "m365audit", "engine"));
  });

  test("is what M365AUDIT_ENGINE_CACHE says before all else", () => {
    const own = resolve("/engines");
    expect(cacheRoot({ M365AUDIT_ENGINE_CACHE: own, XDG_CACHE_HOME: resolve("/var") }, HOME)).toBe(own);
    expect(cacheRoot({ M365AUDIT_ENGINE_CACHE: "" }, HOME)).toBe(join(HOME, ".cache", "m365audit", "engine"));
  });
});

describe("slotFor", () => {
  test("keeps versions and machines apart", () => {
    const slot = slotFor("cache", "3.256.0", "linux", "arm64");
    expect(slot.binaries).toBe(join("cache", "3.256.0", "linux-arm64", "bin"));
    expect(slot.lock.startsWith(join(slot.directory, "/"))).toBe(false);
  });
});

describe("faultOf", () => {
  const wanted = { version: "3.256.0", languageHost: "3.66.0", files: ["pulumi", "pulumi-language-nodejs"] };
  const stamp: Stamp = { version: "3.256.0", source: "modules", languageHost: "3.66.0", files: ["pulumi"] };
  const all = new Set(["pulumi", "pulumi-language-nodejs"]);

  test("finds no fault with a complete engine of the wanted version", () => {
    expect(faultOf(stamp, wanted, all)).toBeUndefined();
    expect(faultOf({ ...stamp, source: "installer", languageHost: "bundled" }, wanted, all)).toBeUndefined();
  });

  test.each([
    ["no stamp", undefined, all, /nothing is cached/],
    ["another version", { ...stamp, version: "3.255.0" }, all, /holds 3\.255\.0/],
    ["another language host", { ...stamp, languageHost: "3.65.0" }, all, /language host is 3\.65\.0/],
    ["a missing program", stamp, new Set(["pulumi"]), /pulumi-language-nodejs missing/],
    ["a missing file that the stamp promises", { ...stamp, files: ["extra"] }, all, /extra missing/],
  ])("refuses %s", (_, found, present, message) => {
    expect(faultOf(found, wanted, present)).toMatch(message);
  });
});

describe("a slot on disk", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "engine-cache-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test("has no stamp when it is missing, cut off or of another shape", async () => {
    const slot = slotFor(folder, "1.0.0", "linux", "x64");
    expect(await readStamp(slot)).toBeUndefined();
    await mkdir(slot.binaries, { recursive: true });
    for (const text of ['{"version": "1.0', "[]", '{"version":"1.0.0","source":"elsewhere","files":[]}']) {
      await writeFile(slot.stamp, text);
      expect(await readStamp(slot)).toBeUndefined();
    }
    const stamp: Stamp = { version: "1.0.0", source: "installer", languageHost: "bundled", files: ["pulumi"] };
    await writeFile(slot.stamp, JSON.stringify(stamp));
    expect(await readStamp(slot)).toEqual(stamp);
  });

  test("counts only files as present", async () => {
    const slot = slotFor(folder, "1.0.0", "linux", "x64");
    await mkdir(join(slot.binaries, "folder"), { recursive: true });
    await writeFile(join(slot.binaries, "pulumi"), "");
    expect(await presentFiles(slot, ["pulumi", "folder", "absent"])).toEqual(new Set(["pulumi"]));
  });
});
