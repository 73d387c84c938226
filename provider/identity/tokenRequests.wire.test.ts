/** Signing in over HTTPS, from a network that knows the other side's names through its proxy only. */
import "reflect-metadata";
import { spawn } from "node:child_process";
import { webcrypto } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as x509 from "@peculiar/x509";
import { type Proxy, startProxy } from "../core/testing/proxy";

// A process of its own takes seconds on a busy machine.
jest.setTimeout(120_000);

/** Signs in to each tenant in turn, in a process of its own: Node reads NODE_EXTRA_CA_CERTS only when it starts. */
const program = `
  require("./scripts/typescript.cjs");
  const { appTokens } = require("./provider/identity/credentials");
  const { createHttp } = require("./provider/core/http");
  const identity = { clientId: "aaaaaaaa-2222-4333-8444-555555555555", proof: { kind: "secret", clientSecret: "hunter2" } };
  const authority = { authorityHost: "https://login.invalid", scope: "https://graph.invalid/.default", service: "Microsoft Graph" };
  const outcome = (promise) =>
    promise.then(
      (value) => ({ value }),
      ({ tag, message, retryAfterMs, isLasting, stack }) => ({ tag, message: tag === undefined ? stack : message, retryAfterMs, isLasting }),
    );
  (async () => {
    const outcomes = {};
    for (const tenantId of process.argv.slice(1)) {
      outcomes[tenantId] = await outcome(appTokens({ ...identity, tenantId }, authority)().then(({ token }) => token));
    }
    const stopped = appTokens({ ...identity, tenantId: process.argv[1] }, authority);
    outcomes.stopped = await outcome(stopped(undefined, AbortSignal.abort(Object.assign(new Error("stopped"), { tag: "Stopped" }))));
    const http = await createHttp();
    const read = http.send({ method: "GET", url: "https://graph.invalid/", operation: "reading", subject: "it" });
    outcomes.graph = await outcome(read.then(({ text }) => text));
    await http.close();
    console.log(JSON.stringify(outcomes));
  })();
`;

/** A tenant for each answer. */
const tenant = (last: number): string => `11111111-2222-4333-8444-55555555555${String(last)}`;
const [fine, busy, unwell, blocked, early, silent] = [0, 1, 2, 3, 4, 5].map(tenant) as [
  string,
  string,
  string,
  string,
  string,
  string,
];

/** The identity platform's refusal. */
const refusal = (status: number, code: string, words: string): Answer => ({
  status,
  body: {
    error: "invalid_grant",
    error_description: `AADSTS${code}: ${words} Trace ID: x Correlation ID: y Timestamp: z`,
  },
});
interface Answer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Record<string, string>;
}
const answers: Readonly<Record<string, Answer>> = {
  [fine]: { status: 200, body: { token_type: "Bearer", expires_in: 3_600, access_token: "the-token" } },
  [busy]: { ...refusal(429, "90055", "The tenant is busy."), headers: { "retry-after": "315" } },
  [unwell]: { ...refusal(503, "50001", "Not well."), headers: { "retry-after": "7" } },
  [blocked]: refusal(400, "53003", "Access has been blocked by Conditional Access policies."),
  [early]: refusal(401, "700024", "Client assertion is not within its valid time range."),
};

let folder: string;
let platform: Server;
let proxy: Proxy;
const asked: string[] = [];
let outcomes: Readonly<Record<string, unknown>>;

