/** Which backend reaches 1Secure, from the stack's settings. */
import { createHash, randomUUID } from "node:crypto";
import { type Context, type Http, InvalidInput, type Problem, type Settings, createHttp } from "../core";
import type { Backend } from "./backend";
import { createHttpBackend } from "./httpBackend";

/** One pool of connections for all resources of a stack. */
const pools = new WeakMap<Settings, Promise<Http>>();

/**
 * The backend that the stack's settings name; today always the gateway at `onesecureEndpoint`.
 * @throws InvalidInput when a setting is missing or wrong, naming its configuration key and environment variable
 */
export async function connectBackend(ctx: Context): Promise<Backend> {
  const { settings, clock, signal } = ctx;
  const endpoint = settings.get("onesecureEndpoint");
  const token = settings.get("onesecureToken");
  const problems = [
    ...missing(endpoint, "onesecureEndpoint", "M365AUDIT_ONESECURE_ENDPOINT", ""),
    ...missing(token, "onesecureToken", "M365AUDIT_ONESECURE_TOKEN", "--secret "),
    ...(endpoint === undefined || endpoint === "" ? [] : unsafe(endpoint)),
  ];
  if (problems.length > 0 || endpoint === undefined || token === undefined) {
    throw new InvalidInput("the connection to 1Secure", problems);
  }
  const pool = pools.get(settings) ?? createHttp();
  pools.set(settings, pool);
  return createHttpBackend({ endpoint, token, clock, signal, http: await pool, report: (line) => ctx.report(line) });
}

function missing(value: string | undefined, name: string, variable: string, flag: string): Problem[] {
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
      path: "m365audit:onesecureEndpoint",
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
