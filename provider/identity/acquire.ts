/** One token from one credential of `@azure/identity`, and what its failures mean. */
import type { TokenCredential } from "@azure/identity";
import { AccessRefused, M365AuditError, Unavailable } from "../core/errors";
import type { AcquireToken } from "./token";

/** Where tokens come from, and for what. Each cloud has its own of both. */
export interface Authority {
  /** For example `https://login.microsoftonline.com`. */
  readonly authorityHost: string;
  /** For example `https://outlook.office365.com/.default`. */
  readonly scope: string;
  /** What the token is for, in error messages: `Exchange Online`, `Microsoft Graph`. */
  readonly service: string;
}

/** Microsoft's own authorities, whose metadata it vouches for. Any other host has to be taken at its word. */
const microsoftAuthorities = [
  "login.microsoftonline.com",
  "login.microsoft.com",
  "login.windows.net",
  "sts.windows.net",
  "login.microsoftonline.us",
  "login.partner.microsoftonline.cn",
  "login.chinacloudapi.cn",
];

/** What every credential of `@azure/identity` is told of the authority. */
export function credentialOptions({ authorityHost }: Authority): {
  authorityHost: string;
  disableInstanceDiscovery: boolean;
} {
  return { authorityHost, disableInstanceDiscovery: !microsoftAuthorities.includes(new URL(authorityHost).hostname) };
}

/** What passes by itself, whatever else the message says. */
const passing =
  /temporarily_unavailable|AADSTS(?:90033|90024|50196|90006)\b|network_error|ENOTFOUND|ECONN|ETIMEDOUT|EAI_AGAIN/;
/** What the identity platform, or the place that vouches for the identity, says when it refuses. */
const refusing =
  /AADSTS|invalid_client|unauthorized_client|invalid_request|az login|Azure CLI|ManagedIdentityCredential|AzurePipelinesCredential/;

/**
 * Tokens from a credential. A credential caches its tokens, so each token takes a new one.
 *
 * @param who in error messages: "signing in to Exchange Online as <who>"
 * @param credential may throw an error of this package, which is left as it is
 * @param secrets texts that must not be in an error, whoever wrote it
 */
export function acquiring(
  who: string,
  { scope, authorityHost, service }: Authority,
  credential: () => Promise<Pick<TokenCredential, "getToken">>,
  secrets: readonly string[] = [],
): AcquireToken {
  return async (claims) => {
    const facts = { operation: `signing in to ${service} as`, subject: who };
    try {
      const fresh = await credential();
      const token = await fresh.getToken(scope, claims === undefined ? {} : { claims });
      if (token === null) throw new AccessRefused({ ...facts, happened: "no token was given" });
      // The library dates a token's end by the machine's clock, which need not be the clock that the run goes by.
      return { token: token.token, lifetimeMs: token.expiresOnTimestamp - Date.now() };
    } catch (cause) {
      if (cause instanceof M365AuditError) throw cause;
      // The cause itself is left behind: it may hold the request, and with it the client's assertion or secret.
      const said = reasonIn(withoutSecrets(cause instanceof Error ? cause.message : String(cause), secrets));
      if (refusing.test(said) && !passing.test(said)) throw new AccessRefused({ ...facts, happened: said });
      throw new Unavailable({ ...facts, happened: `${authorityHost} gave no token: ${said}` });
    }
  };
}

/** Some libraries put a whole answer into their message, with the headers of its request. */
function withoutSecrets(message: string, secrets: readonly string[]): string {
  const known = secrets.reduce((text, secret) => (secret === "" ? text : text.replaceAll(secret, "(secret)")), message);
  return known.replace(/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, "(token)").replace(/Bearer\s+[\w.~+/=-]+/gi, "Bearer (token)");
}

/** The identity platform's own sentence, without the ids and times around it, which differ with every try. */
function reasonIn(message: string): string {
  const line = message.replace(/\s+/g, " ");
  const sentence = /AADSTS\d+: .*?(?=\s*(?:\[?Reason|Trace ID|Correlation ID|Timestamp|- Correlation|$))/.exec(
    line,
  )?.[0];
  return (sentence ?? line).slice(0, 300).trim();
}
