/** Which backend reaches NOW Privacy, from the stack's settings. */
import { type Context, InvalidInput } from "../core";
import { gatewayOptions, missing } from "../gateway/connect";
import { chosenBackend } from "../operator/backendChoice";
import { nowprivacy } from "../operator/products";
import type { Backend, CreateOnlyBackend } from "./backend";
import { product } from "./httpBackend/product";

export { idempotencyKey } from "../gateway/connect";

const subject = `the connection to ${product.name}`;

/**
 * The backend that the stack's settings name: the gateway at `nowprivacyEndpoint`, or with `nowprivacyBackend: bulkFile` the product's
 * bulk-upload file. With `operator` a person reaches the product, and no program.
 * @throws InvalidInput when a setting is missing or wrong, naming its configuration key and environment variable
 */
export async function connectBackend(ctx: Context): Promise<Backend | CreateOnlyBackend> {
  const name = chosenBackend(ctx.settings, nowprivacy);
  return name === "bulkFile" ? bulkFileBackend(ctx) : httpBackend(ctx);
}

/** Whether a program can read what the product has. */
export function isReadable({ settings }: Context): boolean {
  return chosenBackend(settings, nowprivacy) === "http";
}

async function httpBackend(ctx: Context): Promise<Backend> {
  const options = await gatewayOptions(product, ctx);
  const { createHttpBackend } = await import("./httpBackend.js");
  return createHttpBackend(options);
}

async function bulkFileBackend(ctx: Context): Promise<CreateOnlyBackend> {
  const template = ctx.settings.get("nowprivacyBulkTemplate");
  const file = ctx.settings.get("nowprivacyBulkFile");
  const problems = [...missing(template, "nowprivacyBulkTemplate"), ...missing(file, "nowprivacyBulkFile")];
  if (template === undefined || file === undefined) throw new InvalidInput(subject, problems);
  const { createBulkFileBackend } = await import("./bulkFile.js");
  return createBulkFileBackend({ template, file, report: (line) => ctx.report(line) });
}
