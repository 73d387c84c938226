/** A Pulumi project on the disk with an exported state, for the tests of the commands about a person's work. */
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { manualClock } from "../../../provider/core";
import { operated } from "../../../provider/operated";
import { assess } from "../../../provider/operator/assess";
import { parseBook } from "../../../provider/operator/book";
import type { Entry } from "../../../provider/operator/entry";
import { linesOf } from "../../../provider/operator/sheet";
import { dynamicType } from "../../../provider/surfaces/dynamic/thin";
import type { ExitCode, Surroundings } from "../surroundings";

export const stack = "contoso";
export const tenantId = "cb58fcb5-b6ea-4c16-a2ac-6ace6ba6dc68";
export const clientId = "0b7a1f7c-6f1d-4c0e-9d1b-5a4f0a5d7c11";
export const keyId = "7d3c5f0e-1111-4222-8333-444455556666";
/** Half an hour after it, everything is attested that a test attests. */
export const start = Date.parse("2026-12-01T09:00:00Z");

/** A secret as an exported state has it. */
export function ciphertext(text = "v1:c2VjcmV0"): object {
  return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: text };
}

const project = "audited";
const rootUrn = `urn:pulumi:${stack}::${project}::pulumi:pulumi:Stack::${project}-${stack}`;

export interface Declared {
  /** `onesecure:Source` */
  readonly kind: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Name of the component that it is in. */
  readonly component?: string;
}

const componentType = "m365audit:onesecure:ExchangeOnlineAuditing";

export function urnOf({ kind, name, component }: Pick<Declared, "kind" | "name" | "component">): string {
  const chain = component === undefined ? "" : `${componentType}$`;
  return `urn:pulumi:${stack}::${project}::${chain}${dynamicType(`m365audit:${kind}`)}::${name}`;
}

/** What `pulumi stack export` gives after an `up`, nothing being attested. */
export function exportedState(
  declared: readonly Declared[],
  outputs: Readonly<Record<string, unknown>> = { clientSecret: ciphertext() },
): { deployment: { resources: ExportedResource[] } } {
  const components = [...new Set(declared.flatMap(({ component }) => component ?? []))];
  return {
    deployment: {
      resources: [
        { urn: rootUrn, custom: false, type: "pulumi:pulumi:Stack", outputs },
        ...components.map((name) => ({
          urn: componentUrn(name),
          custom: false,
          type: componentType,
          parent: rootUrn,
        })),
        ...declared.map(resourceOf),
      ],
    },
  };
}

