import { scriptResultOf } from "./result";

const result = {
  bypassedAccounts: { count: 1, sample: ["svc"], unknown: 0, scannedAt: "2026-03-01T00:00:00.0000000Z" },
  scannedAt: "2026-03-01T00:00:00.0000000Z",
  mailboxes: 4,
  compliant: 3,
  changed: 2,
  failed: { count: 1, sample: ["ada@contoso.com: no licence"] },
};

test("the last line is the result, whatever a module wrote before it", () => {
  expect(scriptResultOf(`WARNING: {"mailboxes":1}\r\n${JSON.stringify(result)}\r\n`)).toEqual(result);
});

test.each(["", "Disconnected successfully !", "{}", '{"mailboxes":"4"}'])("%j is no result", (output) => {
  expect(() => scriptResultOf(output)).toThrow("its last line is no result");
});
