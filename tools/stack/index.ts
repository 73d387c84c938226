/** A stack of the reference project on a real engine, set up against a sandbox tenant: what the demo and the end-to-end tests drive. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ConfigMap, EngineEvent, OutputMap, Stack } from "@pulumi/pulumi/automation";
import type { Sandbox, TenantInfo } from "../../sandbox";
import { startStandIns } from "../../sandbox/plugins/standIns";
import type { Engine } from "../engine";
import type { ResourceChange } from "./changes";
import { changesOf, diagnosticLines } from "./changes";
import { type CommandResult, runCommand } from "./commandLine";
import { outputsIn } from "./checkpoint";
import { createWorkspace, packageRoot, setPlainConfig } from "./workspace";

export interface StackOptions {
  readonly engine: Engine;
  readonly sandbox: Sandbox;
  readonly tenant: TenantInfo;
  /** Use the official azuread, tls and command plugins, which the engine then has to find or download. */
  readonly officialPlugins?: boolean;
  /** TypeScript source of a program in place of `examples/exchange-online`. */
  readonly program?: string;
  /** A folder of `examples` in place of `exchange-online`. */
  readonly example?: string;
  /** Give the engine the program as JavaScript, which spares each run the compiler; `false`: as TypeScript, as users have it. */
  readonly compiled?: boolean;
  /** Configuration by full key, on top of the stack file's. */
  readonly config?: Readonly<Record<string, string>>;
  /** Variables for the engine, and so for the program and the plugins, on top of the sandbox's. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What one run of the engine did, or would do. */
export interface Outcome {
  readonly changes: readonly ResourceChange[];
  readonly seconds: number;
  /** Of the stack; the value of a secret one is `[secret]`. */
  readonly outputs: OutputMap;
  /** What providers and the engine said, for a person: no debug messages. */
  readonly diagnostics: readonly string[];
}

export interface SandboxStack {
  readonly name: string;
  /** Where `pulumi` finds the project, for a look around. */
  readonly folder: string;
  /** The environment in which `pulumi` has to be run in that folder. */
  readonly environment: Readonly<Record<string, string>>;
  preview(onEvent?: (event: EngineEvent) => void): Promise<Outcome>;
  up(onEvent?: (event: EngineEvent) => void): Promise<Outcome>;
  destroy(onEvent?: (event: EngineEvent) => void): Promise<Outcome>;
  /** Every file that the backend keeps (state, history, backups), as it is on the disk: secrets encrypted. */
  storedFiles(): Promise<string>;
  setConfig(config: ConfigMap): Promise<void>;
  /** Moves everything to another time, from which it goes on: the sandbox, the stand-ins, and the next runs of the program. */
  travelTo(when: Date): Promise<void>;
  /** Runs a `pulumi` command line in the workspace; for what the Automation API does not cover. */
  pulumi(...args: string[]): Promise<string>;
  /** Runs our own command line, `m365audit …`, in the workspace. Never rejects for how it ends. */
  m365audit(...args: string[]): Promise<CommandResult>;
  /** Stops the plugins and removes every file of the stack. */
  close(): Promise<void>;
}

/** The stack's name is the first label of the tenant's initial domain: `contoso` for contoso.onmicrosoft.com. */
export function stackName(tenant: TenantInfo): string {
  return tenant.initialDomain.split(".")[0] ?? tenant.initialDomain;
}

