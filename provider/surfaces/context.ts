/** What a surface gives to a kind of the world. */
import { type Context, type Settings, asOf, clockFrom, systemClock, withoutTokens } from "../core";
import { providerStop } from "./stopping";

/**
 * A context of this process, on the real clock, or on one that starts at the setting `asOf`.
 * @throws InvalidInput when `asOf` is no time
 */
export function contextFor(settings: Settings, report: (line: string) => void): Context {
  const start = asOf(settings);
  return {
    clock: start === undefined ? systemClock : clockFrom(start),
    settings,
    signal: providerStop(),
    report: (line) => {
      report(withoutTokens(line));
    },
  };
}
