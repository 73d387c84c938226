/** Countries by ISO 3166-1 alpha-2, the form that the product's bulk-upload file shows ("GB"). */
import { createRequire } from "node:module";
import { z } from "zod";

interface Countries {
  registerLocale(locale: object): void;
  getAlpha2Code(name: string, language: string): string | undefined;
  getAlpha2Codes(): Readonly<Record<string, string>>;
  getName(code: string, language: string): string | undefined;
}

let loaded: Countries | undefined;

/** Loaded when the first country is looked at: most programs that import the package declare none. */
function countries(): Countries {
  if (loaded !== undefined) return loaded;
  const load = createRequire(__filename);
  loaded = load("i18n-iso-countries/index.js") as Countries;
  loaded.registerLocale(load("i18n-iso-countries/langs/en.json") as object);
  return loaded;
}

/** Whether a text is an alpha-2 code of ISO 3166-1, in any case. */
export function isCountryCode(code: string): boolean {
  return Object.hasOwn(countries().getAlpha2Codes(), code.toUpperCase());
}

/** The English name of a country by its alpha-2 code; undefined when it is none. */
export function nameOf(code: string): string | undefined {
  return isCountryCode(code) ? countries().getName(code.toUpperCase(), "en") : undefined;
}

/** The code of a country by its English name or its alpha-3 code; undefined when there is none. */
export function codeOf(name: string): string | undefined {
  const wanted = name.trim();
  const alpha3 = Object.entries(countries().getAlpha2Codes()).find(([, code]) => code === wanted.toUpperCase());
  return alpha3?.[0] ?? countries().getAlpha2Code(wanted, "en") ?? (wanted.toUpperCase() === "UK" ? "GB" : undefined);
}

/** An alpha-2 code in any case; comes out in upper case. Names are not taken, but the message says the code of one. */
export const country = z
  .string()
  .refine(isCountryCode, {
    error: ({ input }) => {
      const given = String(input);
      const code = codeOf(given);
      const hint =
        code === undefined ? "such as GB" : `; for ${countries().getName(code, "en") ?? given} it is ${code}`;
      return `${JSON.stringify(given)} was given; allowed: the alpha-2 code of a country in ISO 3166-1${hint.startsWith(";") ? hint : ` ${hint}`}`;
    },
  })
  .toUpperCase();
