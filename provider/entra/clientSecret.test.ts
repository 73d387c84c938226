import * as pulumi from "@pulumi/pulumi";
import { type EngineRecord, mockEngine, type Registered, valueOf } from "../pulumi/testing/mockEngine";
import { ClientSecret, type ClientSecretArgs } from "./clientSecret";
import { dayMs } from "./dates";

const applicationId = "/applications/984d51af-215f-437c-ab31-480cc7c04b0e";
const start = Date.parse("2026-11-22T17:51:31.008Z");
const passwordType = "azuread:index/applicationPassword:ApplicationPassword";

/** The azuread plugin, as far as the component sees it. */
const tenant = {
  outputs: (type: string, name: string): Record<string, unknown> =>
    type === passwordType ? { value: `value of ${name}`, keyId: `key of ${name}` } : {},
};

interface Run {
  readonly secret: ClientSecret;
  readonly resources: readonly Registered[];
  readonly passwords: readonly string[];
  readonly record: EngineRecord;
  readonly news: readonly string[];
}

/** One `up`, so many days after the first. */
async function up(day: number, args: Partial<ClientSecretArgs> = {}, before?: Run): Promise<Run> {
  const now = start + day * dayMs;
  const engine = await mockEngine({ ...tenant, now, ...(before === undefined ? {} : { before: before.record }) });
  const { result, resources } = await engine.run(() => new ClientSecret("secret", { applicationId, ...args }));
  const passwords = resources.filter(({ type }) => type === passwordType).map(({ name }) => name);
  return { secret: result, resources, passwords, record: engine.record, news: engine.news };
}

const named = ({ resources }: Run, name: string): Registered | undefined =>
  resources.find((resource) => resource.name === name);

test("a secret ends 180 days from now, on a whole second", async () => {
  const run = await up(0);
  expect(run.resources).toMatchObject([
    { type: "m365audit:entra:ClientSecret", name: "secret" },
    {
      type: passwordType,
      name: "secret-password-1",
      parent: "secret",
      inputs: { applicationId, displayName: "Netwrix 1Secure", endDate: "2027-05-21T17:51:31Z" },
    },
    { type: "pulumi-nodejs:dynamic/m365audit/entra:CredentialRotation", name: "secret-rotation", parent: "secret" },
  ]);
  expect(await valueOf(run.secret.endDate)).toBe("2027-05-21T17:51:31Z");
  expect(await valueOf(run.secret.keyId)).toBe("key of secret-password-1");
  expect(await valueOf(run.secret.rotatesOn)).toBe("2027-04-21T17:51:31Z");
  expect(await valueOf(run.secret.generation)).toBe(1);
});

test("runs up to the day of rotation change nothing and say nothing", async () => {
  let run = await up(0);
  const first = run;
  for (const day of [0, 1, 90, 149]) {
    run = await up(day, {}, run);
    expect(run.resources).toEqual(first.resources);
    expect(run.record).toEqual(first.record);
    expect(run.news).toEqual([]);
  }
});

test("30 days before its end the next one is made and in use, and only a later run removes the old one", async () => {
  const first = await up(0);
  const rotated = await up(150, {}, first);
  expect(rotated.passwords).toEqual(["secret-password-1", "secret-password-2"]);
  expect(named(rotated, "secret-password-1")?.inputs).toEqual(named(first, "secret-password-1")?.inputs);
  expect(named(rotated, "secret-password-2")?.inputs).toMatchObject({ endDate: "2027-10-18T17:51:31Z" });
  expect(await valueOf(rotated.secret.value)).toBe("value of secret-password-2");
  expect(await valueOf(rotated.secret.generation)).toBe(2);
  expect(await valueOf(rotated.secret.generations)).toEqual([
    { number: 1, keyId: "key of secret-password-1", endDate: "2027-05-21T17:51:31Z" },
    { number: 2, keyId: "key of secret-password-2", endDate: "2027-10-18T17:51:31Z" },
  ]);
  expect(rotated.news).toEqual([
    'client secret "secret": generation 2 replaces generation 1 (ends 2027-05-21T17:51:31Z); the old one is removed by the first up from 2027-04-22T17:51:31Z on',
  ]);

  const sameDay = await up(150.5, {}, rotated);
  expect(sameDay.passwords).toEqual(["secret-password-1", "secret-password-2"]);
  expect(sameDay.news).toEqual([]);

  const nextDay = await up(151, {}, sameDay);
  expect(nextDay.passwords).toEqual(["secret-password-2"]);
  expect(await valueOf(nextDay.secret.value)).toBe("value of secret-password-2");
  expect(nextDay.news).toEqual(['client secret "secret": generation 1 (ends 2027-05-21T17:51:31Z) is removed']);
});

