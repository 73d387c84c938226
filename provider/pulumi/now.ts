import { asOf } from "../core/settings";
import { programSettings } from "./settings";

/**
 * The time that a program goes by, in milliseconds since the Unix epoch: the setting `asOf`, else now.
 * @throws InvalidInput when `asOf` is no time
 */
export function programNow(): number {
  return asOf(programSettings()) ?? Date.now();
}
