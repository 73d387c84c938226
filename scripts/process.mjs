import { spawn } from "node:child_process";
import { constants } from "node:os";

/**
 * Runs a program and waits for it. Output is passed on with `inherit`, else collected. Signals that only we get are passed
 * on; a terminal's Ctrl-C reaches the program by itself. Returns its exit code, 128 + n after signal n as shells do, and
 * what was collected.
 */
export async function run(file, args, { cwd, env = process.env, inherit = false, shell = false } = {}) {
  return await new Promise((resolve, reject) => {
    const stdio = inherit ? "inherit" : ["ignore", "pipe", "pipe"];
    const child = spawn(file, args, { cwd, env, stdio, shell, windowsHide: true });
    let output = "";
    for (const stream of inherit ? [] : [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        output += text;
      });
    }
    const pass = (signal) => {
      const byTerminal = signal === "SIGINT" && (process.stdin.isTTY === true || process.stdout.isTTY === true);
      if (!byTerminal) child.kill(signal);
    };
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    for (const signal of signals) process.on(signal, pass);
    const done = () => {
      for (const signal of signals) process.off(signal, pass);
    };
    child.once("error", (error) => {
      done();
      reject(error);
    });
    child.once("close", (code, signal) => {
      done();
      resolve({ code: code ?? 128 + (constants.signals[signal] ?? 0), output });
    });
  });
}

/** Runs one of our own Node programs. */
export function runNode(args, options) {
  return run(process.execPath, args, options);
}
