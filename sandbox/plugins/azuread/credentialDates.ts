/** The end of an application's certificate or password: an instant, or a duration from the start. */
import { goDuration, wholeSeconds } from "../clock";
import type { Failure } from "../resource";
import { text, type PlainMap } from "../values";
import type { AzureadSession } from "./session";

/** Only one of both may say when it ends. */
export function validateDates(inputs: PlainMap): readonly Failure[] {
  return text(inputs, "endDate") !== undefined && text(inputs, "endDateRelative") !== undefined
    ? [{ property: "endDate", reason: "endDate conflicts with endDateRelative" }]
    : [];
}

/** The end in whole seconds, which is all that Graph is told; undefined leaves it to the service. */
export function endDateOf(session: Pick<AzureadSession, "clock">, inputs: PlainMap): string | undefined {
  const endDate = text(inputs, "endDate");
  if (endDate !== undefined) return wholeSeconds(endDate);
  const relative = text(inputs, "endDateRelative");
  if (relative === undefined) return undefined;
  const startDate = text(inputs, "startDate");
  const start = startDate === undefined ? Number(session.clock.nanoseconds() / 1_000_000n) : Date.parse(startDate);
  return wholeSeconds(new Date(start + goDuration(relative)).toISOString());
}
