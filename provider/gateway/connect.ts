/** Where a product's gateway is, from the stack's settings, and what its creations are repeated by. */
import { createHash, randomUUID } from "node:crypto";
import {
  type Context,
  type Http,
  InvalidInput,
  type Problem,
  type Settings,
  addressProblems,
  createHttp,
  environmentVariable,
} from "../core";
import type { GatewayOptions } from "./gateway";
import type { Product } from "./problem";

/** For each stack one pool of connections, for all resources of all products. */
const pools = new WeakMap<Settings, Promise<Http>>();

/**
 * The gateway that the settings `<product>Endpoint` and `<product>Token` name.
 * @throws InvalidInput when one is missing or wrong, naming its configuration key and environment variable
 */
export async function gatewayOptions(product: Product, ctx: Context): Promise<GatewayOptions> {
  const { settings } = ctx;
  const names = { endpoint: `${product.settings}Endpoint`, token: `${product.settings}Token` };
  const endpoint = settings.get(names.endpoint);
  const token = settings.get(names.token);
  const problems = [
    ...missing(endpoint, names.endpoint),
    ...missing(token, names.token, "--secret "),
    ...(endpoint === undefined || endpoint === "" ? [] : addressProblems(endpoint, names.endpoint)),
  ];
  if (problems.length > 0 || endpoint === undefined || token === undefined) {
    throw new InvalidInput(`the connection to ${product.name}`, problems);
  }
  const pool = pools.get(settings) ?? createHttp({ settings });
  pools.set(settings, pool);
  return { ...ctx, endpoint, token, http: await pool };
}

/**
 * The problem of a setting that has to be there.
 * @param flag what `pulumi config set` needs besides, with a space after it
 */
export function missing(value: string | undefined, name: string, flag = ""): Problem[] {
  if (value !== undefined && value !== "") return [];
  return [
    {
      path: `m365audit:${name}`,
      message: `not set; run \`pulumi config set ${flag}m365audit:${name} …\` or set the environment variable ${environmentVariable(name)}`,
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
