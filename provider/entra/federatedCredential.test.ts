import { mockEngine, valueOf } from "../pulumi/testing/mockEngine";
import { FederatedCredential, type FederatedCredentialArgs } from "./federatedCredential";

const args: FederatedCredentialArgs = {
  applicationId: "/applications/984d51af-215f-437c-ab31-480cc7c04b0e",
  issuer: "https://token.actions.githubusercontent.com",
  subject: "repo:contoso/audit:environment:production",
};

test("a workload can sign in as the application, and no key is made", async () => {
  const engine = await mockEngine({ outputs: () => ({ credentialId: "credential-1" }) });
  const { result, resources } = await engine.run(() => new FederatedCredential("pipeline", args));
  expect(resources).toMatchObject([
    { type: "m365audit:entra:FederatedCredential", name: "pipeline" },
    {
      type: "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential",
      name: "pipeline-credential",
      parent: "pipeline",
      inputs: { ...args, displayName: "pipeline", audiences: ["api://AzureADTokenExchange"] },
    },
  ]);
  expect(await valueOf(result.credentialId)).toBe("credential-1");
});

test("name and audience can be chosen", async () => {
  const { resources } = await (
    await mockEngine()
  ).run(() => new FederatedCredential("pipeline", { ...args, displayName: "ci", audiences: ["api://Other"] }));
  expect(resources[1]?.inputs).toMatchObject({ displayName: "ci", audiences: ["api://Other"] });
});

test("it comes after what it is said to come after, itself too and not its component alone", async () => {
  const { resources } = await (
    await mockEngine()
  ).run(() => {
    const one = new FederatedCredential("one", args);
    return new FederatedCredential("two", { ...args, subject: "other" }, { dependsOn: [one] });
  });
  expect(resources.find(({ name }) => name === "two-credential")?.after).toEqual(["one-credential"]);
});

test("arguments that Entra refuses are refused before, all at once", async () => {
  const engine = await mockEngine();
  const { problems, registered } = await engine.refused(
    () =>
      new FederatedCredential("pipeline", {
        ...args,
        displayName: "has spaces",
        issuer: "http://issuer.example",
        subject: "",
        audiences: ["a", "b"],
      }),
  );
  expect(problems).toEqual([
    expect.stringContaining("displayName: "),
    expect.stringContaining("issuer: "),
    expect.stringContaining("subject: "),
    expect.stringContaining("audiences: "),
  ]);
  expect(registered).toEqual([]);
});
