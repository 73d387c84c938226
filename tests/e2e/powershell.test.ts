/** The vendor's way on a real Pulumi engine: the example program with `engine: "powershell"` and a `pwsh` that only writes down. */
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fakePwsh, fakeResult, type FakePwsh } from "../../provider/exchange/powershell/testing/fakePwsh";
import { syntaxErrors } from "../../provider/exchange/powershell/testing/grammar";
import { openScene, type Scene } from "../support/engine";

const example = readFileSync(path.resolve(__dirname, "../../examples/exchange-online/index.ts"), "utf8");
const program = example.replace(
  'baseline: "netwrixNonOwner",',
  'baseline: "netwrixNonOwner", engine: "powershell", initialDomain: "contoso.onmicrosoft.com", onDelete: "restoreDefaults",',
);
const formerPath = process.env["PATH"];

let pwsh: FakePwsh;
let scene: Scene;
beforeAll(async () => {
  pwsh = fakePwsh({ stdout: `${fakeResult}\n`, stderr: "50 mailboxes, 12 changed, 0 failed\n" });
  // The plugin that runs commands is started with this process's environment.
  process.env["PATH"] = pwsh.path;
  scene = await openScene({ program });
});
afterAll(async () => {
  await scene.close();
  process.env["PATH"] = formerPath;
  pwsh.remove();
});

test("a preview runs no script", async () => {
  expect(program).not.toBe(example);
  const { changes } = await scene.stack.preview();
  expect(changes.map(({ type }) => type)).toContain("command:local:Command");
  expect(pwsh.calls()).toEqual([]);
});

test("up runs the script once, with the key of the app's certificate on its standard input only", async () => {
  const { outputs, diagnostics } = await scene.stack.up();
  const [call, ...more] = pwsh.calls();
  expect(more).toEqual([]);
  expect(call?.args.slice(0, -1)).toEqual(["-NoProfile", "-NonInteractive", "-Command"]);
  expect(await syntaxErrors(call?.args.at(-1) ?? "")).toEqual([]);
  expect(createPrivateKey(call?.stdin ?? "").asymmetricKeyType).toBe("rsa");
  expect(call?.stdin).toContain("BEGIN CERTIFICATE");
  expect(JSON.stringify([call?.args, call?.environment])).not.toContain("PRIVATE KEY");
  expect(outputs["mailboxes"]).toEqual({ value: 50, secret: false });
  expect(diagnostics.join("\n")).not.toContain("PRIVATE KEY");
});

test("the key is nowhere in what the backend keeps", async () => {
  const stored = await scene.stack.storedFiles();
  const key = /-----BEGIN [A-Z ]*PRIVATE KEY-----\s+(\S{40})/.exec(pwsh.calls()[0]?.stdin ?? "")?.[1] ?? "";
  expect(key).toHaveLength(40);
  expect(stored).not.toContain(key);
  expect(stored).not.toContain("PRIVATE KEY");
});

test("with the same declaration there is nothing to do", async () => {
  expect((await scene.stack.preview()).changes).toEqual([]);
  expect(pwsh.calls()).toHaveLength(1);
});

test("destroying runs the script that restores the defaults, while the app can still sign in", async () => {
  await scene.stack.destroy();
  const [, call, ...more] = pwsh.calls();
  expect(more).toEqual([]);
  expect(call?.args.at(-1)).toContain("@{ DefaultAuditSet = $logonTypes }");
  expect(call?.stdin).toBe(pwsh.calls()[0]?.stdin);
});
