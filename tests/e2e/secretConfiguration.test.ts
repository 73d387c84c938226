/** The bearer token of 1Secure as secret configuration of the stack: used, and nowhere in plain text. */
import { openScene, type Scene } from "../support/engine";

const program = `
import { onesecure } from "pulumi-m365audit";

new onesecure.Credential("credential", {
  organization: "Contoso",
  displayName: "Netwrix 1Secure",
  clientId: "11111111-1111-4111-8111-111111111111",
  clientSecret: "a-client-secret-in-the-program",
});
`;

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({ program });
});
afterAll(async () => {
  await scene.close();
});

test("the token works from the stack's configuration and is stored encrypted only", async () => {
  const token = scene.sandbox.environment(scene.tenant)["M365AUDIT_ONESECURE_TOKEN"] ?? "";
  await scene.stack.setConfig({ "m365audit:onesecureToken": { value: token, secret: true } });
  await scene.stack.up();
  expect(scene.sandbox.control.oneSecure().credentials).toHaveLength(1);
  const stored = await scene.stack.storedFiles();
  expect(token).not.toBe("");
  expect(stored).not.toContain(token);
  expect(stored).not.toContain("a-client-secret-in-the-program");
});

test("a token that is refused is an error without the token in it", async () => {
  const wrong = "a-token-that-nobody-issued";
  await scene.stack.setConfig({ "m365audit:onesecureToken": { value: wrong, secret: true } });
  const failure = await scene.stack
    .pulumi("up", "--yes", "--skip-preview", "--refresh=false", "--replace", "**", "--stack", scene.stack.name)
    .then(
      () => "it succeeded",
      (error: unknown) => String((error as { stdout?: string }).stdout),
    );
  expect(failure).toContain("Set m365audit:onesecureToken");
  expect(failure).not.toContain(wrong);
});
