/** Runs a sandbox until it is told to stop, and says how to use it. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prettifyError, ZodError } from "zod";
import { defaultBehaviour, turnedRound, type BehaviourChange } from "../sandbox/exchange/behaviour";
import { defaultTenants, startSandbox, type ExchangeLoad, type Sandbox, type TenantInfo } from "../sandbox";
import type { SandboxArguments } from "./sandboxArguments";

/** Resolves when the sandbox has been stopped by SIGINT or SIGTERM. */
export async function runSandbox(args: SandboxArguments): Promise<void> {
  const { mailboxes, port, seed, tenant, json } = args;
  const domains = tenant ?? defaultTenants.map(({ initialDomain }) => initialDomain);
  const behaviour = exchangeBehaviour(args);
  const stopped = stopSignal();
  const sandbox = await start(port, {
    ...(seed === undefined ? {} : { seed }),
    tenants: domains.map((initialDomain) => ({ initialDomain, mailboxes })),
    exchangeLoad: exchangeLoad(args),
    exchangeBehaviour: behaviour,
  });
  const files = environmentFiles(sandbox);
  try {
    process.stdout.write(
      json === true ? `${JSON.stringify(asJson(sandbox, files))}\n` : asText(sandbox, files, mailboxes),
    );
    await stopped;
  } finally {
    files.remove();
    await sandbox.close();
  }
  if (json !== true) process.stdout.write("\nThe sandbox has ended; nothing of it is left.\n");
}

function exchangeLoad(args: SandboxArguments): ExchangeLoad | undefined {
  const { cmdletLatency: cmdletLatencyMs, concurrentRequests, writesPerMinute, timeScale } = args;
  const load: ExchangeLoad = { cmdletLatencyMs, concurrentRequests, writesPerMinute, timeScale };
  return Object.values(load).some((value) => value !== undefined) ? load : undefined;
}

/** @throws Error that names each behaviour that there is not, or that can't have the value */
function exchangeBehaviour({ exchange = {} }: SandboxArguments): BehaviourChange {
  try {
    return turnedRound(defaultBehaviour, exchange);
  } catch (error) {
    const problems = error instanceof ZodError ? prettifyError(error) : String(error);
    throw new Error(`start the sandbox: --exchange names what Exchange does not have.\n${problems}`, { cause: error });
  }
}

async function start(port: number, options: Parameters<typeof startSandbox>[0]): Promise<Sandbox> {
  try {
    return await startSandbox({ ...options, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") {
      throw new Error(
        `port ${String(port)} is in use by another program (perhaps another sandbox). Stop that one, or choose a port with --port, or --port 0 for any that is free.`,
        { cause: error },
      );
    }
    if (code === "EACCES") {
      throw new Error(`this user may not open port ${String(port)}. Choose one above 1023 with --port.`, {
        cause: error,
      });
    }
    throw error;
  }
}

async function stopSignal(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        resolve();
      });
    }
  });
}

interface EnvironmentFiles {
  fileOf(tenant: TenantInfo): string;
  remove(): void;
}

/** A private file for each tenant that a shell can source. They hold the deployers' secrets, so only this user can read them. */
function environmentFiles(sandbox: Sandbox): EnvironmentFiles {
  const folder = mkdtempSync(join(tmpdir(), "m365audit-env-"));
  const fileOf = ({ initialDomain }: TenantInfo): string => join(folder, `env.${initialDomain}.sh`);
  const remove = (): void => {
    process.off("exit", remove);
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", remove);
  for (const tenant of sandbox.tenants) {
    const lines = Object.entries(sandbox.environment(tenant)).map(
      ([name, value]) => `export ${name}=${quoted(value)}\n`,
    );
    writeFileSync(fileOf(tenant), lines.join(""), { mode: 0o600 });
  }
  return { fileOf, remove };
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

function asJson(sandbox: Sandbox, files: EnvironmentFiles): object {
  return {
    origin: sandbox.origin,
    caFile: sandbox.caFile,
    control: `${sandbox.origin}/_sandbox`,
    tenants: sandbox.tenants.map((tenant) => ({
      id: tenant.id,
      initialDomain: tenant.initialDomain,
      displayName: tenant.displayName,
      deployer: { clientId: tenant.deployer.clientId },
      environmentFile: files.fileOf(tenant),
      environment: sandbox.environment(tenant),
    })),
  };
}

function asText({ origin, caFile, tenants }: Sandbox, files: EnvironmentFiles, mailboxes: number): string {
  const [first] = tenants;
  return `A Microsoft 365 sandbox is running on this machine, and only this machine can reach it. It is no real tenant:
what you do here is gone when it ends. It speaks Entra ID, Microsoft Graph, the Exchange admin API and 1Secure.

  Address  ${origin}
  CA       ${caFile}
  Control  ${origin}/_sandbox (what there is, and how to tamper with it)

${tenants
  .map(
    (tenant) => `  ${tenant.initialDomain} (${String(mailboxes)} mailboxes)
    tenant id    ${tenant.id}
    deployer     ${tenant.deployer.clientId} (its secret is in the file below)
    environment  ${files.fileOf(tenant)}
`,
  )
  .join("\n")}
To work on a tenant, load its environment into another terminal, and run Pulumi there:

  source ${first === undefined ? "FILE" : files.fileOf(first)}
  pulumi preview
  curl --cacert "$SSL_CERT_FILE" ${origin}/_sandbox/tenants

Press Ctrl-C to end the sandbox.
`;
}
