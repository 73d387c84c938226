import { InvalidInput, manualClock } from "../core";
import { createDynamicHost, type DynamicHost } from "../surfaces/dynamic/methods";
import { unknownValue } from "../surfaces/dynamic/values";
import { credentialRotation } from "./credentialRotation";
import { CredentialRotation } from "./credentialRotationResource";
import { dayMs } from "./dates";

const start = Date.parse("2026-11-22T17:51:31.008Z");
const inputs = {
  subject: "key of the gateway",
  validityDays: 90,
  rotateBeforeDays: 14,
  form: { size: "2048" },
  __urn: "urn:pulumi:stack::project::type::rotation",
};

function hostOn(day: number): { host: DynamicHost; said: string[] } {
  const said: string[] = [];
  const host = createDynamicHost(credentialRotation, () => ({
    clock: manualClock(start + day * dayMs),
    settings: { get: () => undefined },
    report: (line) => void said.push(line),
  }));
  return { host, said };
}

/** What the engine does with the methods of a dynamic provider in an update. */
async function up(day: number, state?: Record<string, unknown>) {
  const { host, said } = hostOn(day);
  const { inputs: checked, failures } = await host.check(state ?? {}, inputs);
  expect(failures).toEqual([]);
  if (state === undefined) {
    const { id, outs } = await host.create(checked);
    return { changes: true, id, state: outs as Record<string, unknown>, said };
  }
  const { changes, replaces } = await host.diff("rotation", state, checked);
  expect(replaces).toEqual([]);
  if (!changes) return { changes, id: "rotation", state, said };
  const { outs } = await host.update("rotation", state, checked);
  return { changes, id: "rotation", state: outs as Record<string, unknown>, said };
}

test("the generations are recorded, known in a preview, and unchanged until one is due", async () => {
  const { host } = hostOn(0);
  const preview = await host.check({}, inputs);
  const first = await up(0);
  expect(preview.inputs).toMatchObject({
    generations: first.state["generations"] as unknown[],
    rotatesOn: "2027-02-06T17:51:31Z",
  });
  expect((await up(75, first.state)).changes).toBe(false);
  const rotated = await up(76, first.state);
  expect(rotated.changes).toBe(true);
  expect(rotated.said).toEqual([expect.stringContaining("generation 2 replaces generation 1")]);
  expect(rotated.state).toMatchObject({
    generations: [{ number: 1 }, { number: 2 }],
    rotatesOn: "2027-04-23T17:51:31Z",
  });
  const removed = await up(77, rotated.state);
  expect(removed.state).toMatchObject({ generations: [{ number: 2 }] });
  expect(removed.said).toEqual([expect.stringContaining("generation 1 (ends 2027-02-20T17:51:31Z) is removed")]);
  expect((await up(78, removed.state)).changes).toBe(false);
});

test("a refresh finds what was recorded, since there is nothing else", async () => {
  const { state } = await up(0);
  const { host } = hostOn(50);
  expect(await host.read("rotation", state)).toMatchObject({ id: "rotation", props: state, inputs: state });
});

test("what is not known yet makes no decision", async () => {
  const { state } = await up(0);
  const { host } = hostOn(80);
  const later = { ...inputs, form: { size: unknownValue } };
  expect((await host.check({}, later)).inputs).not.toHaveProperty("generations");
  expect((await host.check(state, later)).inputs).toMatchObject({ generations: state["generations"] as unknown[] });
});

test("what is in the product and not known yet in a preview removes nothing", async () => {
  const held = { ...inputs, holdOld: true };
  const first = (await hostOn(0).host.check({}, held)).inputs;
  const rotated = (await hostOn(76).host.check(first, held)).inputs;
  const numbersWith = async (enteredEndDate: string): Promise<unknown> =>
    (await hostOn(80).host.check(rotated, { ...held, enteredEndDate })).inputs["generations"];
  expect(await numbersWith(unknownValue)).toMatchObject([{ number: 1 }, { number: 2 }]);
  expect(await numbersWith("2027-05-07T17:51:31Z")).toMatchObject([{ number: 2 }]);
});

test.each([
  ["both ends", { ...inputs, endsAt: "2027-01-01T00:00:00Z" }, ["validityDays: allowed: either"]],
  ["neither end", { ...inputs, validityDays: undefined }, ["validityDays: allowed: either"]],
  [
    "a rotation at each run",
    { ...inputs, rotateBeforeDays: 90 },
    ["rotateBeforeDays: allowed: less than validityDays"],
  ],
  [
    "what is in the product, while old ones are not held",
    { ...inputs, enteredEndDate: "2027-01-01T00:00:00Z" },
    ["enteredEndDate: allowed: only with holdOld: true"],
  ],
])("%s: refused", (_, given, expected) => {
  const { __urn, ...args } = given;
  let problems: string[] = [];
  try {
    new CredentialRotation("rotation", args);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    problems = error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
  expect(problems).toEqual(expected.map((problem): unknown => expect.stringContaining(problem)));
});
