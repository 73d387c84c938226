/** What must not be in a message, wherever its words come from: the other side, a proxy or a library may repeat a request. */

const patterns: readonly (readonly [RegExp, string])[] = [
  // A JWT, whole or cut off: each begins with `{"` in base64.
  [/(?<![A-Za-z0-9])eyJ[\w-]{4,}(?:\.[\w-]*)*/g, "(token)"],
  [/\b(Bearer|Basic|Negotiate)\s+[\w.~+/=-]{8,}/gi, "$1 (token)"],
  [
    /\b(authorization["']?\s*[:=]\s*["']?)(?!(?:Bearer|Basic|Negotiate) \(token\))[^\s"',;}]+(?: [\w.~+/=-]{8,})?/gi,
    "$1(token)",
  ],
  [
    /\b((?:access_token|refresh_token|id_token|client_secret|client_assertion|assertion)["']?\s*[:=]\s*["']?)[^\s"'&,;}]+/gi,
    "$1(secret)",
  ],
];

/** The text without anything that looks like a token. */
export function withoutTokens(text: string): string {
  return patterns.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), text);
}

/** The text without anything that looks like a token, and without these, as they are, in JSON, or in a form or address. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const forms = secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]);
  const cut = forms
    .filter((form) => form !== "")
    .reduce((rest, form) => (rest.includes(form) ? rest.replaceAll(form, "(secret)") : rest), text);
  return withoutTokens(cut);
}
