/** Where a story is played: an engine, a sandbox tenant and a stack against it, and the table at the end. */
import { startSandbox, type Sandbox, type TenantInfo, type TenantOptions } from "../../sandbox";
import { ensureEngine } from "../engine";
import { openStack, type SandboxStack, type StackOptions } from "../stack";
import type { DemoOptions } from "./options";
import { good, heading, note, resultTable, say, type StepResult } from "./screen";

const initialDomain = "contoso.onmicrosoft.com";

export interface Stage {
  readonly stack: SandboxStack;
  readonly sandbox: Sandbox;
  readonly tenant: TenantInfo;
}

export interface Story {
  /** What the demo shows, in one line; then what it is played against. */
  readonly title: string;
  readonly about: readonly string[];
  readonly tenant?: Omit<TenantOptions, "initialDomain" | "mailboxes">;
  readonly stack?: Pick<StackOptions, "example" | "config">;
  /** Plays the story. With `keep`, without its end: everything stays for a look around. */
  readonly play: (stage: Stage, keep: boolean) => Promise<readonly StepResult[]>;
}

/** True only if each step did what it says. */
export async function stage(story: Story, options: DemoOptions): Promise<boolean> {
  heading(story.title);
  for (const line of story.about) say(line);

  heading("Setting up");
  const engine = await ensureEngine({ report: note });
  good(
    `Pulumi engine ${engine.version} (${{ path: "found on PATH", installer: "from the vendor's installer", modules: "built from Go modules" }[engine.source]})`,
  );
  const sandbox = await startSandbox({ tenants: [{ initialDomain, mailboxes: options.mailboxes, ...story.tenant }] });
  const stop = interrupted();
  let stack: SandboxStack | undefined;
  try {
    const [tenant] = sandbox.tenants;
    if (tenant === undefined) throw new Error("the sandbox has no tenant");
    good(
      `sandbox tenant ${tenant.initialDomain} (${tenant.id}) with ${String(options.mailboxes)} mailboxes at ${sandbox.origin}`,
    );
    stack = await openStack({ engine, sandbox, tenant, officialPlugins: options.officialPlugins, ...story.stack });
    good(
      `azuread, tls and command: ${options.officialPlugins ? "the official plugins" : "stand-ins that speak to the sandbox as the official plugins would"}`,
    );

    const results = await story.play({ stack, sandbox, tenant }, options.keep);
    heading("Result");
    say(resultTable(results));
    const ok = results.every((result) => result.ok);
    say(ok ? "Each step did what it says." : "Not every step did what it says: see ✗ above.");
    if (options.keep) await lookAround({ stack, sandbox, tenant }, stop);
    return ok;
  } finally {
    await stack?.close();
    await sandbox.close();
  }
}

/**
 * Aborted by Ctrl-C. The terminal, npm and our task runner each pass the same Ctrl-C on, so what comes within a second of the first
 * is that one again; a later one ends the process at once.
 */
function interrupted(): AbortSignal {
  const stop = new AbortController();
  let first: number | undefined;
  const interrupt = (): void => {
    first ??= performance.now();
    stop.abort();
    if (performance.now() - first > 1000) process.exit(130);
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  return stop.signal;
}

async function lookAround({ stack, sandbox, tenant }: Stage, stop: AbortSignal): Promise<void> {
  const { writeFile, rm } = await import("node:fs/promises");
  const path = await import("node:path");
  const file = path.join(stack.folder, "environment.sh");
  const lines = Object.entries(stack.environment)
    .filter(([name, value]) => process.env[name] !== value || name === "PATH")
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`);
  await writeFile(file, `${lines.join("\n")}\n`, { mode: 0o600 });
  heading("The sandbox and the stack stay until Ctrl-C. In another terminal:");
  say(`  source ${file} && cd ${stack.folder}`);
  say(`  pulumi stack output --stack ${stack.name}`);
  say(`  pulumi preview --diff --stack ${stack.name}`);
  say(`  curl --cacert ${sandbox.caFile} ${sandbox.origin}/_sandbox/tenants/${tenant.id}`);
  await new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    stop.addEventListener("abort", () => {
      resolve();
    });
  });
  await rm(file, { force: true });
}
