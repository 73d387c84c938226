/** What a surface gives to a kind of the world. */
import { type Context, type Settings, systemClock } from "../core";

/** A context on the real clock. */
export function contextFor(settings: Settings, report: (line: string) => void): Context {
  return { clock: systemClock, settings, report };
}
