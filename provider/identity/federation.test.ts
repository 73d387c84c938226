import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { AccessRefused, InvalidInput } from "../core/errors";
import type { Authority } from "./acquire";
import { appTokens } from "./credentials";
import { assertionSource, federatedCredential, type ProcessEnvironment } from "./federation";
import type { CredentialOptions } from "./tokenRequests";

const authority: Authority = {
  authorityHost: "https://login.microsoftonline.com",
  scope: "https://outlook.office365.com/.default",
  service: "Exchange Online",
};
const app = { tenantId: "11111111-2222-4333-8444-555555555555", clientId: "aaaaaaaa-2222-4333-8444-555555555555" };
/** For credentials of which no token is asked. */
const unused: CredentialOptions = {
  authorityHost: authority.authorityHost,
  disableInstanceDiscovery: true,
  httpClient: { sendRequest: () => Promise.reject(new Error("nothing is to be sent")) },
  proxyOptions: { host: "http://localhost", port: 1 },
  retryOptions: { maxRetries: 0 },
};

const job = { ACTIONS_ID_TOKEN_REQUEST_URL: "https://job.test/?a=1", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "job-secret" };
const pipeline = {
  SYSTEM_OIDCREQUESTURI: "https://dev.azure.test/oidc",
  SYSTEM_ACCESSTOKEN: "pipeline-secret",
  AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: "connection",
};

describe("who speaks for a process", () => {
  test.each<[string, ProcessEnvironment, string]>([
    ["a job of GitHub Actions", job, "GitHub Actions"],
    ["what speaks its protocol", { ARM_OIDC_REQUEST_URL: "https://a", ARM_OIDC_REQUEST_TOKEN: "b" }, "GitHub Actions"],
    ["a service connection of Azure Pipelines", pipeline, "Azure Pipelines"],
    ["a file that Kubernetes keeps", { AZURE_FEDERATED_TOKEN_FILE: "/token" }, "file"],
    ["a file", { ARM_OIDC_TOKEN_FILE_PATH: "/token" }, "file"],
    ["a token", { ARM_OIDC_TOKEN: "token" }, "variable"],
  ])("is %s", (_who, environment, from) => {
    expect(assertionSource(environment)?.from).toBe(from);
  });

  test("is in the order of the azuread provider", () => {
    const all = { ...job, ...pipeline, ARM_OIDC_TOKEN_FILE_PATH: "/token", ARM_OIDC_TOKEN: "token" };
    expect(assertionSource(all)?.from).toBe("variable");
    expect(assertionSource({ ...all, ARM_OIDC_TOKEN: "" })?.from).toBe("file");
    expect(assertionSource({ ...job, ...pipeline })?.from).toBe("Azure Pipelines");
  });

  test.each<[string, ProcessEnvironment]>([
    ["nothing at all", {}],
    ["a job that may not ask for tokens", { ACTIONS_ID_TOKEN_REQUEST_URL: job.ACTIONS_ID_TOKEN_REQUEST_URL }],
    ["a pipeline whose service connection is not named", { ...pipeline, AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: " " }],
    ["a pipeline that does not hand its token on", { ...pipeline, SYSTEM_ACCESSTOKEN: undefined }],
  ])("is nobody with %s, and an app without a key is told at once what was looked for", (_what, environment) => {
    expect(assertionSource(environment)).toBeUndefined();
    const signIn = () => appTokens({ ...app, proof: { kind: "federated" } }, authority, environment);
    expect(signIn).toThrow(InvalidInput);
    for (const name of [
      "ARM_OIDC_TOKEN",
      "AZURE_FEDERATED_TOKEN_FILE",
      "SYSTEM_OIDCREQUESTURI",
      "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID",
      "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
      "id-token: write",
    ]) {
      expect(signIn).toThrow(name);
    }
    expect(signIn).not.toThrow(/pipeline-secret/);
  });
});

describe("a job's token service", () => {
  let server: Server;
  const seen: { url: string | undefined; headers: IncomingHttpHeaders }[] = [];
  let answer = { status: 200, body: JSON.stringify({ value: "assertion" }) };
  beforeAll(async () => {
    server = createServer((request, response) => {
      seen.push({ url: request.url, headers: request.headers });
      response.writeHead(answer.status, { "Content-Type": "application/json" }).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => (seen.length = 0));

  const credential = () => {
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${String(port)}/token?run=7`;
    return federatedCredential(app, { from: "GitHub Actions", url, requestToken: "job-secret" }, unused);
  };

  test("is asked for an assertion for Entra, anew for each token", async () => {
    answer = { status: 200, body: JSON.stringify({ value: "assertion" }) };
    await credential();
    await credential();
    expect(seen.map(({ url }) => url)).toEqual(Array(2).fill("/token?run=7&audience=api%3A%2F%2FAzureADTokenExchange"));
    expect(seen[0]?.headers.authorization).toBe("Bearer job-secret");
  });

  test.each([
    [403, "{}", "AccessRefused", /id-token: write/],
    [503, "", "Unavailable", /answered 503/],
    [429, "", "Throttled", /answered 429/],
    [200, "{}", "Rejected", /without an assertion/],
    [200, "null", "Rejected", /without an assertion/],
    [404, "job-secret", "Rejected", /answered 404/],
  ])("that answers %i with %j is told, without its token", async (status, body, tag, message) => {
    answer = { status, body };
    const error: unknown = await credential().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ tag, message: expect.stringMatching(message) as unknown });
    expect((error as Error).message).not.toContain("job-secret");
  });
});

describe("a file that holds an assertion", () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), "assertion-"))));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const credential = (name: string) =>
    federatedCredential(
      app,
      { from: "file", name: "AZURE_FEDERATED_TOKEN_FILE", path: path.join(folder, name) },
      unused,
    );

  test("is read when a token is asked for", async () => {
    writeFileSync(path.join(folder, "token"), "assertion\n");
    await expect(credential("token")).resolves.toHaveProperty("getToken");
  });

  test("that is not there or empty is told by the variable that names it", async () => {
    await expect(credential("gone")).rejects.toThrow(AccessRefused);
    await expect(credential("gone")).rejects.toThrow(
      /AZURE_FEDERATED_TOKEN_FILE names a file that cannot be read \(ENOENT\)/,
    );
    writeFileSync(path.join(folder, "empty"), "\n");
    await expect(credential("empty")).rejects.toThrow(/AZURE_FEDERATED_TOKEN_FILE names a file with nothing in it/);
  });
});
