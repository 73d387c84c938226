/** Which way a product is reached, from the stack's settings. */
import { InvalidInput, type Settings } from "../core";
import type { BackendName, Product } from "./handover";

/**
 * `<product>Backend`, where it is set; else `http` where the stack names a gateway (`<product>Endpoint`), and a person (`operator`) where
 * it does not, because that is all that the vendors offer.
 *
 * @throws InvalidInput when it is none of the product's
 */
export function chosenBackend(settings: Settings, { name, settings: prefix, backends }: Product): BackendName {
  const given = settings.get(`${prefix}Backend`);
  if (given === undefined) return settings.get(`${prefix}Endpoint`) === undefined ? "operator" : "http";
  const known = backends.find((backend) => backend === given);
  if (known !== undefined) return known;
  const message = `${JSON.stringify(given)} was given; allowed: ${backends.map((one) => JSON.stringify(one)).join(", ")}`;
  throw new InvalidInput(`the connection to ${name}`, [{ path: `m365audit:${prefix}Backend`, message }]);
}