test("through two years of weekly runs there is always one in use that has not ended, and the old one overlaps", async () => {
  let before: Run | undefined;
  for (let day = 0; day <= 730; day += 7) {
    const run: Run = await up(day, {}, before);
    const inUse = await valueOf(run.secret.generation);
    expect(Date.parse(await valueOf(run.secret.endDate))).toBeGreaterThan(start + (day + 7) * dayMs);
    expect(run.passwords).toContain(`secret-password-${String(inUse)}`);
    const wasInUse = before === undefined ? inUse : await valueOf(before.secret.generation);
    expect(run.passwords).toContain(`secret-password-${String(wasInUse)}`);
    before = run;
  }
  expect(before?.passwords).toEqual(["secret-password-5"]);
});

test("after a pause that the secret did not outlive, the new one replaces it at once", async () => {
  const run = await up(400, {}, await up(0));
  expect(run.passwords).toEqual(["secret-password-2"]);
  expect(run.news).toEqual([
    'client secret "secret": generation 2 replaces generation 1 (ended 2027-05-21T17:51:31Z)',
    'client secret "secret": generation 1 (ended 2027-05-21T17:51:31Z) is removed',
  ]);
});

test("a trigger rotates now, once", async () => {
  const first = await up(0);
  const rotated = await up(10, { rotationTrigger: "leaked on 2 December" }, first);
  expect(rotated.passwords).toEqual(["secret-password-1", "secret-password-2"]);
  const later = await up(12, { rotationTrigger: "leaked on 2 December" }, rotated);
  expect(later.passwords).toEqual(["secret-password-2"]);
  expect((await up(13, {}, later)).passwords).toEqual(["secret-password-2"]);
});

test("another name makes a new secret beside the old one, another validity only the next one's end", async () => {
  const first = await up(0);
  const renamed = await up(1, { displayName: "1Secure, autumn" }, first);
  expect(named(renamed, "secret-password-1")?.inputs).toMatchObject({ displayName: "Netwrix 1Secure" });
  expect(named(renamed, "secret-password-2")?.inputs).toMatchObject({ displayName: "1Secure, autumn" });
  const shorter = await up(1, { validityDays: 90 }, first);
  expect(named(shorter, "secret-password-1")?.inputs).toEqual(named(first, "secret-password-1")?.inputs);
  expect(shorter.passwords).toEqual(["secret-password-1"]);
});

test("old secrets stay while someone has yet to enter the new one, at most to their end", async () => {
  const rotated = await up(150, {}, await up(0));
  const held = await up(170, { holdOld: true }, rotated);
  expect(held.passwords).toEqual(["secret-password-1", "secret-password-2"]);
  expect((await up(171, {}, held)).passwords).toEqual(["secret-password-2"]);
  expect((await up(180, { holdOld: true }, held)).passwords).toEqual(["secret-password-2"]);
});

test("the old secret goes once the new one is attested to be in the product, however long that takes", async () => {
  const first = await up(0);
  const entered = { holdOld: true, enteredEndDate: await valueOf(first.secret.endDate) };
  let run = await up(150, entered, first);
  expect(run.news).toEqual([
    'client secret "secret": generation 2 replaces generation 1 (ends 2027-05-21T17:51:31Z); the old one is removed by the first up from 2027-04-22T17:51:31Z on, once generation 2 has been attested to be in the product',
  ]);
  for (const day of [151, 160, 175]) {
    run = await up(day, entered, run);
    expect(run.passwords).toEqual(["secret-password-1", "secret-password-2"]);
    expect(run.news).toEqual([]);
  }
  const attested = { holdOld: true, enteredEndDate: pulumi.output(valueOf(run.secret.endDate)) };
  run = await up(175, attested, run);
  expect(run.passwords).toEqual(["secret-password-2"]);
  expect(run.news).toEqual(['client secret "secret": generation 1 (ends 2027-05-21T17:51:31Z) is removed']);
  expect((await up(176, attested, run)).news).toEqual([]);
});

