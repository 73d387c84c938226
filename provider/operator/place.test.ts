import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import * as fc from "fast-check";
import { Rejected } from "../core";
import { allowedSignersFile, attestationsFile, projectRoot, stackOf } from "./place";
import { urnOf } from "./testing/entries";
import { temporaryFolder } from "./testing/tools";

const folder = temporaryFolder();

describe("the project's folder", () => {
  it.each(["Pulumi.yaml", "Pulumi.yml"])("is the nearest one upwards with a %s", async (name) => {
    const root = join(folder, name.replace(".", "-"));
    const inner = join(root, "src", "deep");
    mkdirSync(inner, { recursive: true });
    writeFileSync(join(root, name), "name: contoso\n");
    expect(await projectRoot(inner)).toBe(root);
    expect(await projectRoot(root)).toBe(root);
  });

  it("is asked for in plain words where there is none", async () => {
    const failure = await projectRoot(folder).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Rejected);
    expect((failure as Error).message).toMatch(
      /neither this folder nor one above it holds a Pulumi\.yaml\. Run the command in/,
    );
  });
});

describe("the attestations file", () => {
  it("is named after the stack of the URN", () => {
    expect(stackOf(urnOf("source"))).toBe("prod");
    expect(attestationsFile({ stack: "prod", root: folder })).toBe(join(folder, "attestations", "prod.json"));
    expect(attestationsFile({ folder: "audit/said", stack: "eu-1.x", root: folder })).toBe(
      join(folder, "audit", "said", "eu-1.x.json"),
    );
  });

  it.each(["", ".", "..", "../other", "organization/project/prod", "a\\b", "a b", "prod\n"])(
    "is refused for the stack %j",
    (stack) => {
      expect(() => attestationsFile({ stack, root: folder })).toThrow(
        /no plain name of a stack; allowed: up to 100 letters/,
      );
    },
  );

  it("never leaves its folder", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(".", "/", "\\", "a", "\0", ":") }), (stack) => {
        let file: string;
        try {
          file = attestationsFile({ stack, root: folder });
        } catch {
          return;
        }
        expect(relative(join(folder, "attestations"), file)).toBe(`${stack}.json`);
      }),
    );
  });

  it.each(["", "prod", "urn:pulumi:prod", "urn:other:prod::contoso::t::n"])("is found for no URN such as %j", (urn) => {
    expect(() => stackOf(urn)).toThrow(/it is no URN; allowed: urn:pulumi:<stack>/);
  });
});

describe("the allowed signers", () => {
  const root = join(folder, "signed");
  beforeAll(() => {
    mkdirSync(join(root, "attestations"), { recursive: true });
  });

  it("are none where nothing names them, then those beside the attestations, and before those the set ones", async () => {
    expect(await allowedSignersFile({}, root)).toBeUndefined();
    writeFileSync(join(root, "attestations", "allowed_signers"), "");
    expect(await allowedSignersFile({}, root)).toBe(join(root, "attestations", "allowed_signers"));
    writeFileSync(join(root, "signers"), "");
    expect(await allowedSignersFile({ attestationSigners: "signers" }, root)).toBe(join(root, "signers"));
  });

  it("that are set and are not there do not switch the checks off", async () => {
    await expect(allowedSignersFile({ attestationSigners: "gone" }, root)).rejects.toThrow(
      /\[attestationSigners\]: there is no such file/,
    );
  });
});
