/** Two years of runs on a real engine: secret and certificate are rotated, and nobody is ever without a credential that works. */
import { resourceTitle } from "../../tools/demo/screen";
import { auditedAsDeclared } from "../../tools/demo/tenant";
import type { Outcome } from "../../tools/stack";
import { openScene, type Scene } from "../support/engine";

const day = 86_400_000;
const start = Date.parse("2027-01-04T08:00:00Z");

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    sandbox: { tenants: [{ initialDomain: "contoso.onmicrosoft.com", mailboxes: 40 }], writeLatencyMs: 30 },
  });
  await scene.stack.travelTo(new Date(start));
  await scene.stack.up();
});
afterAll(async () => {
  await scene.close();
});

const onDay = (days: number): Promise<void> => scene.stack.travelTo(new Date(start + days * day));

/** `<operation> <resource> <name>` for each change. */
const done = ({ changes }: Pick<Outcome, "changes">): string[] =>
  changes
    .map(({ operation, type, name }) => `${operation} ${resourceTitle(type)} ${name.replace("exchange-online-", "")}`)
    .sort();

interface App {
  readonly clientSecrets: readonly unknown[];
  readonly certificates: readonly unknown[];
}
const app = (): App => {
  const [found] = scene.sandbox.control.tenant(scene.tenant.id).directory.applications;
  if (found === undefined) throw new Error("there is no application");
  return found;
};

test("before anything is due, a preview finds nothing to do and says when it will be", async () => {
  await onDay(149);
  expect((await scene.stack.preview()).changes).toEqual([]);
  const { outputs } = await scene.stack.up();
  expect(outputs["rotations"]?.value).toEqual([
    { credential: "client secret", generation: 1, rotatesOn: expect.stringContaining("2027-06-03T") as string },
    { credential: "certificate", generation: 1, rotatesOn: expect.stringContaining("2028-11-04T") as string },
  ]);
});

test("a preview says which credential will be rotated, what its end is, and when the old one goes", async () => {
  await onDay(151);
  const { changes, diagnostics } = await scene.stack.preview();
  expect(diagnostics.join("\n")).toMatch(
    /client secret .*generation 2 replaces generation 1 \(ends 2027-07-03T.*; the old one is removed by the first up from 2027-06-0/,
  );
  expect(done({ changes })).toEqual([
    "create azuread ApplicationPassword secret-password-2",
    "update 1Secure Credential credential",
    "update Entra CredentialRotation secret-rotation",
    "update Entra Preflight preflight",
  ]);
});

test("the new secret is proven and put to use beside the old one", async () => {
  expect(app().clientSecrets).toHaveLength(1);
  await scene.stack.up();
  expect(app().clientSecrets).toHaveLength(2);
  expect(scene.sandbox.control.oneSecureConnections()).toEqual([expect.objectContaining({ accepted: "yes" })]);
});

test("the same day once more, nothing is to be done", async () => {
  expect((await scene.stack.up()).changes).toEqual([]);
  expect(app().clientSecrets).toHaveLength(2);
});

test("a later run removes the old one, and only that", async () => {
  await onDay(153);
  expect(done(await scene.stack.up())).toEqual([
    "delete azuread ApplicationPassword secret-password-1",
    "update Entra CredentialRotation secret-rotation",
  ]);
  expect(app().clientSecrets).toHaveLength(1);
});

test("over two years, the certificate's rotation included, the product is never without a secret that works", async () => {
  let last: Outcome | undefined;
  // A secret that is due, and then whatever comes next: a run that only removes the old one, or the next rotation.
  for (const days of [302, 455, 608, 610, 671, 740]) {
    await onDay(days);
    last = await scene.stack.up();
    const findings = auditedAsDeclared(scene.sandbox.control, scene.tenant.id).filter(
      ({ ok, text }) => !ok && !text.startsWith("Entra: app"),
    );
    expect(findings).toEqual([]);
    expect(app().clientSecrets.length).toBeLessThanOrEqual(2);
  }
  expect(last?.outputs["rotations"]?.value).toEqual([
    expect.objectContaining({ credential: "client secret", generation: 5 }),
    expect.objectContaining({ credential: "certificate", generation: 2 }),
  ]);
  expect(scene.sandbox.control.oneSecureOutages()).toEqual([]);
});

test("no two writes of the application's credentials ever met", () => {
  expect(scene.sandbox.control.counters().concurrencyViolations).toBe(0);
});

test("destroy leaves nothing of ours", async () => {
  await scene.stack.destroy();
  expect(scene.sandbox.control.tenant(scene.tenant.id).directory.applications).toEqual([]);
});