test.each([undefined, false])(
  "what is in the product is refused with holdOld: %p, since it could be removed",
  async (holdOld) => {
    const engine = await mockEngine(tenant);
    const { problems, registered } = await engine.refused(
      () => new ClientSecret("secret", { applicationId, holdOld, enteredEndDate: "2027-05-21T17:51:31Z" }),
    );
    expect(problems).toEqual([
      "enteredEndDate: allowed: only with holdOld: true; without it old ones are removed whatever was entered",
    ]);
    expect(registered).toEqual([]);
  },
);

test("without an overlap the old one goes with the next run, even on the same day", async () => {
  const rotated = await up(150, { overlapDays: 0 }, await up(0));
  expect(rotated.passwords).toEqual(["secret-password-1", "secret-password-2"]);
  expect((await up(150, { overlapDays: 0 }, rotated)).passwords).toEqual(["secret-password-2"]);
});

test("a preview says what the run would do, and who uses the secret sees that it changes", async () => {
  const first = await up(0);
  const engine = await mockEngine({
    outputs: (type, name) => (name === "secret-password-2" ? {} : tenant.outputs(type, name)),
    now: start + 150 * dayMs,
    before: first.record,
    preview: true,
  });
  const { result, resources } = await engine.run(() => new ClientSecret("secret", { applicationId }));
  expect(resources.map(({ name }) => name)).toContain("secret-password-2");
  expect(engine.news).toHaveLength(1);
  expect(await (result.value as unknown as { isKnown: Promise<boolean> }).isKnown).toBe(false);
});

test("secrets are written one after another, and every one after what the component comes after", async () => {
  const rotated = await up(150, {}, await up(0));
  expect(named(rotated, "secret-password-2")?.after).toContain("secret-password-1");

  const first = await mockEngine({ ...tenant, now: start });
  const program = (): ClientSecret => {
    const one = new ClientSecret("one", { applicationId });
    return new ClientSecret("two", { applicationId }, { dependsOn: [one] });
  };
  await first.run(program);
  const second = await mockEngine({ ...tenant, now: start + 150 * dayMs, before: first.record });
  const { resources } = await second.run(program);
  for (const name of ["two-password-1", "two-password-2"]) {
    const { after } = resources.find((resource) => resource.name === name) ?? {};
    // The engine removes old secrets in the order of these, and at the same time where there are none.
    expect(after).toEqual(expect.arrayContaining(["one-password-1", "one-password-2"]));
  }
});

test("whoever depends on the component waits for its secrets, also where they are not known in a preview", async () => {
  const engine = await mockEngine({ now: start, preview: true });
  const { resources } = await engine.run(() => {
    const { keyId } = new ClientSecret("made", { applicationId });
    const named = new ClientSecret("named", { applicationId, displayName: keyId });
    return new ClientSecret("last", { applicationId }, { dependsOn: [named] });
  });
  const names = resources.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(["named-rotation", "last-rotation", "last-password-1"]));
  expect(names).not.toContain("named-password-1");
});

test("its value is a secret", async () => {
  const { secret } = await up(0);
  expect(await pulumi.isSecret(secret.value)).toBe(true);
});

test.each([0, 731, 1.5])("a validity of %p days is refused, and nothing is registered", async (validityDays) => {
  const engine = await mockEngine(tenant);
  const { problems, registered } = await engine.refused(
    () => new ClientSecret("secret", { applicationId, validityDays, rotateBeforeDays: 0 }),
  );
  expect(problems[0]).toMatch(new RegExp(`^validityDays: ${String(validityDays)} was given`));
  expect(registered).toEqual([]);
});

test("a rotation that would come round at every run is refused", async () => {
  const engine = await mockEngine(tenant);
  const { problems } = await engine.refused(() => new ClientSecret("secret", { applicationId, validityDays: 30 }));
  expect(problems).toEqual([
    "rotateBeforeDays: 30 days is the default; allowed: less than validityDays (30), or each run would make a new one",
  ]);
});
