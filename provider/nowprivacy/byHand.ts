/** Changes that no program can make in the product: a person makes them, and says so. */
import { createHash } from "node:crypto";
import { type Change, Conflict, type Context } from "../core";

/**
 * Lets the changes count as made when the setting `nowprivacyAppliedByHand` names them; else says what there is to do.
 *
 * @param subject what is to be changed, for people
 * @throws Conflict with the list of changes, secrets not shown, and how to say that they were made
 */
export function handOver(ctx: Context, subject: string, id: string, changes: readonly Change[]): void {
  if (changes.length === 0) return;
  const word = fingerprint(id, changes);
  const said =
    ctx.settings
      .get("nowprivacyAppliedByHand")
      ?.split(",")
      .map((one) => one.trim()) ?? [];
  if (said.includes(word)) {
    ctx.report(`NOW Privacy: the changes ${word} to ${subject} count as made by hand`);
    return;
  }
  throw new Conflict({
    operation: "changing",
    subject,
    happened: `the product takes new data sources from its bulk-upload file, and no changes. To do by hand:${changes.map(step).join("")}`,
    next: `When that is done in NOW Privacy, run \`pulumi up\` once with M365AUDIT_NOWPRIVACY_APPLIED_BY_HAND=${word}.`,
  });
}

function step({ path, from, to, secret }: Change): string {
  if (secret) return `\n  - ${path}: enter the new value (not shown)`;
  return `\n  - ${path}: ${shown(from)} → ${shown(to)}`;
}

function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}

/** The same for the same changes to the same object. A secret's value only goes in as part of the whole. */
function fingerprint(id: string, changes: readonly Change[]): string {
  const text = JSON.stringify([id, changes.map(({ path, from, to }) => [path, from ?? null, to ?? null])]);
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
