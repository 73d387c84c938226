/**
 * NOW Privacy's own words, from its public pages: {@link https://support.exonar.net/help/latest/userguide/datasources/exchange-office365.html},
 * onedrive.html beside it, roadmap/crawlmode.html, roadmap/steps-to-connect.html and admin/create-security-group.html. How a data source
 * or a dataset is edited, paused or deleted is on no public page, so steps of that kind are in plain words and nothing in them is bold.
 */
import { createHash } from "node:crypto";
import { code, shown, type Step } from "../../operator/sheet";
import { nameOf } from "../countries";

export const serviceWords: Readonly<Record<string, string>> = {
  exchange: "Exchange",
  sharePoint: "SharePoint",
  oneDrive: "OneDrive",
};
export const scopeWords: Readonly<Record<string, string>> = {
  everything: "Everything",
  domain: "Domain",
  groupEmail: "Group email",
  userEmail: "User email",
};
export const modeWords: Readonly<Record<string, string>> = { once: "Crawl Once", continuous: "Continuous" };

/**
 * Names of the pieces of work, by which sheets wait for each other. Those that take something out of the product have a name of their
 * own: a dataset's name and a custom description are there once at most, so what is made anew waits until the old one is gone.
 */
export const tasks = {
  dataset: (id: unknown): string => `dataset ${String(id)}`,
  /** What the removal of every dataset of this name begins with. */
  datasetRemovals: (name: unknown): string => `dataset removal ${JSON.stringify(name ?? null)} `,
  datasetRemoval: (name: unknown, id: string): string => `${tasks.datasetRemovals(name)}${id}`,
  dataSource: (id: string): string => `dataSource ${id}`,
  dataSourceReplacements: "dataSource replacement ",
  dataSourceReplacement: (id: string): string => `${tasks.dataSourceReplacements}${id}`,
  dataSourceRemovals: "dataSource removal ",
  dataSourceRemoval: (id: string): string => `${tasks.dataSourceRemovals}${id}`,
} as const;

export function step(order: number, text: string): Step {
  return { order, text };
}

/** A choice among the product's own words, bold; what is none of them is shown as any other value. */
export function choice(words: Readonly<Record<string, string>>, value: unknown): string {
  return inWords(words, value, "**");
}

/** The same in the middle of a text. @param mark what stands around the word */
export function inWords(words: Readonly<Record<string, string>>, value: unknown, mark = ""): string {
  const word = typeof value === "string" && Object.hasOwn(words, value) ? words[value] : undefined;
  return word === undefined ? shown(value) : `${mark}${word}${mark}`;
}

/** A country by name and code. */
export function countryText(value: unknown): string {
  const name = typeof value === "string" ? nameOf(value) : undefined;
  return name === undefined ? shown(value) : `${code(name)} (${shown(value)})`;
}

/** A scope with what it is of. Each part of it may be unknown. @param mark what stands around the product's word */
export function scopeMarkdown(value: unknown, mark = "**"): string {
  const scope = recordOf(value);
  if (scope === undefined) return shown(value);
  const parts = (["domain", "email"] as const).filter((part) => scope[part] !== undefined);
  return [inWords(scopeWords, scope["type"], mark), ...parts.map((part) => `${part} ${shown(scope[part])}`)].join(", ");
}

export function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

/** Blanks as one, none at the ends: how a value reads on a screen and in a run-sheet. */
export function flat(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** Whether two texts differ in case and blanks at most. */
export function alike(one: string, other: string): boolean {
  return flat(one).toLowerCase() === flat(other).toLowerCase();
}

/** The key of the word that was typed, in any case, with or without blanks. */
export function keyOf(words: Readonly<Record<string, string>>, typed: string): string | undefined {
  const bare = (text: string): string => text.toLowerCase().replace(/[^a-z]/g, "");
  return Object.keys(words).find((key) => bare(words[key] ?? "") === bare(typed) || bare(key) === bare(typed));
}

/** The same eight hexadecimal digits for the same declaration. */
export function shortHash(declaration: string): string {
  return createHash("sha256").update(declaration).digest("hex").slice(0, 8);
}
