/** What the token says, as far as the probe asks about it. */
import { asRow, text, texts } from "./answer";

export interface TokenClaims {
  readonly audience: string | undefined;
  readonly roles: readonly string[];
  /** Template ids of directory roles, and one that every app-only token has. */
  readonly wids: readonly string[];
  /** `1` for a client secret, `2` for a certificate or an assertion. */
  readonly proof: string | undefined;
}

/** Of a token that is no JWT nothing is known. */
export function tokenClaims(token: string): TokenClaims {
  const claims = payload(token);
  return {
    audience: text(claims["aud"]),
    roles: texts(claims["roles"]),
    wids: texts(claims["wids"]),
    proof: text(claims["appidacr"]),
  };
}

function payload(token: string): Readonly<Record<string, unknown>> {
  try {
    return asRow(JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")));
  } catch {
    return {};
  }
}
