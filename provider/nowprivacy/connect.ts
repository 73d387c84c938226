/** Which backend reaches NOW Privacy, from the stack's settings. */
import { type Context, InvalidInput } from "../core";
import { gatewayOptions, missing } from "../gateway/connect";
import type { Backend, CreateOnlyBackend } from "./backend";
import { product } from "./httpBackend/product";

export { idempotencyKey } from "../gateway/connect";

const subject = `the connection to ${product.name}`;

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