beforeAll(async () => {
  const { certificatePem, privateKeyPem } = await certificateFor("login.invalid", "graph.invalid");
  folder = mkdtempSync(join(tmpdir(), "token-requests-"));
  writeFileSync(join(folder, "ca.pem"), certificatePem);
  platform = createServer({ cert: certificatePem, key: privateKeyPem }, (request, response) => {
    const { host = "" } = request.headers;
    const at = `${request.method ?? ""} https://${host}${request.url ?? ""}`;
    asked.push(at);
    if (host === "graph.invalid") {
      response.end("served");
      return;
    }
    const [, id = ""] = /([0-9a-f-]{36})/.exec(at) ?? [];
    const root = `https://login.invalid/${id}`;
    const endpoints = {
      issuer: `${root}/v2.0`,
      authorization_endpoint: `${root}/oauth2/v2.0/authorize`,
      token_endpoint: `${root}/oauth2/v2.0/token`,
      jwks_uri: `${root}/discovery/v2.0/keys`,
    };
    const answer: Answer | undefined = request.method === "GET" ? { status: 200, body: endpoints } : answers[id];
    if (answer === undefined) request.socket.destroy();
    else {
      response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
      response.end(JSON.stringify(answer.body));
    }
  });
  await new Promise<void>((resolve) => platform.listen(0, "127.0.0.1", resolve));
  const { port } = platform.address() as AddressInfo;
  proxy = await startProxy({ "login.invalid:443": port, "graph.invalid:443": port });
  outcomes = await signIn([fine, busy, unwell, blocked, early, silent]);
});
afterAll(async () => {
  await proxy.close();
  platform.closeAllConnections();
  platform.close();
  rmSync(folder, { recursive: true });
});

async function signIn(tenants: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const {
    HTTP_PROXY: _http,
    http_proxy: _lower,
    https_proxy: _lowers,
    NO_PROXY: _no,
    no_proxy: _lowerNo,
    ...rest
  } = process.env;
  const child = spawn(process.execPath, ["-e", program, ...tenants], {
    cwd: join(__dirname, "..", ".."),
    env: { ...rest, HTTPS_PROXY: proxy.address.slice("http://".length), NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  child.stdout.on("data", (part: Buffer) => (printed += part.toString()));
  await new Promise((resolve) => child.on("close", resolve));
  return JSON.parse(printed) as Record<string, unknown>;
}

test("a token comes through the proxy", () => {
  expect(outcomes[fine]).toEqual({ value: "the-token" });
  expect(proxy.asked.map(({ target }) => target)).toContain("login.invalid:443");
});

test("and so does a service's answer over HTTPS", () => {
  expect(outcomes["graph"]).toEqual({ value: "served" });
  expect(proxy.asked.map(({ target }) => target)).toContain("graph.invalid:443");
});

test.each([
  [429, busy, "Throttled", 315_000],
  [503, unwell, "Unavailable", 7_000],
])("a %i says how long to wait, and is asked once: the wait is our own", (_status, id, tag, retryAfterMs) => {
  expect(outcomes[id]).toMatchObject({ tag, retryAfterMs });
  expect(asked.filter((at) => at.startsWith(`POST https://login.invalid/${id}/oauth2/v2.0/token`))).toHaveLength(1);
});

test.each([
  ["Conditional Access", blocked, /AADSTS53003.*Conditional Access policy of the tenant blocks it/],
  ["a clock that is wrong", early, /AADSTS700024.*set the clock/],
])("what %s refuses will not pass by waiting, and the error says what to do", (_what, id, message) => {
  expect(outcomes[id]).toMatchObject({
    tag: "AccessRefused",
    isLasting: true,
    message: expect.stringMatching(message) as unknown,
  });
  expect(JSON.stringify(outcomes[id])).not.toMatch(/Trace ID|hunter2/);
});

test("a connection that breaks is told as one", () => {
  expect(outcomes[silent]).toMatchObject({
    tag: "Unavailable",
    message: expect.stringMatching(
      /https:\/\/login\.invalid gave no token: the connection to login\.invalid failed/,
    ) as unknown,
  });
});

test("a run that is to stop asks for no token", () => {
  expect(outcomes["stopped"]).toMatchObject({ tag: "Stopped" });
});

/** A certificate that signs itself, for these names. */
async function certificateFor(...names: string[]): Promise<{ certificatePem: string; privateKeyPem: string }> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: "CN=login.invalid",
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + 3_600_000),
      signingAlgorithm: algorithm,
      keys,
      serialNumber: "01",
      extensions: [new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: "dns", value })))],
    },
    webcrypto,
  );
  const privateKey = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    certificatePem: certificate.toString("pem"),
    privateKeyPem: x509.PemConverter.encode(privateKey, "PRIVATE KEY"),
  };
}
