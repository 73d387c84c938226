/** Which backend reaches NOW Privacy, from the stack's settings. */
import { createHash, randomUUID } from "node:crypto";
import { type Context, type Http, InvalidInput, type Problem, type Settings, createHttp } from "../core";
import type { Backend, CreateOnlyBackend } from "./backend";

/** One pool of connections for all resources of a stack. */
const pools = new WeakMap<Settings, Promise<Http>>();

/**
 * The backend that the stack's settings name: the gateway at `nowprivacyEndpoint`, or with `nowprivacyBackend: bulkFile` the product's
 * bulk-upload file.
 * @throws InvalidInput when a setting is missing or wrong, naming its configuration key and environment variable
 */
export async function connectBackend(ctx: Context): Promise<Backend | CreateOnlyBackend> {
  const { settings } = ctx;
  const name = settings.get("nowprivacyBackend") ?? "http";
  if (name === "http") return httpBackend(ctx);
  if (name === "bulkFile") return bulkFileBackend(ctx);
  const message = `${JSON.stringify(name)} was given; allowed: "http", "bulkFile"`;
  throw new InvalidInput(subject, [{ path: "m365audit:nowprivacyBackend", message }]);
}

const subject = "the connection to NOW Privacy";

async function httpBackend(ctx: Context): Promise<Backend> {
  const { settings, clock, signal } = ctx;
  const endpoint = settings.get("nowprivacyEndpoint");
  const token = settings.get("nowprivacyToken");
  const problems = [
    ...missing(endpoint, "nowprivacyEndpoint", "M365AUDIT_NOWPRIVACY_ENDPOINT"),
    ...missing(token, "nowprivacyToken", "M365AUDIT_NOWPRIVACY_TOKEN", "--secret "),
    ...(endpoint === undefined || endpoint === "" ? [] : unsafe(endpoint)),
  ];
  if (problems.length > 0 || endpoint === undefined || token === undefined) throw new InvalidInput(subject, problems);
  const pool = pools.get(settings) ?? createHttp();
  pools.set(settings, pool);
  const { createHttpBackend } = await import("./httpBackend.js");
  return createHttpBackend({ endpoint, token, clock, signal, http: await pool, report: (line) => ctx.report(line) });
}

async function bulkFileBackend(ctx: Context): Promise<CreateOnlyBackend> {
  const template = ctx.settings.get("nowprivacyBulkTemplate");
  const file = ctx.settings.get("nowprivacyBulkFile");
  const problems = [
    ...missing(template, "nowprivacyBulkTemplate", "M365AUDIT_NOWPRIVACY_BULK_TEMPLATE"),
    ...missing(file, "nowprivacyBulkFile", "M365AUDIT_NOWPRIVACY_BULK_FILE"),
  ];
  if (template === undefined || file === undefined) throw new InvalidInput(subject, problems);
  const { createBulkFileBackend } = await import("./bulkFile.js");
  return createBulkFileBackend({ template, file, report: (line) => ctx.report(line) });
}

function missing(value: string | undefined, name: string, variable: string, flag = ""): Problem[] {
  if (value !== undefined && value !== "") return [];
  return [
    {
      path: `m365audit:${name}`,
      message: `not set; run \`pulumi config set ${flag}m365audit:${name} …\` or set the environment variable ${variable}`,
    },
  ];
}

/** The token travels with every request, so it must not leave this machine unencrypted. */
function unsafe(endpoint: string): Problem[] {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url?.protocol === "https:") return [];
  if (url?.protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname)) return [];
  return [
    {
      path: "m365audit:nowprivacyEndpoint",
      message: `${JSON.stringify(endpoint)} was given; allowed: an https URL (http only on this machine)`,
    },
  ];
}

/**
 * The idempotency key of what a declaration makes: the same in every run, so that a run that broke off can be repeated, and another
 * for each declaration, so that two declarations of the same thing meet a conflict and not each other's object.
 *
 * @param identity what, when changed, makes a new object
 */
export function idempotencyKey({ declaration }: Context, ...identity: readonly string[]): string {
  const text = JSON.stringify([declaration ?? randomUUID(), ...identity]);
  return createHash("sha256").update(text).digest("hex");
}
