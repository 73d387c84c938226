import { manualClock, reconcile, type Context, gone } from "../core";
import { connection } from "./connection";
import { connectionContract, type ConnectionState } from "./connectionContract";

const declared = {
  tenantId: "11111111-2222-4333-8444-555555555555",
  applicationId: "aaaaaaaa-2222-4333-8444-555555555555",
  clientSecret: "the-secret",
  service: "exchange",
  ingestionScope: { type: "groupEmail", domain: "contoso.com", email: "finance@contoso.com" },
  evidence: ["key-1"],
};
const inputs = (more: object = {}) => connectionContract.inputs.parse({ ...declared, ...more });
const recorded = (more: Partial<ConnectionState> = {}): ConnectionState => ({
  ...inputs(),
  mayCrawl: [],
  found: [],
  warnings: [],
  excused: 0,
  testedAt: "2026-11-23T00:00:00.000Z",
  ...more,
});
const id = `${declared.tenantId}/connection`;

/** A world in which every setting that a test needs is asked for: one that is touched fails the test. */
const nobody: Context = {
  clock: manualClock(),
  settings: {
    get: () => {
      throw new Error("a test was made");
    },
  },
  report: () => undefined,
};

const again = (more: object, last = recorded()) =>
  reconcile(connection, nobody, { id, inputs: inputs(more), last: last });

test("a refresh asks nobody, and gives what was recorded", async () => {
  const last = recorded() as unknown as Record<string, unknown>;
  await expect(connection.observe(nobody, { id, inputs: inputs(), last, purpose: "refresh" })).resolves.toEqual({
    id,
    state: last,
  });
  await expect(connection.observe(nobody, { inputs: inputs() })).resolves.toBe(gone);
});

test("how to test may change without a new test", async () => {
  const { state } = await again({ ignoreWarnings: true, timeoutSeconds: 5, inARow: 1 });
  expect(state).toEqual(recorded({ ignoreWarnings: true, timeoutSeconds: 5, inARow: 1 }));
});

test.each([
  ["the credential", { clientSecret: "another" }],
  ["the scope", { ingestionScope: { type: "everything" } }],
  ["the evidence", { evidence: ["key-2"] }],
])("a change of %s tests again", async (_what, change) => {
  await expect(again(change)).rejects.toThrow("a test was made");
});

test("what was excused is tested again once nothing is excused any more", async () => {
  const excused = recorded({ ignoreWarnings: true, excused: 1, warnings: ["no group has this address"] });
  await expect(again({}, excused)).rejects.toThrow("a test was made");
  await expect(again({ ignoreWarnings: true, inARow: 1 }, excused)).resolves.toMatchObject({ id });
});

test("another tenant is another test", () => {
  const other = inputs({ tenantId: "99999999-2222-4333-8444-555555555555" });
  const { changes } = connection.plan(other, { id, state: recorded() });
  expect(changes).toEqual([expect.objectContaining({ path: "tenantId", replaces: true })]);
});

test.each([
  [
    { folderPath: "/Documents" },
    "folderPath",
    '"/Documents" was given; allowed: a folder path only with the service oneDrive',
  ],
  [
    { service: "oneDrive", limitedToScope: true },
    "limitedToScope",
    "true was given; allowed: true only with the service exchange",
  ],
])("%j is refused", (more, path, message) => {
  const { error } = connectionContract.inputs.safeParse({ ...declared, ...more });
  expect(error?.issues).toEqual([expect.objectContaining({ path: [path], message })]);
});
