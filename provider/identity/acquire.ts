/** One token from one credential of `@azure/identity`, and what its failures mean. */
import type { TokenCredential } from "@azure/identity";
import { AccessRefused, M365AuditError, Throttled, Unavailable } from "../core/errors";
import { withoutSecrets } from "../core/redact";
import type { AcquireToken } from "./token";
import { type CredentialOptions, tokenRequests, type TokenRequests } from "./tokenRequests";

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

function credentialOptions({ authorityHost }: Authority, { httpClient }: TokenRequests): CredentialOptions {
  const disableInstanceDiscovery = !microsoftAuthorities.includes(new URL(authorityHost).hostname);
  // Ours is the HTTP that is used. With a proxy named here the library does not read the variables, some forms of which it does not take.
  const proxyOptions = { host: "http://localhost", port: 1 };
  return { authorityHost, disableInstanceDiscovery, httpClient, proxyOptions, retryOptions: { maxRetries: 0 } };
}

/** What passes by itself, whatever else the message says. */
const passing =
  /temporarily_unavailable|AADSTS(?:90033|90024|50196|90006)\b|network_error|ENOTFOUND|ECONN|ETIMEDOUT|EAI_AGAIN/;
/** What the identity platform, or the place that vouches for the identity, says when it refuses. */
const refusing =
  /AADSTS|invalid_client|unauthorized_client|invalid_request|az login|Azure CLI|ManagedIdentityCredential|AzurePipelinesCredential/;

/** What no waiting changes, and what a person can do about it. */
const lasting: readonly (readonly [RegExp, string])[] = [
  [
    /AADSTS53003\b/,
    "A Conditional Access policy of the tenant blocks it; the sign-in log in Entra names the policy. Exclude this identity from it, or run from where it allows.",
  ],
  [
    /AADSTS700024\b/,
    "What it proves itself with is not valid now: set the clock of this machine, or get a fresh assertion.",
  ],
];

/** Makes the credential for one sign-in. It may throw an error of this package, which is left as it is. */
export type MakeCredential = (
  options: CredentialOptions,
  signal: AbortSignal | undefined,
) => Promise<Pick<TokenCredential, "getToken">>;

/**
 * Tokens from a credential. A credential caches its tokens, so each token takes a new one.
 *
 * @param who in error messages: "signing in to Exchange Online as <who>"
 * @param secrets texts that must not be in an error, whoever wrote it
 */
export function acquiring(
  who: string,
  authority: Authority,
  credential: MakeCredential,
  secrets: readonly string[] = [],
): AcquireToken {
  const { scope, service } = authority;
  return async (claims, signal) => {
    const facts = { operation: `signing in to ${service} as`, subject: who };
    const requests = await tokenRequests(facts, signal);
    try {
      const fresh = await credential(credentialOptions(authority, requests), signal);
      const token = await fresh.getToken(scope, claims === undefined ? {} : { claims });
      if (token === null) throw new AccessRefused({ ...facts, happened: "no token was given" });
      // The library dates a token's end by the machine's clock, which need not be the clock that the run goes by.
      return { token: token.token, lifetimeMs: token.expiresOnTimestamp - Date.now() };
    } catch (cause) {
      signal?.throwIfAborted();
      if (cause instanceof M365AuditError) throw cause;
      // The cause itself is left behind: it may hold the request, and with it the client's assertion or secret.
      const said = reasonIn(withoutSecrets(cause instanceof Error ? cause.message : String(cause), secrets));
      throw signInError(facts, authority, said, requests);
    }
  };
}

function signInError(
  facts: { readonly operation: string; readonly subject: string },
  { authorityHost }: Authority,
  said: string,
  requests: TokenRequests,
): M365AuditError {
  const { failure, status, retryAfterMs } = requests.last();
  const noToken = (why: string) => ({ ...facts, happened: `${authorityHost} gave no token: ${why}` });
  if (failure !== undefined) return new Unavailable(noToken(failure.facts.happened));
  if (status === 429) return new Throttled({ ...noToken(said), status }, retryAfterMs);
  if (status !== undefined && status >= 500) return new Unavailable({ ...noToken(said), status }, retryAfterMs);
  const next = lasting.find(([code]) => code.test(said))?.[1];
  if (next !== undefined) return new AccessRefused({ ...facts, happened: said, next }, true);
  if (refusing.test(said) && !passing.test(said)) return new AccessRefused({ ...facts, happened: said });
  return new Unavailable(noToken(said));
}

/** The identity platform's own sentence, without the ids and times around it, which differ with every try. */
function reasonIn(message: string): string {
  const line = message.replace(/\s+/g, " ");
  const sentence = /AADSTS\d+: .*?(?=\s*(?:\[?Reason|Trace ID|Correlation ID|Timestamp|- Correlation|$))/.exec(
    line,
  )?.[0];
  return (sentence ?? line).slice(0, 300).trim();
}
