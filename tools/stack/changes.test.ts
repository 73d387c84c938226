import type { StepEventMetadata } from "@pulumi/pulumi/automation";
import { diagnosticLines, resourceChange } from "./changes";

function step(
  op: string,
  before: object | undefined,
  after: object | undefined,
  type = "pulumi-nodejs:dynamic/m365audit/onesecure:Source",
): StepEventMetadata {
  const urn = `urn:pulumi:contoso::m365audit::${type}::audit-source`;
  const state = (inputs: object): object => ({ type, urn, id: "1", parent: "", inputs, outputs: {}, provider: "" });
  return {
    op,
    urn,
    type,
    provider: "",
    ...(before && { old: state(before) }),
    ...(after && { new: state(after) }),
  } as StepEventMetadata;
}

test("an update names each property with what it was and what it becomes", () => {
  const change = resourceChange(
    step(
      "update",
      { crawlSource: false, sourceGroup: "A", __provider: "old" },
      { crawlSource: true, sourceGroup: "A", __provider: "new" },
    ),
  );
  expect(change).toMatchObject({ operation: "update", name: "audit-source" });
  expect(change?.properties).toEqual([{ path: "crawlSource", from: false, to: true }]);
});

test("what was read into the inputs as drift is shown going away", () => {
  const nonCompliant = { count: 1, sample: [{ mailbox: "ada@contoso.com" }] };
  const change = resourceChange(step("update", { match: "atLeast", nonCompliant }, { match: "atLeast" }));
  expect(change?.properties).toEqual([{ path: "nonCompliant", from: nonCompliant, to: undefined }]);
});

test("nested objects are compared property by property, lists as a whole", () => {
  const change = resourceChange(step("update", { a: { b: 1, c: [1] } }, { a: { b: 1, c: [1, 2] } }));
  expect(change?.properties).toEqual([{ path: "a.c", from: [1], to: [1, 2] }]);
});

test("lists of objects are compared one by one", () => {
  const [first, second] = [{ number: 1 }, { number: 2, endsAt: "2027-10-20" }];
  const change = resourceChange(step("update", { list: [first, { number: 2 }] }, { list: [first, second, first] }));
  expect(change?.properties).toEqual([
    { path: "list[1].endsAt", from: undefined, to: "2027-10-20" },
    { path: "list[2]", from: undefined, to: first },
  ]);
});

test("steps that change nothing of ours are no changes", () => {
  expect(resourceChange(step("same", {}, {}))).toBeUndefined();
  expect(resourceChange(step("refresh", {}, {}))).toBeUndefined();
  expect(resourceChange(step("create", undefined, {}, "pulumi:pulumi:Stack"))).toBeUndefined();
});

test("debug messages, in which the engine puts whole resources with their secrets, are never shown", () => {
  const message = "<{%reset%}>RegisterResource RPC prepared: clientSecret hunter2<{%reset%}>\n";
  expect(diagnosticLines({ severity: "debug" as "info", message, color: "never" })).toEqual([]);
  expect(
    diagnosticLines({
      severity: "info",
      message: "<{%reset%}>mailboxes corrected: 1 of 1<{%reset%}>\n",
      color: "never",
    }),
  ).toEqual(["mailboxes corrected: 1 of 1"]);
});
