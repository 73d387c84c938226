/**
 * An engine for unit tests: Pulumi's own mocks, plus what they leave out of their records (parents, dependencies, ignored
 * properties and secrets).
 */
import { runInThisContext } from "node:vm";
import * as pulumi from "@pulumi/pulumi";
import { manualClock } from "../../core/clock";
import { InvalidInput } from "../../core/errors";
import type { ResourceKind } from "../../core/kind";
import { settingsFrom } from "../../core/settings";
import { credentialRotation } from "../../entra/credentialRotation";
import { operated } from "../../operated";
import { chosenBackend } from "../../operator/backendChoice";
import { createDynamicHost, type DynamicHost } from "../../surfaces/dynamic/methods";
import { dynamicType } from "../../surfaces/dynamic/thin";
import { type Properties, unknownValue } from "../../surfaces/dynamic/values";

/** One resource as it was registered. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  /** Secrets among them in the clear. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Names of the inputs that were sent as secrets. */
  readonly secrets: readonly string[];
  /** Name of the parent; undefined for a resource of the program itself. */
  readonly parent: string | undefined;
  /** Names of the resources that it is to be made after, with those that follow from its inputs. */
  readonly after: readonly string[];
  readonly ignoreChanges: readonly string[];
}

/** One data source that was asked. */
export interface Asked {
  readonly token: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface MockEngineOptions {
  /** What a resource gives besides its inputs. Default: nothing; the id is `<name>-id` unless given as `id`. */
  readonly outputs?: (type: string, name: string, inputs: Readonly<Record<string, unknown>>) => Record<string, unknown>;
  /** What a data source answers. Default: an error. */
  readonly answer?: (token: string, inputs: Readonly<Record<string, unknown>>) => Record<string, unknown>;
  readonly preview?: boolean;
  /** Configuration by full key. Default: gateways for both products. */
  readonly config?: Readonly<Record<string, string>>;
  /** The time that kinds settle by, in milliseconds since the Unix epoch. Default: the machine's. */
  readonly now?: number;
  /** What the run before this one recorded (`record` of its engine). Default: there was none. */
  readonly before?: EngineRecord;
}

/** What an engine records of the resources of our own kinds, by name: their inputs, and what the kind settled with them. */
export type EngineRecord = ReadonlyMap<string, Properties>;

/** Kinds that settle properties do so here as in a real engine; of all others a resource gives what the test says. */
const settling: ReadonlyMap<string, ResourceKind> = new Map(
  [credentialRotation].map((kind) => [dynamicType(kind.contract.token), kind]),
);

/** Kinds that are also applied here, where the configuration has a person apply them. */
const handedOver = new Map(
  [...operated].map(([token, { kind, handover }]) => [dynamicType(token), { kind, handover }]),
);

export interface MockEngine {
  readonly record: EngineRecord;
  /** The lines of news of this run. */
  readonly news: readonly string[];
  readonly asked: readonly Asked[];
  /** What was registered so far, which is all that there is when a run fails. */
  readonly registered: readonly Registered[];
  /** Runs a program to its end and gives what it registered, by name. Rejects with the program's first error. */
  run<T>(program: () => T): Promise<{ readonly result: T; readonly resources: readonly Registered[] }>;
  /** Runs a program whose arguments are to be refused, and gives the problems as `path: message` and what was registered. */
  refused(
    program: () => unknown,
  ): Promise<{ readonly problems: readonly string[]; readonly registered: readonly string[] }>;
}

const gateways: Readonly<Record<string, string>> = {
  "m365audit:onesecureEndpoint": "https://gateway.example/onesecure",
  "m365audit:nowprivacyEndpoint": "https://gateway.example/nowprivacy",
};

const secretSignature = "4dabf18193072939515e22adb298388d";

interface RegisterRequest {
  getName(): string;
  getParent(): string;
  getDependenciesList(): string[];
  getIgnorechangesList(): string[];
  getObject(): { toJavaScript(): Record<string, unknown> };
}
type Callback = (error: Error | null, answer: unknown) => void;
interface Monitor {
  registerResource(request: RegisterRequest, callback: Callback): Promise<void>;
}

export async function mockEngine(options: MockEngineOptions = {}): Promise<MockEngine> {
  const { outputs, answer, preview = false, now = Date.now(), before, config = gateways } = options;
  pulumi.runtime.setAllConfig({ ...config });
  const resources: Registered[] = [];
  const record = new Map<string, Properties>();
  const news: string[] = [];
  const asked: Asked[] = [];
  const known = new Map<string, Pick<Registered, "type" | "inputs">>();
  await pulumi.runtime.setMocks(
    {
      newResource: async ({ type, name, inputs }) => {
        const given = Object.fromEntries(
          Object.entries(inputs as Record<string, unknown>).map(([key, value]) => [
            key,
            isSecret(value) ? value.value : value,
          ]),
        );
        known.set(name, { type, inputs: given });
        const settings = settingsFrom((key) => config[key]);
        const person = handedOver.get(type);
        const isByPerson = person !== undefined && chosenBackend(settings, person.handover.product) === "operator";
        const kind = isByPerson ? person.kind : settling.get(type);
        const { id = `${name}-id`, ...more } = outputs?.(type, name, given) ?? {};
        if (kind === undefined) return { id: id as string, state: { ...given, ...more } };
        const report = (line: string): void => void news.push(line);
        const host = createDynamicHost(kind, () => ({ clock: manualClock(now), settings, report }));
        const checked = await settle(host, before?.get(name), given);
        record.set(name, checked);
        if (!isByPerson) return { id: id as string, state: { ...checked, ...more } };
        // A preview knows of a resource that is to be made what was checked.
        if (preview) return { id: "", state: checked };
        const made = await host.create(checked);
        return { id: made.id, state: made.outs };
      },
      call: ({ token, inputs }) => {
        asked.push({ token, inputs: inputs as Record<string, unknown> });
        try {
          if (answer === undefined) throw new Error(`no answer to ${token}`);
          return answer(token, inputs as Record<string, unknown>);
        } catch (error) {
          // The engine's errors arrive with their text here.
          throw Object.assign(error as Error, { details: (error as Error).message });
        }
      },
    },
    "project",
    "stack",
    preview,
  );
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = async (request, callback) => {
    await register(request, callback);
    const { type, inputs } = known.get(request.getName()) ?? { type: "", inputs: {} };
    resources.push({
      type,
      name: request.getName(),
      inputs,
      secrets: Object.entries(request.getObject().toJavaScript()).flatMap(([name, value]) =>
        isSecret(value) ? [name] : [],
      ),
      parent: request.getParent() === "" ? undefined : nameOf(request.getParent()),
      after: request.getDependenciesList().map(nameOf).sort(),
      ignoreChanges: request.getIgnorechangesList(),
    });
  };
  return {
    asked,
    record,
    news,
    registered: resources,
    run: async (program) => {
      const result = await untilError(async (failed) => {
        const made = program();
        await settled(failed);
        return made;
      });
      return { result, resources: resources.sort((a, b) => (a.name < b.name ? -1 : 1)) };
    },
    refused: async (program) => {
      const problems: string[] = [];
      await untilError(async (failed) => {
        try {
          program();
        } catch (error) {
          if (!(error instanceof InvalidInput)) throw error;
          problems.push(...error.problems.map(({ path, message }) => `${path}: ${message}`));
        }
        await settled(failed);
      });
      return { problems, registered: resources.map(({ name }) => name) };
    },
  };
}

/** The inputs as the dynamic host checks them. */
async function settle(host: DynamicHost, before: Properties | undefined, given: Properties): Promise<Properties> {
  const { inputs, failures } = await host.check(before ?? {}, asEngine(given) as Properties);
  if (failures.length > 0) throw new Error(failures.map(({ property, reason }) => `${property}: ${reason}`).join("; "));
  return inputs;
}

/** What is not known yet, as a provider gets it of a real engine. */
function asEngine(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("__pulumiUnknown" in value) return unknownValue;
  if (Array.isArray(value)) return value.map(asEngine);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, asEngine(item)]));
}

