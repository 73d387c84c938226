import * as pulumi from "@pulumi/pulumi";
import { isLoopback } from "../core/address";
import { InvalidInput } from "../core/errors";
import { asOf } from "../core/settings";
import { programSettings } from "./settings";

/**
 * The time that a program goes by, in milliseconds since the Unix epoch: the setting `asOf`, else now.
 * @throws InvalidInput when `asOf` is no time
 */
export function programNow(): number {
  return asOf(programSettings()) ?? Date.now();
}

/**
 * Holds `asOf` to previews: an update that took another time for now would record it, drop what has not ended, and rotate nothing until
 * then. A tenant on this machine (the sandbox, in tests) may be at another time.
 *
 * @throws InvalidInput in an update of any other tenant
 */
export function refuseOtherTime(): void {
  const settings = programSettings();
  const time = asOf(settings);
  if (time === undefined || pulumi.runtime.isDryRun()) return;
  const authority = settings.get("authorityHost");
  if (authority !== undefined && URL.canParse(authority) && isLoopback(new URL(authority))) return;
  const message = `${new Date(time).toISOString()} was given; allowed: nothing in an update, because it is for previews`;
  throw new InvalidInput("the stack's configuration", [{ path: "m365audit:asOf", message }]);
}
