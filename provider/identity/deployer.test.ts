import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { selfSigned, type TestCertificate } from "../../sandbox/testing/wire";
import { WrongTenant } from "../core/errors";
import { acquiring, type Authority } from "./acquire";
import { azureadEnvironment, deployerTokens } from "./deployer";
import type { ProcessEnvironment } from "./federation";

const mockMade = jest.fn<undefined, [string, readonly unknown[]]>();
/** Credentials that say who was made with what, in place of signing in. */
jest.mock("@azure/identity", () => {
  const named = (name: string) =>
    class {
      constructor(...args: unknown[]) {
        mockMade(name, args);
      }
      getToken(): Promise<unknown> {
        return Promise.resolve({ token: name, expiresOnTimestamp: 0 });
      }
    };
  return Object.fromEntries(
    [
      "ClientCertificateCredential",
      "ClientSecretCredential",
      "ClientAssertionCredential",
      "AzurePipelinesCredential",
      "ManagedIdentityCredential",
      "AzureCliCredential",
    ].map((name) => [name, named(name)]),
  );
});
beforeEach(() => mockMade.mockClear());

const tenantId = "aaaabbbb-2222-4333-8444-555555555555";
const clientId = "cccccccc-2222-4333-8444-555555555555";
const authority: Authority = {
  authorityHost: "https://login.microsoftonline.com",
  scope: "https://outlook.office365.com/.default",
  service: "Exchange Online",
};

let folder: string;
let certificate: TestCertificate;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "deployer-"));
  certificate = await selfSigned(new Date(), new Date(Date.now() + 60_000));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});
function file(name: string, content: string): string {
  const at = path.join(folder, name);
  writeFileSync(at, content);
  return at;
}
const pem = (): string => certificate.privateKeyPem + certificate.certificatePem;

/** Which credential signs in, and with what of the app and what it knows. */
async function signsIn(environment: ProcessEnvironment): Promise<readonly unknown[]> {
  await deployerTokens(tenantId, authority, environment)();
  expect(mockMade).toHaveBeenCalledTimes(1);
  const [name, args] = mockMade.mock.calls[0] ?? [];
  return [name, ...(args ?? [])];
}
const refusal = (environment: ProcessEnvironment): Promise<string> =>
  deployerTokens(tenantId, authority, environment)().then(
    () => "signed in",
    (error: unknown) => {
      expect(error).toMatchObject({ tag: "AccessRefused" });
      return (error as Error).message;
    },
  );

const job = { ACTIONS_ID_TOKEN_REQUEST_URL: "https://job.test", ACTIONS_ID_TOKEN_REQUEST_TOKEN: "secret" };
const secret = { ARM_CLIENT_ID: clientId, ARM_CLIENT_SECRET: "hunter2" };
const oidc = { ARM_CLIENT_ID: clientId, ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "assertion" };

describe("the deploying identity signs in", () => {
  test("with a client secret", async () => {
    expect((await signsIn(secret)).slice(0, 4)).toEqual(["ClientSecretCredential", tenantId, clientId, "hunter2"]);
  });

  test("with id and secret from files", async () => {
    const environment = {
      ARM_CLIENT_ID_FILE_PATH: file("id", `${clientId}\n`),
      ARM_CLIENT_SECRET_FILE_PATH: file("secret", "hunter3\n"),
    };
    expect((await signsIn(environment)).slice(1, 4)).toEqual([tenantId, clientId, "hunter3"]);
  });

  test("with a certificate before a secret", async () => {
    const environment = { ...secret, ARM_CLIENT_CERTIFICATE_PATH: file("pem", pem()) };
    const [name, , , configuration] = await signsIn({ ...environment, ARM_CLIENT_CERTIFICATE_PASSWORD: "open" });
    expect(name).toBe("ClientCertificateCredential");
    expect(configuration).toEqual({ certificate: pem().trim(), certificatePassword: "open" });
  });

  test("with the PEM that stands beside a PKCS#12 bundle", async () => {
    const environment = {
      ARM_CLIENT_ID: clientId,
      ARM_CLIENT_CERTIFICATE_PATH: file("bundle.pfx", "0\u0082\u0001"),
      AZURE_CLIENT_CERTIFICATE_PATH: file("beside", pem()),
    };
    expect((await signsIn(environment))[3]).toEqual({ certificate: pem().trim() });
  });

  test("by the place that it runs at, after a secret and only when that is asked for", async () => {
    expect((await signsIn(oidc)).slice(0, 3)).toEqual(["ClientAssertionCredential", tenantId, clientId]);
    mockMade.mockClear();
    expect((await signsIn({ ...oidc, ...secret }))[0]).toBe("ClientSecretCredential");
    mockMade.mockClear();
    expect((await signsIn({ ...oidc, ARM_USE_OIDC: "false" }))[0]).toBe("AzureCliCredential");
  });

  test("by a service connection of Azure Pipelines", async () => {
    const environment = {
      ARM_CLIENT_ID: clientId,
      ARM_USE_OIDC: "1",
      SYSTEM_OIDCREQUESTURI: "https://dev.azure.test",
      SYSTEM_ACCESSTOKEN: "secret",
      ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID: "connection",
      ...job,
    };
    expect((await signsIn(environment)).slice(0, 5)).toEqual([
      "AzurePipelinesCredential",
      tenantId,
      clientId,
      "connection",
      "secret",
    ]);
  });

  test("as a pod, whose client id comes with its token", async () => {
    const environment = {
      ARM_USE_AKS_WORKLOAD_IDENTITY: "true",
      AZURE_CLIENT_ID: clientId,
      AZURE_FEDERATED_TOKEN_FILE: file("token", "assertion"),
    };
    expect((await signsIn(environment)).slice(0, 3)).toEqual(["ClientAssertionCredential", tenantId, clientId]);
  });

  test("as the machine", async () => {
    expect(await signsIn({ ARM_USE_MSI: "true", ARM_CLIENT_ID: clientId })).toEqual([
      "ManagedIdentityCredential",
      { clientId },
    ]);
    mockMade.mockClear();
    expect(await signsIn({ ARM_USE_MSI: "true" })).toEqual(["ManagedIdentityCredential", {}]);
  });

  test("as whoever is signed in to the Azure CLI, to the declared tenant", async () => {
    expect(await signsIn({})).toEqual(["AzureCliCredential", { tenantId }]);
    mockMade.mockClear();
    expect((await signsIn({ ARM_CLIENT_ID: clientId }))[0]).toBe("AzureCliCredential");
  });

  test("as the stack's azuread configuration says, before the environment", async () => {
    const configuration: Record<string, unknown> = {
      "azuread:clientId": clientId,
      "azuread:clientSecret": "configured",
      "azuread:useOidc": false,
    };
    const environment = azureadEnvironment((key) => configuration[key], { ...oidc, ...secret, PATH: "/bin" });
    expect(environment).toMatchObject({ ARM_USE_OIDC: "false", ARM_CLIENT_SECRET: "configured", PATH: "/bin" });
    expect((await signsIn(environment))[3]).toBe("configured");
  });
});

