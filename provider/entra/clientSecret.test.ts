import { mockEngine, valueOf } from "../pulumi/testing/mockEngine";
import { ClientSecret, type ClientSecretArgs } from "./clientSecret";

const applicationId = "/applications/984d51af-215f-437c-ab31-480cc7c04b0e";
const now = Date.parse("2026-11-22T17:51:31.008Z");
const tenant = { outputs: () => ({ value: "abc8Q~not-a-real-secret", keyId: "key-1" }) };

async function made(args: Partial<ClientSecretArgs>) {
  const engine = await mockEngine(tenant);
  return engine.run(() => new ClientSecret("secret", { applicationId, ...args }, {}, () => now));
}

test("a secret ends 180 days from now, on a whole second", async () => {
  const { result, resources } = await made({});
  expect(resources).toMatchObject([
    { type: "m365audit:entra:ClientSecret", name: "secret" },
    {
      type: "azuread:index/applicationPassword:ApplicationPassword",
      name: "secret-password",
      parent: "secret",
      inputs: { applicationId, displayName: "Netwrix 1Secure", endDate: "2027-05-21T17:51:31Z" },
    },
  ]);
  expect(await valueOf(result.endDate)).toBe("2027-05-21T17:51:31Z");
  expect(await valueOf(result.keyId)).toBe("key-1");
});

test("a later run does not replace it: the date of the first stays", async () => {
  const { resources } = await made({});
  expect(resources[1]?.ignoreChanges).toEqual(["endDate"]);
});

test("its value is a secret", async () => {
  const { result } = await made({});
  expect(await (result.value as unknown as { isSecret: Promise<boolean> }).isSecret).toBe(true);
});

test("name and validity can be chosen", async () => {
  const { resources } = await made({ displayName: "1Secure, autumn", validityDays: 30 });
  expect(resources[1]?.inputs).toMatchObject({ displayName: "1Secure, autumn", endDate: "2026-12-22T17:51:31Z" });
});

test.each([0, 731, 1.5])("a validity of %p days is refused, and nothing is registered", async (validityDays) => {
  const engine = await mockEngine(tenant);
  const { problems, registered } = await engine.refused(
    () => new ClientSecret("secret", { applicationId, validityDays }),
  );
  expect(problems).toEqual([expect.stringMatching(new RegExp(`^validityDays: ${String(validityDays)} was given`))]);
  expect(registered).toEqual([]);
});
