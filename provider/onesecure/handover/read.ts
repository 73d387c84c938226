/** What someone typed who looked into the product, as a property's value. Tolerant of how it is written; undefined where it is nothing. */
import { notKnownYet } from "../../operator/sheet";

/** A text; the declared one where only blanks around it differ. */
export function readText(typed: string, declared: unknown): string | undefined {
  const text = typed.trim();
  if (text === "") return undefined;
  return typeof declared === "string" && declared.trim() === text ? declared : text;
}

/** A GUID in lower case, with or without braces. */
export function readGuid(typed: string): string | undefined {
  const text = typed
    .trim()
    .replace(/^\{(.*)\}$/, "$1")
    .toLowerCase();
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? text : undefined;
}

const positions: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(["on", "yes", "true", "checked", "selected", "enabled", "ticked"].map((word) => [word, true])),
  ...Object.fromEntries(
    ["off", "no", "false", "unchecked", "cleared", "unselected", "disabled", "unticked"].map((word) => [word, false]),
  ),
  ...Object.fromEntries(["not checked", "not selected", "not ticked", "not enabled"].map((word) => [word, false])),
};

/** Where a switch or a checkbox is. */
export function readSwitch(typed: string): boolean | undefined {
  const word = typed.trim().toLowerCase().replace(/\s+/g, " ");
  return Object.hasOwn(positions, word) ? positions[word] : undefined;
}

/** A declared text as the product shows it; undefined for one that is not there or not known. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && !value.includes(notKnownYet) ? value : undefined;
}

/** A declared switch in two words; undefined for one that is not there or not known. */
export function wordOf(value: unknown, yes: string, no: string): string | undefined {
  return typeof value === "boolean" ? (value ? yes : no) : undefined;
}
