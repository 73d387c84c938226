import { ensureEngine, EngineUnavailableError, surveyEngine } from ".";
import type { Engine } from "./engine";

const USAGE = `Usage: npm run engine            find, install or build a Pulumi engine
       npm run engine -- --print   say which one is used, and get none
`;

async function main(args: readonly string[]): Promise<number> {
  if (args.length === 0) {
    const engine = await ensureEngine({ report: say });
    describe(engine);
    return 0;
  }
  if (args.length === 1 && args[0] === "--print") return await print();
  const help = args.length === 1 && (args[0] === "--help" || args[0] === "-h");
  (help ? process.stdout : process.stderr).write(USAGE);
  return help ? 0 : 2;
}

async function print(): Promise<number> {
  const { engine, missing, refused } = await surveyEngine();
  if (engine === undefined) {
    say("engine    none yet");
    for (const line of refused) say(`          ${line}`);
    say("`npm run engine` gets one.");
    return 1;
  }
  describe(engine);
  if (missing.length > 0) say(`missing   ${missing.join(", ")} (\`npm run engine\` adds what is missing)`);
  return 0;
}

function describe(engine: Engine): void {
  const sources = {
    path: "found on PATH",
    installer: "installed by the vendor's installer",
    modules: "built from Go modules",
  };
  say(`engine    pulumi ${engine.version}`);
  say(`source    ${engine.source} (${sources[engine.source]})`);
  say(`path      ${engine.binaries}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const text = error instanceof EngineUnavailableError ? error.message : error instanceof Error ? error.stack : error;
    process.stderr.write(`${String(text)}\n`);
    process.exitCode = 1;
  },
);
