import * as pulumi from "@pulumi/pulumi";
import { InvalidInput } from "../core/errors";
import { mockEngine, valueOf } from "../pulumi/testing/mockEngine";
import { Preflight } from "./preflightResource";

const certificatePem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const declared = {
  tenantId: "11111111-2222-4333-8444-555555555555",
  clientId: "aaaaaaaa-2222-4333-8444-555555555555",
  needs: [{ service: "Activity", api: "Office 365 Management APIs", permissions: ["ActivityFeed.Read"] }],
};

class Consumer extends pulumi.CustomResource {}

test("what is told of the credential afterwards comes after the proof, and is known in a preview", async () => {
  const engine = await mockEngine({ preview: true });
  const { resources, result } = await engine.run(() => {
    const preflight = new Preflight("preflight", { ...declared, clientSecret: pulumi.secret("s") });
    const args = { clientId: preflight.clientId, clientSecret: preflight.provenClientSecret };
    new Consumer("test:index:Consumer", "consumer", args);
    return preflight;
  });
  expect(resources.find(({ name }) => name === "preflight")?.secrets).toEqual(["clientSecret"]);
  expect(resources.find(({ name }) => name === "consumer")).toMatchObject({
    inputs: { clientId: declared.clientId, clientSecret: "s" },
    secrets: ["clientSecret"],
    after: ["preflight"],
  });
  await expect(valueOf(result.clientId)).resolves.toBe(declared.clientId);
});

test("a preflight without a client secret has none to pass on", async () => {
  const engine = await mockEngine();
  const args = { ...declared, certificatePem, privateKey: { environmentVariable: "KEY" } };
  await expect(engine.run(() => new Preflight("preflight", args).provenClientSecret)).rejects.toThrow(InvalidInput);
});

test("a preflight that cannot sign in is not registered", async () => {
  const engine = await mockEngine();
  expect(() => new Preflight("preflight", declared)).toThrow(/one of clientSecret, certificatePem and keyless/);
  expect(engine.registered).toEqual([]);
});