export interface ExportedResource {
  readonly urn: string;
  readonly custom: boolean;
  readonly type: string;
  readonly id?: string;
  readonly parent?: string;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

function componentUrn(name: string): string {
  return `urn:pulumi:${stack}::${project}::${componentType}::${name}`;
}

function resourceOf(declared: Declared): ExportedResource {
  const token = `m365audit:${declared.kind}`;
  const known = operated.get(token);
  if (known === undefined) throw new Error(`no person applies ${token}`);
  const { kind, handover } = known;
  const urn = urnOf(declared);
  const id = handover.idOf(declared.inputs, urn);
  const { fingerprint, sheet } = assess(kind, handover, { id, stack, declared: declared.inputs, account: {} });
  const settled = { fingerprint, runSheet: linesOf(sheet) };
  const secret = handover.hasSecret ? { clientSecret: ciphertext() } : {};
  return {
    urn,
    id,
    custom: true,
    type: dynamicType(token),
    parent: declared.component === undefined ? rootUrn : componentUrn(declared.component),
    inputs: { ...declared.inputs, ...secret, ...settled, __provider: "exports.handler = () => {};", __urn: urn },
  };
}

export const credential: Declared = {
  kind: "onesecure:Credential",
  name: "audit-credential",
  component: "audit",
  inputs: {
    organization: "Contoso",
    displayName: "m365audit",
    clientId,
    clientSecretReference: { keyId, endDate: "2027-06-01T00:00:00Z", stackOutput: "clientSecret" },
  },
};

const credentialId = operated
  .get("m365audit:onesecure:Credential")
  ?.handover.idOf(credential.inputs, urnOf(credential));

export const source: Declared = {
  kind: "onesecure:Source",
  name: "audit-source",
  component: "audit",
  inputs: {
    organization: "Contoso",
    sourceGroup: "Exchange Online",
    tenantId,
    crawlSource: true,
    credentialId,
    adoptExisting: false,
  },
};

export const connector: Declared = {
  kind: "onesecure:Connector",
  name: "audit-connector",
  component: "audit",
  inputs: {
    sourceId: `operator:Contoso/${tenantId}`,
    exchangeOnlineActivity: true,
    collectNonOwnerMailboxAuditData: true,
    adoptExisting: false,
  },
};

export const dataset: Declared = {
  kind: "nowprivacy:Dataset",
  name: "mail",
  inputs: { name: "Mail", securityGroups: ["Privacy"], visibleToNobody: false, adoptExisting: false },
};

export const dataSource: Declared = {
  kind: "nowprivacy:DataSource",
  name: "mail-exchange",
  inputs: {
    datasetId: operated.get("m365audit:nowprivacy:Dataset")?.handover.idOf(dataset.inputs, urnOf(dataset)),
    datasetName: "Mail",
    service: "exchange",
    applicationId: clientId,
    clientSecretReference: { keyId, endDate: "2027-06-01T00:00:00Z", stackOutput: "mailSecret" },
    tenantId,
    ingestionScope: { type: "everything" },
    country: "GB",
    crawlPriority: 0.5,
    crawlMode: "continuous",
    startImmediately: true,
    reach: ["Mail.Read"],
    allowDataLoss: false,
  },
};

/** Credential, source and connector of the component `audit`. */
export const audit = [credential, source, connector] as const;

/** The same with other inputs. */
export function changed(declared: Declared, inputs: Readonly<Record<string, unknown>>): Declared {
  return { ...declared, inputs: { ...declared.inputs, ...inputs } };
}

export interface Ended {
  readonly code: ExitCode;
  readonly output: string;
  readonly errors: string;
}

export interface TestProject {
  readonly root: string;
  /** Exists from the first attestation. */
  readonly book: string;
  /** Writes a file into the project, with its folders; its absolute path. */
  write(name: string, content: string | Uint8Array, mode?: number): Promise<string>;
  /** Writes the state that `--state state.json` reads. */
  export(state: object): Promise<void>;
  /** The entries that are in the book. */
  entries(): Promise<readonly Entry[]>;
  /** Runs a command in the project. Each one is a minute after the one before. */
  run(command: (here: Surroundings) => Promise<ExitCode>, more?: Partial<Surroundings>): Promise<Ended>;
  close(): Promise<void>;
}

export async function newProject(): Promise<TestProject> {
  const root = await mkdtemp(join(tmpdir(), "m365audit-project-"));
  const book = join(root, "attestations", `${stack}.json`);
  const clock = manualClock(start);
  const self: TestProject = {
    root,
    book,
    async write(name, content, mode = 0o644) {
      const file = join(root, name);
      await mkdir(join(file, ".."), { recursive: true });
      await writeFile(file, content, { mode });
      return file;
    },
    async export(state) {
      await self.write("state.json", JSON.stringify(state));
    },
    async entries() {
      const { readFile } = await import("node:fs/promises");
      return parseBook(await readFile(book, "utf8"), book).entries;
    },
    async run(command, more = {}) {
      await clock.sleep(60_000);
      let [output, errors] = ["", ""];
      const here: Surroundings = {
        cwd: root,
        // Git knows nobody here.
        environment: { PATH: process.env["PATH"], HOME: root, GIT_CONFIG_NOSYSTEM: "1" },
        clock,
        input: () => Promise.reject(new Error("nothing is there to be read")),
        print: (text) => void (output += text),
        tell: (line) => void (errors += `${line}\n`),
        ...more,
      };
      const code = await command(here);
      return { code, output, errors };
    },
    close: () => rm(root, { recursive: true, force: true }),
  };
  await self.write("Pulumi.yaml", `name: ${project}\nruntime: nodejs\n`);
  return self;
}
