/** Two credentials of one application that are due on the same day, on a real engine: one run makes both, one after the other. */
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
`;

const dayMs = 86_400_000;
const start = Date.parse("2027-01-10T08:00:00Z");

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({ program });
  // Writes that overlap by less than this would not be seen to.
  scene.sandbox.control.setWriteLatency(300);
  await on(0);
  await scene.stack.up();
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

test("a preview says of each which one takes its place, and up makes and uses both", async () => {
  await on(150.1);
  const { diagnostics } = await scene.stack.preview();
  expect(diagnostics.filter((line) => line.includes("generation"))).toEqual([
    expect.stringMatching(/certificate "certificate": generation 2 replaces generation 1 \(ends 2027-07-09T/),
    expect.stringMatching(/client secret "secret": generation 2 replaces generation 1 \(ends 2027-07-09T/),
  ]);
  const { onEvent, seen } = steps();
  const { outputs } = await scene.stack.up(onEvent);
  expect(seen.sort()).toEqual([
    "create certificate-credential-2",
    "create certificate-key-2",
    "create certificate-self-signed-2",
    "create secret-password-2",
    "update certificate-rotation",
    "update secret-rotation",
  ]);
  const inUse = (name: string): unknown => (outputs[name]?.value as { number: number }[]).at(-1)?.number;
  expect([inUse("certificates"), inUse("secrets")]).toEqual([2, 2]);
});

test("a day later both old ones are removed, one after the other, in the reverse order of their making", async () => {
  await on(151.2);
  const { onEvent, seen } = steps();
  await scene.stack.up(onEvent);
  expect(seen.filter((step) => /delete (?:secret-password|certificate-credential)/.test(step))).toEqual([
    "delete secret-password-1",
    "delete certificate-credential-1",
  ]);
  expect(seen.sort()).toEqual([
    "delete certificate-credential-1",
    "delete certificate-key-1",
    "delete certificate-self-signed-1",
    "delete secret-password-1",
    "update certificate-rotation",
    "update secret-rotation",
  ]);
});

test("no write to the application met another, those of its end included", async () => {
  await scene.stack.destroy();
  expect(scene.sandbox.control.counters().concurrencyViolations).toBe(0);
});
