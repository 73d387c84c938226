/** Runs of the engine that are to fail: what they said, and that nothing changed by them. */
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { diagnosticLines } from "../../tools/stack/changes";
import type { SandboxStack } from "../../tools/stack";

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
