/** Runs that are to fail, of the engine or of our side of its protocol alone: what they said, and that nothing changed by them. */
import path from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { settingsFrom } from "../../provider/core";
import { operated } from "../../provider/operated";
import { contextFor } from "../../provider/surfaces/context";
import { createDynamicHost } from "../../provider/surfaces/dynamic/methods";
import { dynamicType } from "../../provider/surfaces/dynamic/thin";
import { inputsOf } from "../../provider/surfaces/dynamic/values";
import { diagnosticLines } from "../../tools/stack/changes";
import type { SandboxStack } from "../../tools/stack";
import { attestationsFile } from "./operator";

export interface Refusal {
  /** The engine's errors, one an entry, without that of the whole run. */
  readonly errors: readonly string[];
  /** Everything that was said, line by line. */
  readonly said: string;
}

/** @throws when the run succeeds */
export async function refused(run: (onEvent: (event: EngineEvent) => void) => Promise<unknown>): Promise<Refusal> {
  const events: EngineEvent[] = [];
  let failed = false;
  try {
    await run((event) => void events.push(event));
  } catch {
    failed = true;
  }
  if (!failed) throw new Error("it was not refused");
  const told = events.flatMap(({ diagnosticEvent }) => (diagnosticEvent === undefined ? [] : [diagnosticEvent]));
  return {
    errors: told
      .filter(({ severity, urn }) => severity === "error" && urn !== undefined && urn !== "")
      .map((event) => `${event.urn?.split("::").at(-1) ?? ""}: ${diagnosticLines(event).join("\n")}`),
    said: told.flatMap(diagnosticLines).join("\n"),
  };
}

interface Exported {
  readonly deployment: { readonly resources: readonly StateResource[] };
}

export interface StateResource {
  readonly urn: string;
  readonly id?: string;
  readonly inputs?: object;
  readonly outputs?: object;
}

const times = new Set(["scannedAt", "fullScanAt"]);

/** The resources of the state by what they are, secrets in the clear, without when a refresh last looked. */
export async function resourcesOf(stack: SandboxStack): Promise<readonly StateResource[]> {
  const text = await stack.pulumi("stack", "export", "--show-secrets", "--stack", stack.name);
  const { deployment } = JSON.parse(text, (name, value: unknown) => (times.has(name) ? undefined : value)) as Exported;
  const byUrn = (one: StateResource, other: StateResource): number => (one.urn < other.urn ? -1 : 1);
  return deployment.resources
    .map(({ urn, id = "", inputs = {}, outputs = {} }) => ({ urn, id, inputs, outputs }))
    .sort(byUrn);
}

/** What the provider answers, a resource an entry, where the engine would refresh and check what a person applies. */
export interface ProviderRefusal {
  readonly refresh: readonly string[];
  readonly check: readonly string[];
}

/** Asks the provider in this process as the engine does: with a resource that the state holds, and the stack's attestations. */
export async function refusedByProvider(
  stack: SandboxStack,
  resources: readonly StateResource[],
): Promise<ProviderRefusal> {
  const configured: Readonly<Record<string, string>> = {
    "m365audit:onesecureBackend": "operator",
    "m365audit:nowprivacyBackend": "operator",
    "m365audit:attestations": path.dirname(attestationsFile(stack)),
  };
  const refresh: string[] = [];
  const check: string[] = [];
  for (const { urn, id = "", inputs = {}, outputs = {} } of resources) {
    const kind = [...operated.values()].find(({ handover }) => urn.includes(`${dynamicType(handover.token)}::`))?.kind;
    if (kind === undefined) continue;
    const host = createDynamicHost(kind, () =>
      contextFor(
        settingsFrom((key) => configured[key], {}),
        () => undefined,
      ),
    );
    const said = async (asked: Promise<unknown>): Promise<string[]> =>
      asked.then(
        () => [],
        // As the SDK prints it, and as the engine shows it.
        (error: unknown) => [
          `${urn.split("::").at(-1) ?? ""}: ${(error as Error).message}\n${String(error)}: ${String((error as Error).stack)}`,
        ],
      );
    const [recorded, declared] = [inClear(outputs), inClear(inputs)];
    const internal = Object.fromEntries(Object.entries(declared).filter(([name]) => name.startsWith("__")));
    const settled = Object.keys(kind.contract.settled?.shape ?? {});
    const own = Object.entries(inputsOf(kind.contract, declared)).filter(([name]) => !settled.includes(name));
    refresh.push(...(await said(host.read(id, recorded))));
    check.push(...(await said(host.check(declared, { ...internal, ...Object.fromEntries(own) }))));
  }
  return { refresh, check };
}

/** Recorded properties as a provider gets them: `--show-secrets` has a secret as an object with its JSON. */
function inClear(properties: object): Readonly<Record<string, unknown>> {
  return JSON.parse(JSON.stringify(properties), (_name, value: unknown) =>
    typeof value === "object" && value !== null && "plaintext" in value
      ? (JSON.parse(String(value.plaintext)) as unknown)
      : value,
  ) as Readonly<Record<string, unknown>>;
}
