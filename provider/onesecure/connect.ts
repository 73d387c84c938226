/** Which backend reaches 1Secure, from the stack's settings. */
import type { Context } from "../core";
import { gatewayOptions } from "../gateway/connect";
import type { Backend } from "./backend";
import { createHttpBackend } from "./httpBackend";
import { product } from "./httpBackend/product";

export { idempotencyKey } from "../gateway/connect";

/**
 * The gateway at `onesecureEndpoint`. (With `onesecureBackend: operator`, or no endpoint, a person reaches the product, and no program.)
 * @throws InvalidInput when a setting is missing or wrong, naming its configuration key and environment variable
 */
export async function connectBackend(ctx: Context): Promise<Backend> {
  return createHttpBackend(await gatewayOptions(product, ctx));
}
