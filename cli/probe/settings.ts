/** What `m365audit probe` works on: checked options, and who signs in. */
import { readFileSync } from "node:fs";
import { InvalidInput, type Problem } from "../../provider/core/errors";
import { settingsFrom } from "../../provider/core/settings";
import { requireStackTenant } from "../../provider/core/tenant";
import { appTokens, deployerTokens } from "../../provider/identity/credentials";
import { environments, hostsFor, isEnvironment } from "../../provider/identity/environments";
import type { AcquireToken } from "../../provider/identity/token";
import type { ProbeArguments } from "../probeArguments";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ProbeSettings {
  /** In lower case. */
  readonly tenantId: string;
  readonly endpoint: string;
  readonly acquireToken: AcquireToken;
}

const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const subject = "m365audit probe";

/** @throws InvalidInput with every problem of the options; WrongTenant when the setting `tenantId` names another */
export function settingsOf(options: ProbeArguments, environment: Environment): ProbeSettings {
  const settings = settingsFrom(() => undefined, environment);
  const tenantId = options.tenant ?? settings.get("tenantId") ?? environment["ARM_TENANT_ID"];
  const problems = [...problemsOf(options, tenantId)];
  const certificatePem = fileText("--certificate-file", options.certificateFile, problems);
  const keyPem = fileText("--key-file", options.keyFile, problems);
  if (problems.length > 0 || tenantId === undefined) throw new InvalidInput(subject, problems);
  requireStackTenant(settings, tenantId, "asking Exchange Online of tenant");
  const cloud = environments.find((name) => name === options.environment);
  const { exchangeEndpoint, exchangeScope, authorityHost } = hostsFor(settings, cloud);
  const authority = { authorityHost, scope: exchangeScope, service: "Exchange Online" };
  const { clientId } = options;
  const privateKeyPem = keyPem ?? certificatePem;
  const proof =
    certificatePem === undefined || privateKeyPem === undefined
      ? undefined
      : ({ kind: "certificate", certificatePem, privateKeyPem } as const);
  return {
    tenantId: tenantId.toLowerCase(),
    endpoint: exchangeEndpoint,
    acquireToken:
      clientId === undefined || proof === undefined
        ? deployerTokens(tenantId, authority, environment)
        : withOptionNames(() => appTokens({ tenantId, clientId, proof }, authority)),
  };
}

/** What is wrong with a certificate is told by the options that it came by. */
function withOptionNames<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const names: Readonly<Record<string, string>> = {
      certificatePem: "--certificate-file",
      privateKeyPem: "--key-file",
    };
    throw new InvalidInput(
      subject,
      error.problems.map(({ path, message }) => ({ path: names[path] ?? path, message })),
    );
  }
}

function* problemsOf(options: ProbeArguments, tenantId: string | undefined): Generator<Problem> {
  const { clientId, certificateFile, keyFile, environment, writeOne } = options;
  const isGuid = (text: string | undefined): boolean => text !== undefined && guid.test(text);
  if (!isGuid(tenantId)) yield { path: "--tenant", message: `${given(tenantId)}; allowed: the tenant's id, a GUID` };
  if (clientId !== undefined && !isGuid(clientId)) {
    yield { path: "--client-id", message: `${given(clientId)}; allowed: the app's client id, a GUID` };
  }
  if ((clientId === undefined) !== (certificateFile === undefined)) {
    yield {
      path: clientId === undefined ? "--client-id" : "--certificate-file",
      message: "nothing was given; allowed: an app's client id and its certificate together, or neither",
    };
  }
  if (keyFile !== undefined && certificateFile === undefined) {
    yield { path: "--key-file", message: "allowed: together with --certificate-file" };
  }
  if (environment !== undefined && !isEnvironment(environment)) {
    yield { path: "--environment", message: `${given(environment)}; allowed: ${environments.join(", ")}` };
  }
  if (writeOne?.trim() === "") {
    yield { path: "--write-one", message: `nothing was given; allowed: a name of one mailbox` };
  }
}

function given(text: string | undefined): string {
  return text === undefined ? "nothing was given" : `${JSON.stringify(text)} was given`;
}

function fileText(path: string, file: string | undefined, problems: Problem[]): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    problems.push({ path, message: `the file cannot be read (${code})` });
    return undefined;
  }
}
