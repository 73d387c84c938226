import { status } from "@grpc/grpc-js";
import { ConfigureRequest, GetSchemaRequest, ProviderHandshakeRequest } from "@pulumi/pulumi/proto/provider_pb";
import type { ConfigureResponse, GetSchemaResponse, ProviderHandshakeResponse } from "@pulumi/pulumi/proto/provider_pb";
import { encode, decode } from "./codec";
import { InitializationFailed, type Plugin, type ResourceType } from "./resource";
import { ask, drive, initializationFailure, type Driver } from "./testing/driver";
import { Secret, UNKNOWN, type PlainMap } from "./values";

const TOKEN = "toy:index/thing:Thing";

interface Toy {
  readonly configuration: PlainMap;
}

/** A resource type of our own that fails on demand. */
const thing: ResourceType<Toy> = {
  token: TOKEN,
  properties: { name: { input: "required" }, hint: { input: "optional", computed: true }, code: { secret: true } },
  create: ({ configuration }, inputs) => {
    const made = { id: "1", outputs: { ...inputs, code: "7", hint: configuration["hint"] ?? null } };
    if (inputs["name"] === "half") return Promise.reject(new InitializationFailed(made, "no second half"));
    if (inputs["name"] === "none") return Promise.reject(new Error("there is none"));
    return Promise.resolve(made);
  },
  read: (_context, id, state) => Promise.resolve({ id, outputs: { ...state, name: "read" } }),
  delete: () => Promise.resolve(),
};

const plugin: Plugin<Toy> = {
  name: "toy",
  version: "1.0.0",
  defaultsIn: "inputs",
  resources: [thing],
  functions: [{ token: "toy:index/ask:ask", invoke: ({ configuration }) => Promise.resolve(configuration) }],
  configure: (configuration) => Promise.resolve({ configuration }),
};

let toy: Driver;

beforeAll(async () => {
  toy = await drive(plugin, { hint: new Secret("from the configuration") });
});

afterAll(() => toy.close());

it("accepts secrets and previews, in the handshake and in the configuration", async () => {
  const handshake = await ask<ProviderHandshakeResponse>((done) =>
    toy.client.handshake(new ProviderHandshakeRequest(), done),
  );
  expect(handshake.getAcceptSecrets()).toBe(true);
  const request = new ConfigureRequest().setArgs(encode({ hint: "again" }));
  const configured = await ask<ConfigureResponse>((done) => toy.client.configure(request, done));
  expect(configured.toObject()).toMatchObject({ acceptsecrets: true, supportspreview: true });
  const schema = await ask<GetSchemaResponse>((done) => toy.client.getSchema(new GetSchemaRequest(), done));
  expect(schema.getSchema()).toBe("{}");
});

it("takes the configuration from variables where the engine sends no arguments", async () => {
  const request = new ConfigureRequest();
  request.getVariablesMap().set("toy:config:hint", "variable");
  await ask<ConfigureResponse>((done) => toy.client.configure(request, done));
  expect(await toy.invoke("toy:index/ask:ask", {})).toEqual({ hint: "variable" });
});

it("marks as secret what is so by nature and what came in as a secret", async () => {
  const made = await toy.create(TOKEN, { name: new Secret("hush") });
  expect(made.outputs).toMatchObject({ name: new Secret("hush"), code: new Secret("7") });
  expect(made.inputs["name"]).toEqual(new Secret("hush"));
  const refreshed = await toy.refresh(TOKEN, made);
  expect(refreshed?.inputs["name"]).toEqual(new Secret("read"));
});

it("creates nothing in a preview", async () => {
  expect(await toy.previewCreate(TOKEN, { name: "none" })).toEqual({
    name: "none",
    hint: UNKNOWN,
    code: new Secret(UNKNOWN),
  });
});

it("hands over what was half made, with its marks", async () => {
  const error: unknown = await toy.create(TOKEN, { name: "half" }).catch((caught: unknown) => caught);
  const failure = initializationFailure(error);
  expect(failure?.getId()).toBe("1");
  expect(failure?.getReasonsList()).toEqual(["no second half"]);
  expect(decode(failure?.getProperties())).toMatchObject({ name: "half", code: new Secret("7") });
});

it("tells an error by its message alone", async () => {
  const error: unknown = await toy.create(TOKEN, { name: "none" }).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: status.UNKNOWN, details: "there is none" });
  expect(initializationFailure(error)).toBeUndefined();
});

it("refuses types and functions that it does not have", async () => {
  await expect(toy.create("toy:index/other:Other", {})).rejects.toThrow('has no resource type "toy:index/other:Other"');
  await expect(toy.invoke("toy:index/other:other", {})).rejects.toThrow('has no function "toy:index/other:other"');
});

it("refuses an update of what can only be replaced", async () => {
  const made = await toy.create(TOKEN, { name: "a" });
  await expect(toy.update(TOKEN, made, { name: "b" })).rejects.toThrow("always needs a new resource");
});

it("asks for a configuration before anything is done", async () => {
  const unknown = await drive(plugin, { hint: UNKNOWN });
  await expect(unknown.create(TOKEN, { name: "a" })).rejects.toThrow("not configured yet");
  await unknown.close();
});
