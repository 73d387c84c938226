/**
 * A program: runs a sandbox in a process of its own, so that its work is not counted as a contender's. Takes its options as one
 * line of JSON on standard input, says in one line of JSON how to reach it, and ends when standard input does.
 */
import { createInterface } from "node:readline";
import { startSandbox, type ExchangeLoad, type TenantInfo, type TenantOptions } from "../../sandbox";

export interface ServeOptions {
  readonly tenants: readonly TenantOptions[];
  readonly exchangeLoad?: ExchangeLoad;
}

export interface Served {
  readonly origin: string;
  readonly caFile: string;
  readonly tenants: readonly (TenantInfo & { readonly environment: Readonly<Record<string, string>> })[];
}

async function main(): Promise<void> {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done === true) return;
  const sandbox = await startSandbox(JSON.parse(first.value) as ServeOptions);
  const tenants = sandbox.tenants.map((tenant) => ({ ...tenant, environment: sandbox.environment(tenant) }));
  const served: Served = { origin: sandbox.origin, caFile: sandbox.caFile, tenants };
  process.stdout.write(`${JSON.stringify(served)}\n`);
  while ((await lines.next()).done !== true);
  await sandbox.close();
}

if (require.main === module) {
  main().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
