/**
 * Someone who works through a run-sheet in the sandbox's 1Secure and knows nothing but what stands in it: step by step, in its order.
 * A step that does not say all that is needed can't be done.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Sandbox, TenantInfo } from "../../sandbox";
import type { SandboxStack } from "../stack";
import { type OneSecureScreens, oneSecureScreens, type Shown } from "./oneSecureScreens";

export interface Person {
  /** Under which it attests. */
  readonly name: string;
  /**
   * Does every step of a runbook.
   *
   * @param runbook Markdown, as `m365audit runbook` prints it
   * @returns how many steps that were
   * @throws where a step can't be done, with what stands there
   */
  work(runbook: string): Promise<number>;
  /** Where Download Certificate puts its file: outside of every repository. */
  readonly certificateFile: string;
  /** Leaves, and takes the file along. */
  close(): Promise<void>;
}

export interface PersonOptions {
  readonly sandbox: Sandbox;
  readonly tenant: TenantInfo;
  /** In whose folder the person runs the command that a run-sheet names. */
  readonly stack: Pick<SandboxStack, "pulumi">;
}

export async function oneSecurePerson({ sandbox, tenant, stack }: PersonOptions): Promise<Person> {
  const folder = await mkdtemp(path.join(tmpdir(), "m365audit-person-"));
  const certificateFile = path.join(folder, "downloaded.cer");
  const screens = await oneSecureScreens(sandbox, tenant);
  return {
    name: "ada@contoso.com",
    certificateFile,
    work: async (runbook) => {
      let done = 0;
      for (const task of runbook.split(/^## /m).slice(1)) {
        const clicks = new Clicks(screens, stack, certificateFile);
        for (const [, step = ""] of task.matchAll(/^- \[ \] \d+\. (.*)$/gm)) {
          await clicks.do(step);
          done++;
        }
      }
      return done;
    },
    close: async () => {
      await screens.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The commands by which a runbook wants its tasks attested: what follows `npx m365audit attest --stack <stack>`. */
export function attestCommands(runbook: string, certificateFile: string): string[][] {
  return [...runbook.matchAll(/^npx m365audit attest --stack \S+ (.*)$/gm)].map(([, command = ""]) =>
    command.split(" ").map((word) => (word === "FILE" ? certificateFile : word)),
  );
}

type Click = (this: Clicks, value: string, second: string) => Promise<void> | void;

/** What stands open on the screen during one task, and what was typed into it. */
class Clicks {
  organization = "";
  /** The source that is edited; none while one is added. */
  source: Shown | undefined;
  /** The credentials that are edited; none while they are added. */
  credentials: Shown | undefined;
  sourceFields: Record<string, unknown> = {};
  connectorFields: Record<string, unknown> = {};
  credentialFields: Record<string, unknown> = {};

  constructor(
    readonly screens: OneSecureScreens,
    readonly stack: Pick<SandboxStack, "pulumi">,
    readonly certificateFile: string,
  ) {}

  async do(step: string): Promise<void> {
    const known = steps.find(([pattern]) => pattern.test(step));
    if (known === undefined) throw new Error(`the run-sheet has a step that nobody can do: ${step}`);
    const [pattern, click] = known;
    const [, value = "", second = ""] = pattern.exec(step) ?? [];
    await click.call(this, value, second);
  }

  async named(displayName: string): Promise<Shown> {
    const all = await this.screens.list("credentials", this.organization);
    return only(all.filter((one) => one.displayName === displayName));
  }

  async ofTenant(tenantId: string): Promise<Shown> {
    const all = await this.screens.list("sources", this.organization);
    return only(all.filter((one) => one.tenantId === tenantId));
  }

  async saveCredentials(): Promise<void> {
    const { screens, credentials, credentialFields, organization } = this;
    const saved =
      credentials === undefined
        ? await screens.save("POST", "credentials", { organization, ...credentialFields })
        : await screens.save("PATCH", `credentials/${credentials.id}`, credentialFields);
    if (saved.certificate !== undefined) await writeFile(this.certificateFile, saved.certificate.pem);
    this.credentialFields = {};
  }

  async saveSource(): Promise<void> {
    const { screens, source, sourceFields, connectorFields, organization } = this;
    const { id } =
      source ?? (await screens.save("POST", "sources", { organization, type: "exchangeOnline", ...sourceFields }));
    if (source !== undefined && hasAny(sourceFields)) await screens.save("PATCH", `sources/${id}`, sourceFields);
    if (hasAny(connectorFields))
      await screens.save("PATCH", `sources/${id}/connectors/exchangeOnlineActivity`, connectorFields);
  }
}

const nothing: Click = () => undefined;

/** Every step that there is, by what stands in it: `value` as a code span is what is entered. */
const steps: readonly (readonly [RegExp, Click])[] = [
  [/^Click \*\*Configuration\*\*/, nothing],
  [
    /^Click the organization `(.+?)`\./,
    function (name) {
      this.organization = name;
    },
  ],
  [/^On the \*\*Sources\*\* tab, click \*\*Add\*\*\./, nothing],
  [/^Select \*\*Exchange Online\*\* and click \*\*Next\*\*/, nothing],
  [
    /^On the \*\*Sources\*\* tab, edit the Exchange Online source of the tenant `(.+?)`/,
    async function (tenantId) {
      this.source = await this.ofTenant(tenantId);
    },
  ],
  [
    /^On the \*\*Sources\*\* tab, delete the Exchange Online source of the tenant `(.+?)`/,
    async function (tenantId) {
      await this.screens.save("DELETE", `sources/${(await this.ofTenant(tenantId)).id}`);
    },
  ],
  [
    /^\*\*Source Group\*\*: (?:enter|change it from `.+?` to) `(.+?)`\.$/,
    function (sourceGroup) {
      this.sourceFields["sourceGroup"] = sourceGroup;
    },
  ],
  [
    /^\*\*Tenant ID\*\*: enter `(.+?)`\.$/,
    function (tenantId) {
      this.sourceFields["tenantId"] = tenantId;
    },
  ],
  [
    /^(?:\*\*Crawl Source\*\*: turn it|Turn \*\*Crawl Source\*\*) \*\*(?:(?:ON|OFF) → )?(ON|OFF)\*\*\.$/,
    function (position) {
      this.sourceFields["crawlSource"] = position === "ON";
    },
  ],
  [/^\*\*Credentials\*\*: select \*\*Add new Credentials\*\*/, nothing],
  [
    /^On the \*\*Credentials\*\* tab, select the credentials `(.+?)` and click the \*\*(Edit|Delete)\*\* icon\./,
    async function (displayName, icon) {
      const credentials = await this.named(displayName);
      if (icon === "Edit") this.credentials = credentials;
      else await this.screens.save("DELETE", `credentials/${credentials.id}`);
    },
  ],
  [
    /^\*\*Client ID\*\*: (?:enter|change it from `.+?` to) `(.+?)`\.$/,
    function (clientId) {
      this.credentialFields["clientId"] = clientId;
    },
  ],
  [
    /^\*\*Client Secret\*\*: paste .* `pulumi (.+?)` prints it/,
    async function (command) {
      this.credentialFields["clientSecret"] = (await this.stack.pulumi(...command.split(" "))).trim();
    },
  ],
  // The sandbox has it when the credentials are saved.
  [/^\*\*Download Certificate\*\*: click it and keep the file\./, nothing],
  [
    /^\*\*Display Name\*\*: enter `(.+?)`\. Save the credentials\.$/,
    async function (displayName) {
      this.credentialFields["displayName"] = displayName;
      await this.saveCredentials();
    },
  ],
  [
    /^\*\*Display Name\*\*: change it from `.+?` to `(.+?)`\.$/,
    function (displayName) {
      this.credentialFields["displayName"] = displayName;
    },
  ],
  [
    /^Save the credentials\.$/,
    async function () {
      await this.saveCredentials();
    },
  ],
  [
    /^\*\*Credentials\*\*: select the credentials that are shown as `(.+?)`/,
    async function (displayName) {
      this.sourceFields["credentialId"] = (await this.named(displayName)).id;
    },
  ],
  [/^Click \*\*Next\*\*\. 1Secure validates/, nothing],
  [
    /(?:, turn|^Turn) \*\*Exchange Online Activity\*\* \*\*(?:(?:ON|OFF) → )?(ON|OFF)\*\*\./,
    function (position) {
      this.connectorFields["enabled"] = position === "ON";
    },
  ],
  [
    /^(Select|Clear) the checkbox \*\*Collect non-owner mailbox audit data\*\*/,
    function (verb) {
      this.connectorFields["collectNonOwnerMailboxAuditData"] = verb === "Select";
    },
  ],
  [
    /^(?:Click \*\*Finish\*\*|Save the source)\.$/,
    async function () {
      await this.saveSource();
    },
  ],
];

function hasAny(fields: object): boolean {
  return Object.keys(fields).length > 0;
}

/** What the screen shows under a name. @throws when it is not there, or there twice */
function only(found: readonly Shown[]): Shown {
  const [one, another] = found;
  if (one === undefined || another !== undefined)
    throw new Error(`1Secure shows ${String(found.length)} where the run-sheet says one`);
  return one;
}
