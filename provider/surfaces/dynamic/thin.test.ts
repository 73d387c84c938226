import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { credentials } from "@grpc/grpc-js";
import * as pulumi from "@pulumi/pulumi";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { z } from "zod";
import { type Contract, InvalidInput } from "../../core";
import { mockEngine, valueOf } from "../../pulumi/testing/mockEngine";
import { KindResource, dynamicType, providerText } from "./thin";

const token = "m365audit:exchange:MailboxAudit";

test("the text that state files hold is this one, for ever", () => {
  expect(providerText(token)).toBe(
    [
      "exports.handler = () => {",
      "  const host = () =>",
      '    require("module").createRequire(process.cwd() + "/")("pulumi-m365audit/dynamic-host").dispatch("m365audit:exchange:MailboxAudit");',
      "  return Object.fromEntries(",
      '    ["configure", "check", "diff", "create", "read", "update", "delete"].map((name) => [name, async (...args) => host()[name](...args)]),',
      "  );",
      "};",
      "",
    ].join("\n"),
  );
  expect(Buffer.byteLength(providerText(token))).toBeLessThan(1024);
});

describe("Pulumi's dynamic provider server", () => {
  let folder: string;
  let server: ChildProcess;
  let client: ResourceProviderClient;

  beforeAll(async () => {
    // A program's folder in which the package is installed; its host says how it was called.
    folder = mkdtempSync(join(tmpdir(), "m365audit-thin-"));
    const installed = join(folder, "node_modules", "pulumi-m365audit");
    mkdirSync(installed, { recursive: true });
    writeFileSync(
      join(installed, "package.json"),
      '{"name":"pulumi-m365audit","exports":{"./dynamic-host":"./host.js"}}',
    );
    writeFileSync(
      join(installed, "host.js"),
      `let endpoint;
       exports.dispatch = (token) => ({
         configure: async ({ config }) => { endpoint = config.get("m365audit:onesecureEndpoint"); },
         check: async (olds, { __provider, ...news }) => ({ inputs: { ...news, token, endpoint } }),
       });`,
    );
    server = spawn(process.execPath, [require.resolve("@pulumi/pulumi/cmd/dynamic-provider"), "127.0.0.1:1"], {
      cwd: folder,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const { stdout } = server;
    if (stdout === null) throw new Error("the server has no output");
    const port = await new Promise<string>((resolve) => createInterface(stdout).once("line", resolve));
    client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  }, 30_000);

  afterAll(() => {
    client.close();
    server.kill();
    rmSync(folder, { recursive: true });
  });

  test("hands each call over to the host that is installed beside the program", async () => {
    const configure = new messages.ConfigureRequest();
    configure.setArgs(Struct.fromJavaScript({ "m365audit:onesecureEndpoint": "https://gateway.example" }));
    await new Promise<void>((resolve, reject) =>
      client.configure(configure, (error: Error | null) => (error === null ? resolve() : reject(error))),
    );
    const request = new messages.CheckRequest();
    request.setOlds(Struct.fromJavaScript({}));
    request.setNews(Struct.fromJavaScript({ __provider: providerText(token), name: "x" }));
    const inputs = await new Promise<Record<string, unknown>>((resolve, reject) =>
      client.check(request, (error: Error | null, answer: messages.CheckResponse) =>
        error === null ? resolve(answer.getInputs()?.toJavaScript() ?? {}) : reject(error),
      ),
    );
    expect(inputs).toMatchObject({ name: "x", token, endpoint: "https://gateway.example" });
  });
});

describe("a resource in a program", () => {
  const contract: Contract = {
    token: "m365audit:test:Thing",
    description: "A thing.",
    inputs: z.strictObject({ name: z.string(), password: z.string().meta({ secret: true }).optional() }),
    outputs: z.strictObject({ key: z.string().meta({ secret: true }), place: z.string() }),
  };
  class Thing extends KindResource {
    declare readonly place: pulumi.Output<string>;
    constructor(name: string, args: object, opts?: pulumi.CustomResourceOptions) {
      super(contract, name, args, opts);
    }
  }
  class Parent extends pulumi.ComponentResource {
    constructor() {
      super("test:index:Parent", "parent");
      new Thing("child", { name: "n" }, { parent: this });
    }
  }

  test("is registered under the kind's type, with its secrets as secrets and its outputs as outputs", async () => {
    const engine = await mockEngine({ outputs: () => ({ place: "here" }) });
    const { result, resources } = await engine.run(
      () => new Thing("thing", { name: "n", password: pulumi.output("p") }),
    );
    expect(resources).toEqual([
      expect.objectContaining({
        type: dynamicType("m365audit:test:Thing"),
        secrets: ["password"],
        inputs: {
          name: "n",
          password: "p",
          __provider: providerText("m365audit:test:Thing"),
          __urn: "urn:pulumi:stack::project::pulumi-nodejs:dynamic/m365audit/test:Thing::thing",
        },
      }),
    ]);
    await expect(valueOf(result.place)).resolves.toBe("here");
  });

  test("carries its parents in its URN, and does not wait for them", async () => {
    const { resources } = await (await mockEngine()).run(() => new Parent());
    expect(resources.find(({ name }) => name === "child")).toMatchObject({
      inputs: {
        __urn: "urn:pulumi:stack::project::test:index:Parent$pulumi-nodejs:dynamic/m365audit/test:Thing::child",
      },
      after: [],
    });
  });

  test("is not registered when an argument is wrong", async () => {
    const engine = await mockEngine();
    expect(() => new Thing("thing", { name: 7, nmae: "n" })).toThrow(InvalidInput);
    expect(engine.registered).toEqual([]);
  });
});