export async function openStack(options: StackOptions): Promise<SandboxStack> {
  const { engine, sandbox, tenant, officialPlugins = false, program, example, compiled = false } = options;
  const name = stackName(tenant);
  const sandboxEnvironment = { ...sandbox.environment(tenant), ...options.environment };
  const standIns = officialPlugins ? undefined : await startStandIns({ environment: sandboxEnvironment });
  const workspace = await createWorkspace({
    stack: name,
    config: { ...addresses(sandbox, tenant), ...options.config },
    compiled,
    ...(program === undefined ? {} : { program }),
    ...(example === undefined ? {} : { example }),
  });
  const backend = await mkdtemp(path.join(tmpdir(), "m365audit-state-"));
  const environment: Record<string, string> = {
    ...engine.environment(process.env),
    ...sandboxEnvironment,
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_CONFIG_PASSPHRASE: "sandbox",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // The types of the examples are checked by `npm run check`; a preview does not have to check them again.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    // The official plugins are found in, or downloaded to, the user's own Pulumi home; without them, nothing of the user's is touched.
    ...(standIns === undefined
      ? {}
      : {
          PULUMI_HOME: path.join(backend, "home"),
          PULUMI_DEBUG_PROVIDERS: standIns.debugProviders,
          PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
        }),
  };

  const close = async (): Promise<void> => {
    await standIns?.close();
    await workspace.remove();
    await rm(backend, { recursive: true, force: true });
  };
  try {
    const stack = await createStack(engine, name, workspace.folder, environment);
    // Three more runs of `pulumi` would follow each that changes something, for what is in the checkpoint.
    const project = await stack.workspace.projectSettings();
    const checkpoint = path.join(backend, ".pulumi", "stacks", project.name, `${name}.json`);
    stack.outputs = () => outputsIn(checkpoint);
    stack.info = () => Promise.resolve(undefined);
    return {
      name,
      folder: workspace.folder,
      environment,
      close,
      storedFiles: () => contentsOf(path.join(backend, ".pulumi")),
      travelTo: async (when) => {
        sandbox.control.travelTo(when);
        await standIns?.setTime(when);
        stack.workspace.envVars["M365AUDIT_AS_OF"] = when.toISOString();
      },
      ...operations(stack, engine, environment),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Addresses of this run's sandbox, in place of the default port that the stack files name. */
function addresses(sandbox: Sandbox, tenant: TenantInfo): Record<string, string> {
  const environment = sandbox.environment(tenant);
  const address = (variable: string): string => {
    const value = environment[variable];
    if (value === undefined) throw new Error(`the sandbox gives no ${variable}`);
    return value;
  };
  return {
    "m365audit:tenantId": tenant.id,
    "m365audit:authorityHost": address("M365AUDIT_AUTHORITY_HOST"),
    "m365audit:exchangeEndpoint": address("M365AUDIT_EXCHANGE_ENDPOINT"),
    "m365audit:graphEndpoint": address("M365AUDIT_GRAPH_ENDPOINT"),
    "m365audit:onesecureEndpoint": address("M365AUDIT_ONESECURE_ENDPOINT"),
  };
}

async function createStack(
  engine: Engine,
  stackName: string,
  workDir: string,
  envVars: Record<string, string>,
): Promise<Stack> {
  const { LocalWorkspace, PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
  // `root` would only find an executable in a folder called `bin`, so the engine is found as any `pulumi` is: on PATH.
  Object.assign(process.env, engine.environment(process.env));
  const pulumiCommand = await PulumiCommand.get();
  return LocalWorkspace.createStack({ stackName, workDir }, { pulumiCommand, envVars });
}

async function contentsOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, "utf8")))).join("\n");
}

type Operations = Pick<SandboxStack, "preview" | "up" | "destroy" | "setConfig" | "pulumi" | "m365audit">;

function operations(stack: Stack, engine: Engine, environment: Record<string, string>): Operations {
  const run = async (
    onEvent: ((event: EngineEvent) => void) | undefined,
    operation: (onEvent: (event: EngineEvent) => void) => Promise<{ outputs?: OutputMap }>,
  ): Promise<Outcome> => {
    const events: EngineEvent[] = [];
    const started = performance.now();
    const { outputs = {} } = await operation((event) => {
      events.push(event);
      onEvent?.(event);
    });
    return {
      changes: changesOf(events),
      seconds: (performance.now() - started) / 1000,
      outputs,
      diagnostics: events.flatMap(({ diagnosticEvent }) => diagnosticLines(diagnosticEvent)),
    };
  };
  return {
    preview: (onEvent) =>
      run(onEvent, async (tap) => {
        await stack.preview({ onEvent: tap });
        return {};
      }),
    up: (onEvent) => run(onEvent, (tap) => stack.up({ onEvent: tap })),
    destroy: (onEvent) =>
      run(onEvent, async (tap) => {
        await stack.destroy({ onEvent: tap });
        return {};
      }),
    setConfig: (config) =>
      Object.values(config).some(({ secret }) => secret === true)
        ? stack.setAllConfig(config)
        : setPlainConfig(
            stack.workspace.workDir,
            stack.name,
            Object.fromEntries(Object.entries(config).map(([key, { value }]) => [key, value])),
          ),
    pulumi: async (...args) => {
      const { execFile } = await import("node:child_process");
      const { promisify } = await import("node:util");
      const { stdout } = await promisify(execFile)(engine.executable, args, {
        cwd: stack.workspace.workDir,
        env: environment,
        maxBuffer: 64 * 1024 * 1024,
      });
      return stdout;
    },
    m365audit: (...args) =>
      runCommand(process.execPath, [path.join(packageRoot, "dist", "cli", "main.js"), ...args], {
        cwd: stack.workspace.workDir,
        env: environment,
      }),
  };
}

export { packageRoot, runCommand };
export type { PropertyChange, ResourceChange } from "./changes";
export type { CommandResult } from "./commandLine";
