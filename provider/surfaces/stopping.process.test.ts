/** Processes that really start, lose their parent, and end. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

// Processes of their own take seconds on a busy machine.
jest.setTimeout(120_000);

/** A provider: it listens as the SDK's server does, so that nothing but a stop ends it, and sends and tells without end. */
const provider = `
  require("./scripts/typescript.cjs");
  const { createServer } = require("node:net");
  const { contextFor } = require("./provider/surfaces/context");
  const { createHttp } = require("./provider/core/http");
  createServer().listen(0, "127.0.0.1");
  const ctx = contextFor({ get: () => undefined }, (line) => console.log(line));
  const note = (error) => fetch(process.argv[1] + "/ended", { method: "POST", body: error.message });
  (async () => {
    const http = await createHttp();
    for (;;) {
      await http.send({ method: "POST", url: process.argv[1], body: "x".repeat(100_000), operation: "changing", subject: "it", signal: ctx.signal });
      ctx.report("one more Bearer abcdefgh12345678");
    }
  })().catch(note);
`;

/** An engine: it starts the provider as the SDK's script does, with a shell in between, a process group of its own, and reads what it writes. */
const engine = `
  const { spawn } = require("node:child_process");
  const [program, url, wrapped] = process.argv.slice(1);
  const child = wrapped === "shell"
    ? spawn("sh", ["-c", 'node -e "$1" "$2"; true', "sh", program, url], { stdio: ["pipe", "pipe", "inherit"], detached: true })
    : spawn(process.execPath, ["-e", program, url], { stdio: ["ignore", "pipe", "inherit"], detached: true });
  child.stdout.on("data", (text) => process.stdout.write(text));
`;

const root = join(__dirname, "..", "..");

/** The other side of one provider, and what it saw of its requests. */
class Service {
  begun = 0;
  answered = 0;
  /** Arrived in part only. */
  broken = 0;
  /** What the run ended with. */
  readonly endings: string[] = [];
  #connections = 0;
  readonly #server: Server = createServer((request, response) => {
    let text = "";
    let arrived = false;
    request.on("data", (part: Buffer) => (text += part.toString()));
    request.on("end", () => {
      arrived = true;
      if (request.url === "/ended") this.endings.push(text);
      // Long enough for a stop to come in between.
      setTimeout(() => response.end(), 20);
    });
    if (request.url === "/ended") return;
    this.begun += 1;
    response.on("close", () => {
      if (response.writableFinished) this.answered += 1;
      if (!arrived) this.broken += 1;
    });
  });

  async start(): Promise<string> {
    this.#server.on("connection", (socket) => {
      this.#connections += 1;
      socket.on("close", () => (this.#connections -= 1));
    });
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  /** Comes back when the provider has ended: its connections close with it. */
  async lost(): Promise<void> {
    await until(() => this.endings.length > 0 && this.#connections === 0);
    this.#server.close();
  }
}

/** Ends when it is so; the test's own time limit is the only other way out. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 25));
}

/** What became of a provider whose engine was killed, or that was told to end. */
interface Ending {
  readonly service: Service;
  /** What it told while it was busy. */
  readonly told: string;
  /** Milliseconds from the loss to its end. */
  readonly took: number;
}

async function ended(args: readonly string[], signal: "SIGKILL" | "SIGTERM"): Promise<Ending> {
  const service = new Service();
  const url = await service.start();
  const given = args.map((arg) => (arg === "URL" ? url : arg));
  const child = spawn(process.execPath, ["-e", ...given], { cwd: root, stdio: ["pipe", "pipe", "inherit"] });
  let told = "";
  child.stdout.on("data", (text: Buffer) => (told += text.toString()));
  await until(() => service.answered >= 3 && told.includes("one more"));
  const lost = Date.now();
  child.kill(signal);
  await service.lost();
  return { service, told, took: Date.now() - lost };
}

function missing(what: string): never {
  throw new Error(what);
}

/** By what happens to them: started together, because each takes its seconds to end. */
let endings: Readonly<Record<string, Ending>>;
beforeAll(async () => {
  const [shell, alone, term] = await Promise.all([
    ended([engine, provider, "URL", "shell"], "SIGKILL"),
    ended([engine, provider, "URL", "alone"], "SIGKILL"),
    ended([provider, "URL"], "SIGTERM"),
  ]);
  endings = {
    "the engine is killed": shell,
    "the engine is killed, no shell between": alone,
    "it is told to end": term,
  };
});

test.each([
  ["the engine is killed", "Pulumi's engine is gone"],
  ["the engine is killed, no shell between", "Pulumi's engine is gone"],
  ["it is told to end", "SIGTERM"],
])("when %s, a provider ends within seconds, and nothing is half-sent", (what, why) => {
  const { service, took } = endings[what] ?? missing(what);
  expect(took).toBeLessThan(30_000);
  expect(service).toMatchObject({ answered: service.begun, broken: 0 });
  expect(service.endings).toEqual([expect.stringContaining(why)]);
  expect(service.endings[0]).toMatch(/^stopping the run: .*the next `pulumi up` looks again/);
});

test("what a provider tells holds no token", () => {
  expect(endings["the engine is killed"]?.told).toMatch(/^(?:one more Bearer \(token\)\n)+$/);
});

/** A command of a person's that waits for an hour. */
const command = `
  require("./scripts/typescript.cjs");
  const { stoppable } = require("./provider/surfaces/stopping");
  const { systemClock } = require("./provider/core/clock");
  stoppable((line) => console.log(line), (signal) => {
    console.log("waiting");
    return systemClock.sleep(3_600_000, process.argv[1] === "deaf" ? undefined : signal);
  }).catch((error) => console.log(error.name + ": " + error.message));
`;

async function waiting(how: string): Promise<{ process: ChildProcess; printed: () => string }> {
  const started = spawn(process.execPath, ["-e", command, how], { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  started.stdout.on("data", (text: Buffer) => (printed += text.toString()));
  await until(() => printed.includes("waiting"));
  return { process: started, printed: () => printed };
}

test("a command ends in good order at the first Ctrl-C", async () => {
  const { process: running, printed } = await waiting("listening");
  running.kill("SIGINT");
  const [code] = (await once(running, "exit")) as [number | null];
  expect(code).toBe(0);
  expect(printed()).toBe(
    "waiting\nStopping: nothing more is begun. Ctrl-C once more ends it at once.\n" +
      "Stopped: stopping the run: it was told to end (SIGINT)\n",
  );
});

test("and at once at the second", async () => {
  const { process: running, printed } = await waiting("deaf");
  running.kill("SIGINT");
  await until(() => printed().includes("Stopping"));
  running.kill("SIGINT");
  const [, signal] = (await once(running, "exit")) as [number | null, string | null];
  expect(signal).toBe("SIGINT");
});