describe("the deploying identity does not sign in", () => {
  test("to another tenant than the declared one, whatever the way", () => {
    const other = { ARM_TENANT_ID: "99999999-2222-4333-8444-555555555555" };
    for (const way of [secret, oidc, { ARM_USE_MSI: "true" }, {}]) {
      expect(() => deployerTokens(tenantId, authority, { ...way, ...other })).toThrow(WrongTenant);
    }
    expect(() => deployerTokens(tenantId, authority, { ARM_TENANT_ID: tenantId.toUpperCase() })).not.toThrow();
  });

  test("with a PKCS#12 bundle alone, and what can be done is told", async () => {
    const bundle = Buffer.from("0\u0082\u0001", "latin1").toString("base64");
    expect(await refusal({ ARM_CLIENT_ID: clientId, ARM_CLIENT_CERTIFICATE: bundle })).toMatch(
      /ARM_CLIENT_CERTIFICATE: it is no PEM \(azuread takes PKCS#12.*AZURE_CLIENT_CERTIFICATE_PATH/,
    );
  });

  test("with files that cannot be read or that say otherwise, all told at once and without what they hold", async () => {
    const said = await refusal({
      ARM_CLIENT_ID: clientId,
      ARM_CLIENT_ID_FILE_PATH: path.join(folder, "gone"),
      ARM_CLIENT_SECRET: "hunter2",
      ARM_CLIENT_SECRET_FILE_PATH: file("other", "hunter4"),
    });
    expect(said).toMatch(
      /ARM_CLIENT_ID_FILE_PATH: ".*gone" cannot be read \(ENOENT\); ARM_CLIENT_SECRET: it is not what/,
    );
    expect(said).not.toMatch(/hunter/);
  });

  test("when the Azure CLI is the last way and is switched off", async () => {
    expect(await refusal({ ARM_USE_CLI: "false" })).toMatch(
      /ARM_USE_CLI: no way to sign in is left; allowed: ARM_CLIENT_ID/,
    );
    expect(await refusal({ ARM_USE_CLI: "false", ARM_USE_OIDC: "true", ARM_CLIENT_ID: clientId })).toMatch(
      /ARM_USE_OIDC is set, but there is none of: ARM_OIDC_TOKEN; /,
    );
  });
});

test.each([
  ["what is known to be secret", "the answer was hunter2"],
  ["a token", "sent eyJhbGciOi.eyJzdWIi.c2ln to it"],
  ["a header", 'request: {"authorization":"Bearer abc.def~123"}'],
])("an error never holds %s, whoever wrote it", async (_what, message) => {
  const failing = { getToken: () => Promise.reject(new Error(`AADSTS7000 ${message}`)) };
  const error: unknown = await acquiring("app", authority, () => Promise.resolve(failing), ["hunter2"])().catch(
    (thrown: unknown) => thrown,
  );
  expect((error as Error).message).not.toMatch(/hunter2|eyJ|abc\.def/);
  expect(error).toMatchObject({ tag: "AccessRefused" });
});
