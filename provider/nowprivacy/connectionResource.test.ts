import * as pulumi from "@pulumi/pulumi";
import { mockEngine, valueOf } from "../pulumi/testing/mockEngine";
import { Connection } from "./connectionResource";
import { DataSource } from "./resources";

const declared = {
  tenantId: "11111111-2222-4333-8444-555555555555",
  applicationId: "aaaaaaaa-2222-4333-8444-555555555555",
  service: "exchange",
  ingestionScope: { type: "userEmail", domain: "contoso.com", email: "info@contoso.com" },
} as const;

test("a data source comes after its tests, and its values are known in a preview", async () => {
  const engine = await mockEngine({ preview: true });
  const { resources, result } = await engine.run(() => {
    const connection = new Connection("mail", { ...declared, clientSecret: pulumi.secret("s") });
    new DataSource("mail", {
      datasetId: "dataset",
      service: connection.service,
      tenantId: connection.tenantId,
      applicationId: connection.applicationId,
      clientSecret: connection.clientSecret,
      ingestionScope: connection.ingestionScope,
      country: "GB",
      crawlPriority: 0.5,
      crawlMode: "once",
    });
    return connection;
  });
  const source = resources.find(({ type }) => type.endsWith(":DataSource"));
  expect(source).toMatchObject({
    inputs: expect.objectContaining({ ...declared, clientSecret: "s" }),
    after: ["mail"],
  });
  expect(source?.secrets).toContain("clientSecret");
  await expect(valueOf(result.applicationId)).resolves.toBe(declared.applicationId);
});

test("a connection of another kind of scope than there are is not registered", async () => {
  const engine = await mockEngine();
  const args = { ...declared, clientSecret: "s", service: "teams" as "exchange" };
  expect(() => new Connection("mail", args)).toThrow(/service: .*exchange/s);
  expect(engine.registered).toEqual([]);
});
