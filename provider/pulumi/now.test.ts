import * as pulumi from "@pulumi/pulumi";
import { InvalidInput } from "../core/errors";
import { programNow, refuseOtherTime } from "./now";

const given = { ...process.env };
afterEach(() => {
  process.env = { ...given };
  pulumi.runtime.setConfig("m365audit:asOf", "");
});
function inRun({ preview }: { preview: boolean }): void {
  void pulumi.runtime.setMocks(
    { newResource: () => ({ id: "", state: {} }), call: () => ({}) },
    "project",
    "stack",
    preview,
  );
}

test("a program goes by the time that the stack says", () => {
  process.env["M365AUDIT_AS_OF"] = "2028-09-01T00:00:00Z";
  expect(programNow()).toBe(Date.parse("2028-09-01T00:00:00Z"));
});

test("another time is for previews: an update with it is refused", () => {
  process.env["M365AUDIT_AS_OF"] = "2028-09-01T00:00:00Z";
  inRun({ preview: true });
  expect(refuseOtherTime).not.toThrow();
  inRun({ preview: false });
  expect(refuseOtherTime).toThrow(InvalidInput);
  expect(refuseOtherTime).toThrow(/m365audit:asOf: 2028-09-01T00:00:00.000Z was given; allowed: nothing in an update/);
});

test("a tenant on this machine may be at another time", () => {
  process.env["M365AUDIT_AS_OF"] = "2028-09-01T00:00:00Z";
  process.env["M365AUDIT_AUTHORITY_HOST"] = "https://localhost:8443";
  inRun({ preview: false });
  expect(refuseOtherTime).not.toThrow();
  process.env["M365AUDIT_AUTHORITY_HOST"] = "https://localhost.example";
  expect(refuseOtherTime).toThrow(InvalidInput);
});
