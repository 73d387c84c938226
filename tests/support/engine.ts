/** One engine for all end-to-end tests, and a stack against a fresh sandbox for each. */
import { startSandbox, type Sandbox, type SandboxOptions, type TenantInfo } from "../../sandbox";
import { ensureEngine } from "../../tools/engine";
import { codeCacheEnvironment } from "./codeCache";
import { openStack, type SandboxStack, type StackOptions } from "../../tools/stack";

export interface Scene {
  readonly sandbox: Sandbox;
  readonly tenant: TenantInfo;
  readonly stack: SandboxStack;
  close(): Promise<void>;
}

export interface SceneOptions extends Pick<StackOptions, "program" | "config" | "compiled"> {
  readonly sandbox?: SandboxOptions;
  /** Variables for the engine, on top of those that the sandbox gives. */
  readonly environment?: (sandbox: Sandbox) => Readonly<Record<string, string>>;
}

/** A building of the engine from Go modules may be part of the first call, so its progress is shown. */
export async function openScene(options: SceneOptions = {}): Promise<Scene> {
  const engine = await ensureEngine({ report: (line) => process.stderr.write(`${line}\n`) });
  const { sandbox: sandboxOptions, environment, compiled = true, ...stackOptions } = options;
  const sandbox = await startSandbox({
    tenants: [{ initialDomain: "contoso.onmicrosoft.com", mailboxes: 120 }],
    ...sandboxOptions,
  });
  const [tenant] = sandbox.tenants;
  if (tenant === undefined) throw new Error("the sandbox has no tenant");
  const stack = await openStack({
    engine,
    sandbox,
    tenant,
    compiled,
    environment: {
      ...(await codeCacheEnvironment()),
      ...(compiled ? { M365AUDIT_TEST_COMPILED: "1" } : {}),
      ...environment?.(sandbox),
    },
    ...stackOptions,
  });
  return {
    sandbox,
    tenant,
    stack,
    close: async () => {
      await stack.close();
      await sandbox.close();
    },
  };
}