function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}

function isSecret(value: unknown): value is { readonly value: unknown } {
  return typeof value === "object" && value !== null && secretSignature in value;
}

/**
 * When nothing is under way any more. Registrations follow one another through promises, for which a few turns are enough, and through
 * the reading of attestations, which takes as long as it takes.
 */
async function settled(failed: () => boolean): Promise<void> {
  const runtime = pulumi.runtime as unknown as { waitForRPCs(): Promise<void> };
  for (let quiet = 0; quiet < 5 && !failed(); quiet = isReading() ? 0 : quiet + 1) {
    await runtime.waitForRPCs();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Whether a file is being looked at. */
function isReading(): boolean {
  return realProcess.getActiveResourcesInfo().some((resource) => resource.startsWith("FSReq"));
}

/** The process itself: what jest gives a test under this name is a copy, to which no rejection is reported. */
const realProcess = runInThisContext("process") as NodeJS.Process;

/** An error in an Output ends a Pulumi program as an unhandled rejection; here it rejects the run. */
async function untilError<T>(run: (failed: () => boolean) => Promise<T>): Promise<T> {
  const events = ["unhandledRejection", "uncaughtException"] as const;
  const others = events.map((event) => [event, realProcess.listeners(event as "uncaughtException")] as const);
  for (const event of events) realProcess.removeAllListeners(event);
  try {
    let hasFailed = false;
    const failure = new Promise<never>((_, reject) => {
      for (const event of events) {
        realProcess.on(event, (error: Error) => {
          hasFailed = true;
          reject(error);
        });
      }
    });
    return await Promise.race([run(() => hasFailed), failure]);
  } finally {
    // One error is reported once for each promise that waits for it.
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    for (const [event, listeners] of others) {
      realProcess.removeAllListeners(event);
      for (const listener of listeners) realProcess.on(event, listener);
    }
  }
}

/** The value of an Output, once known. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<T> {
  return (output as unknown as { promise(): Promise<T> }).promise();
}
