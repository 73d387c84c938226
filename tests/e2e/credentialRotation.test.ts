/** Two credentials of one application through their rotation, on a real engine: what is there after each run, and who is given what. */
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { nameOf } from "../../tools/stack/changes";
import { openScene, type Scene } from "../support/engine";

const program = `
import { entra } from "pulumi-m365audit";

const app = new entra.AppRegistration("app", { displayName: "Rotating" });
const { applicationId } = app;
const rotation = { validityDays: 180, rotateBeforeDays: 30 };
const certificate = new entra.Certificate("certificate", { applicationId, ...rotation });
const secret = new entra.ClientSecret("secret", { applicationId, ...rotation }, { dependsOn: [certificate] });

export const certificates = certificate.generations;
export const secrets = secret.generations;
export const rotatesOn = [certificate.rotatesOn, secret.rotatesOn];
`;

const dayMs = 86_400_000;
const start = Date.parse("2027-01-10T08:00:00Z");

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({ program });
  // Writes that overlap by less than this would not be seen to.
  scene.sandbox.control.setWriteLatency(300);
});
afterAll(() => scene.close());

/** What a run does to which resource, unchanged ones left out, in the engine's order: `create secret-password-2`. */
function steps(): { readonly onEvent: (event: EngineEvent) => void; readonly seen: string[] } {
  const seen: string[] = [];
  return {
    seen,
    onEvent: ({ resourcePreEvent }) => {
      const { op, urn, type } = resourcePreEvent?.metadata ?? { op: "same", urn: "", type: "" };
      if (["same", "refresh", "diff"].includes(op) || type.startsWith("pulumi:")) return;
      seen.push(`${op} ${nameOf(urn)}`);
    },
  };
}

async function on(day: number): Promise<void> {
  await scene.stack.travelTo(new Date(start + day * dayMs));
}

async function preview(): Promise<{ steps: string[]; news: string[] }> {
  const { onEvent, seen } = steps();
  const { diagnostics } = await scene.stack.preview(onEvent);
  return { steps: [...seen].sort(), news: diagnostics.filter((line) => line.includes("generation")) };
}

async function up(): Promise<{ steps: string[]; inUse: unknown[] }> {
  const { onEvent, seen } = steps();
  const { outputs } = await scene.stack.up(onEvent);
  const last = (name: string): unknown => (outputs[name]?.value as { number: number }[]).at(-1)?.number;
  return { steps: seen, inUse: [last("certificates"), last("secrets")] };
}

const rotating = [
  "create certificate-credential-2",
  "create certificate-key-2",
  "create certificate-self-signed-2",
  "create secret-password-2",
  "update certificate-rotation",
  "update secret-rotation",
];
const removing = [
  "delete certificate-credential-1",
  "delete certificate-key-1",
  "delete certificate-self-signed-1",
  "delete secret-password-1",
  "update certificate-rotation",
  "update secret-rotation",
];

test("on the first day each has its first generation", async () => {
  await on(0);
  expect((await up()).inUse).toEqual([1, 1]);
});

test("until the day of rotation there is nothing to do", async () => {
  await on(0);
  expect((await preview()).steps).toEqual([]);
  await on(149.9);
  expect(await preview()).toEqual({ steps: [], news: [] });
});

test("on that day a preview says which credentials rotate, and up makes and uses the next ones", async () => {
  await on(150.1);
  const previewed = await preview();
  expect(previewed.steps).toEqual(rotating);
  expect(previewed.news).toEqual([
    expect.stringMatching(/certificate "certificate": generation 2 replaces generation 1 \(ends 2027-07-09T/),
    expect.stringMatching(/client secret "secret": generation 2 replaces generation 1 \(ends 2027-07-09T/),
  ]);
  const done = await up();
  expect([...done.steps].sort()).toEqual(rotating);
  expect(done.inUse).toEqual([2, 2]);
});

test("on the same day there is nothing more to do", async () => {
  await on(150.2);
  expect((await preview()).steps).toEqual([]);
});

test("a day later the old ones are removed, one after another", async () => {
  await on(151.2);
  expect((await preview()).steps).toEqual(removing);
  const done = await up();
  expect([...done.steps].sort()).toEqual(removing);
  const order = done.steps.filter((step) => /delete (secret-password|certificate-credential)/.test(step));
  expect(order).toEqual(["delete secret-password-1", "delete certificate-credential-1"]);
  await on(152);
  expect((await preview()).steps).toEqual([]);
});

test("no write to the application met another, and destroy takes everything away", async () => {
  await scene.stack.destroy();
  expect(scene.sandbox.control.counters().concurrencyViolations).toBe(0);
});
