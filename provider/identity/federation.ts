/**
 * Workload identity federation: the place where a program runs says in a signed token what it is, and Entra gives an app's token for
 * it to whoever the app's federated credential names. Nothing secret is kept anywhere.
 *
 * Which variables say so, and which goes first, is as the azuread provider has it (terraform-provider-azuread, internal/provider;
 * go-azure-sdk, sdk/auth).
 */
import type { TokenCredential } from "@azure/identity";
import { systemClock } from "../core/clock";
import { AccessRefused, type ErrorFacts, Rejected, Throttled, Unavailable } from "../core/errors";
import { createHttp, parseJson, retryAfterMs } from "../core/http";
import type { CredentialOptions } from "./tokenRequests";

/** Variables of the process, or what stands for them. */
export type ProcessEnvironment = Readonly<Record<string, string | undefined>>;

/** A place that says what runs there. */
export type AssertionSource =
  /** The token itself. It ends soon, and no other comes in its place. */
  | { readonly from: "variable"; readonly name: string; readonly token: string }
  /** A file that its owner keeps fresh, as Kubernetes does. */
  | { readonly from: "file"; readonly name: string; readonly path: string }
  /** A service connection of Azure DevOps. */
  | { readonly from: "Azure Pipelines"; readonly serviceConnectionId: string; readonly requestToken: string }
  /** The token service of a GitHub Actions job, or of anything else that speaks its protocol. */
  | { readonly from: "GitHub Actions"; readonly url: string; readonly requestToken: string };

/** What is looked for, in words. */
export const assertionPlaces =
  "ARM_OIDC_TOKEN; a file named by ARM_OIDC_TOKEN_FILE_PATH or AZURE_FEDERATED_TOKEN_FILE; SYSTEM_OIDCREQUESTURI with " +
  "SYSTEM_ACCESSTOKEN and ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID or AZURESUBSCRIPTION_SERVICE_CONNECTION_ID (Azure Pipelines); " +
  "ACTIONS_ID_TOKEN_REQUEST_URL with ACTIONS_ID_TOKEN_REQUEST_TOKEN (GitHub Actions, in a job with `permissions: id-token: write`)";

/** Whom the assertion is for. Source: "Workload identity federation", Microsoft Entra. */
const audience = "api://AzureADTokenExchange";

/** The place that speaks for this process; undefined when there is none, or only half of one. */
export function assertionSource(environment: ProcessEnvironment): AssertionSource | undefined {
  const first = (...names: string[]): { name: string; value: string } | undefined =>
    names.flatMap((name) => {
      const value = environment[name]?.trim();
      return value === undefined || value === "" ? [] : [{ name, value }];
    })[0];
  const token = first("ARM_OIDC_TOKEN");
  if (token !== undefined) return { from: "variable", name: token.name, token: token.value };
  const file = first("ARM_OIDC_TOKEN_FILE_PATH", "AZURE_FEDERATED_TOKEN_FILE");
  if (file !== undefined) return { from: "file", name: file.name, path: file.value };
  const connection = first(
    "ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID",
    "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID",
    "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID",
  );
  const pipelineToken = first("ARM_OIDC_REQUEST_TOKEN", "SYSTEM_ACCESSTOKEN");
  if (connection !== undefined && pipelineToken !== undefined && first("SYSTEM_OIDCREQUESTURI") !== undefined) {
    return { from: "Azure Pipelines", serviceConnectionId: connection.value, requestToken: pipelineToken.value };
  }
  const url = first("ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL");
  const jobToken = first("ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN");
  if (url === undefined || jobToken === undefined) return undefined;
  return { from: "GitHub Actions", url: url.value, requestToken: jobToken.value };
}

/** What of a source must not be in an error. */
export function secretsOf(source: AssertionSource): readonly string[] {
  if (source.from === "file") return [];
  return [source.from === "variable" ? source.token : source.requestToken];
}

/**
 * The app's credential with a fresh assertion from that place.
 *
 * @throws AccessRefused when the place gives none; Unavailable when it could not be asked
 */
export async function federatedCredential(
  app: { readonly tenantId: string; readonly clientId: string },
  source: AssertionSource,
  options: CredentialOptions,
  signal?: AbortSignal,
): Promise<TokenCredential> {
  const { tenantId, clientId } = app;
  const identity = await import("@azure/identity");
  if (source.from === "Azure Pipelines") {
    const { serviceConnectionId, requestToken } = source;
    return new identity.AzurePipelinesCredential(tenantId, clientId, serviceConnectionId, requestToken, options);
  }
  // Asked for before the credential is made, which would put errors of its own around ours.
  const assertion = await assertionFrom(source, clientId, signal);
  return new identity.ClientAssertionCredential(tenantId, clientId, () => Promise.resolve(assertion), options);
}

async function assertionFrom(
  source: Exclude<AssertionSource, { readonly from: "Azure Pipelines" }>,
  clientId: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const facts = { operation: "getting from the place that this runs at an assertion for", subject: `app ${clientId}` };
  if (source.from === "variable") return source.token;
  return source.from === "file" ? assertionIn(source, facts) : assertionOfJob(source, facts, signal);
}

type Facts = Pick<ErrorFacts, "operation" | "subject">;

async function assertionIn({ name, path }: { name: string; path: string }, facts: Facts): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    throw new AccessRefused({ ...facts, happened: `${name} names a file that cannot be read (${code})` });
  });
  if (text.trim() !== "") return text.trim();
  throw new AccessRefused({ ...facts, happened: `${name} names a file with nothing in it` });
}

/** Source: "OpenID Connect reference", GitHub Actions. */
async function assertionOfJob(
  { url, requestToken }: { url: string; requestToken: string },
  facts: Facts,
  signal: AbortSignal | undefined,
): Promise<string> {
  const http = await createHttp();
  try {
    const { status, text, header } = await http.send({
      method: "GET",
      url: `${url}${url.includes("?") ? "&" : "?"}audience=${encodeURIComponent(audience)}`,
      headers: { Authorization: `Bearer ${requestToken}`, Accept: "application/json" },
      timeoutMs: 30_000,
      signal,
      ...facts,
    });
    if (status === 401 || status === 403) {
      throw new AccessRefused({
        ...facts,
        status,
        happened: `the job's token service refused (${String(status)})`,
        next: "In GitHub Actions the job needs `permissions: id-token: write`.",
      });
    }
    if (status === 429 || status >= 500) {
      const Passing = status === 429 ? Throttled : Unavailable;
      const happened = `the job's token service answered ${String(status)}`;
      throw new Passing({ ...facts, status, happened }, retryAfterMs(header("retry-after"), systemClock));
    }
    const answer = parseJson(text) as { readonly value?: unknown } | null | undefined;
    if (status === 200 && typeof answer?.value === "string") return answer.value;
    throw new Rejected({
      ...facts,
      status,
      happened: `the job's token service answered ${String(status)} without an assertion`,
    });
  } finally {
    await http.close();
  }
}
