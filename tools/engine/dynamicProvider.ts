import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { writeWhole } from "./cache";

/** The name by which the engine looks for the plugin that serves dynamic providers of Node programs. */
export const DYNAMIC_PROVIDER = "pulumi-resource-pulumi-nodejs";

const RESOLVE = `require.resolve('@pulumi/pulumi/cmd/dynamic-provider', { paths: [process.cwd()] })`;

const SHELL = `#!/bin/sh
# Serves the dynamic providers of the program in the current folder, with that program's own Pulumi SDK.
script=$(node -p "${RESOLVE}") || exit 1
exec node "$script" "$@"
`;

const BATCH = `@echo off
rem Serves the dynamic providers of the program in the current folder, with that program's own Pulumi SDK.
setlocal
for /f "delims=" %%i in ('node -p "${RESOLVE}"') do set SCRIPT=%%i
if not defined SCRIPT exit /b 1
node "%SCRIPT%" %*
`;

/** The plugin's file name on that platform. */
export function dynamicProviderFile(platform: string): string {
  return platform === "win32" ? `${DYNAMIC_PROVIDER}.cmd` : DYNAMIC_PROVIDER;
}

/**
 * Writes the plugin into `folder`. The engine starts it in the program's folder with the engine's address as argument,
 * and expects what `@pulumi/pulumi/cmd/dynamic-provider` prints.
 */
export async function writeDynamicProvider(folder: string, platform: string): Promise<void> {
  const file = join(folder, dynamicProviderFile(platform));
  await writeWhole(file, platform === "win32" ? BATCH.replaceAll("\n", "\r\n") : SHELL);
  await chmod(file, 0o755);
}
