import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { outputsIn } from "./checkpoint";

const folder = mkdtempSync(path.join(tmpdir(), "m365audit-checkpoint-"));
const file = path.join(folder, "contoso.json");
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:xyz" };

test("the stack's outputs come with what is secret masked, wherever it is", async () => {
  const outputs = { count: 50, key: secret, list: [{ open: true, key: secret }] };
  const resources = [
    { type: "azuread:index:Application", outputs: { other: 1 } },
    { type: "pulumi:pulumi:Stack", outputs },
  ];
  writeFileSync(file, JSON.stringify({ version: 3, checkpoint: { latest: { resources } } }));
  expect(await outputsIn(file)).toEqual({
    count: { value: 50, secret: false },
    key: { value: "[secret]", secret: true },
    list: { value: [{ open: true, key: "[secret]" }], secret: false },
  });
});

test("a stack that nothing was done with has no outputs", async () => {
  writeFileSync(file, JSON.stringify({ version: 3, checkpoint: {} }));
  expect(await outputsIn(file)).toEqual({});
});
