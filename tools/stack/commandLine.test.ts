import { tmpdir } from "node:os";
import { runCommand } from "./commandLine";

const place = { cwd: tmpdir(), env: { GREETING: "hello" } };
const node = (script: string) => runCommand(process.execPath, ["-e", script], place);

test("what a program prints, complains of and ends with is told apart", async () => {
  const script = "console.log(process.env.GREETING); console.error('oh'); process.exitCode = 3";
  await expect(node(script)).resolves.toEqual({ stdout: "hello\n", stderr: "oh\n", code: 3 });
});

test("a program that a signal ends has not succeeded", async () => {
  expect((await node("process.kill(process.pid, 'SIGTERM')")).code).toBe(1);
});

test("a program that asks for something is told that there is nothing", async () => {
  const script = "process.stdin.on('end', () => console.log('nothing')).resume()";
  expect(await node(script)).toMatchObject({ stdout: "nothing\n", code: 0 });
});

test("a program that is not there is an error, and no exit code", async () => {
  await expect(runCommand("no-such-program", [], place)).rejects.toThrow(/ENOENT/);
});
