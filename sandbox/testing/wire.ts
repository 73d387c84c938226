/** For tests: talks to a sandbox over its real HTTPS, trusting its CA and nothing else. */
import "reflect-metadata";
import { createPrivateKey, randomUUID, webcrypto, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import * as x509 from "@peculiar/x509";
import { SignJWT } from "jose";
import { Agent, request } from "undici";
import type { Sandbox, TenantInfo } from "../index";

/** The fields of answers that tests go into. One that an answer lacks is undefined there, and the assertion on it fails. */
export interface Seen {
  readonly id: string;
  readonly appId: string;
  readonly displayName: string;
  readonly value: readonly Seen[];
  readonly error: { readonly code: string; readonly message: string };
  readonly error_codes: readonly number[];
  readonly error_description: string;
  readonly access_token: string;
  readonly secretText: string;
  readonly keyId: string;
  readonly key: string;
  readonly hint: string;
  readonly startDateTime: string;
  readonly endDateTime: string;
  readonly keyCredentials: readonly Seen[];
  readonly passwordCredentials: readonly Seen[];
  readonly appRoles: readonly (Omit<Seen, "value"> & { readonly value: string })[];
  readonly userPrincipalName: string;
  readonly roleTemplateId: string;
  readonly jwks_uri: string;
  readonly keys: readonly Seen[];
  readonly metadata: readonly Seen[];
  readonly aliases: readonly string[];
  readonly "@odata.type": string;
  readonly "@odata.count": number;
  readonly "@odata.nextLink": string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The parsed body; not there when the answer has none. */
  readonly body: Seen;
}

/** The first of a list that must have one. */
export function first<T>(list: readonly T[]): T {
  const [found] = list;
  if (found === undefined) throw new Error("The list is empty.");
  return found;
}

export interface Wire {
  send(method: string, path: string, options?: { headers?: Record<string, string>; body?: string }): Promise<Answer>;
  json(method: string, path: string, body?: unknown, token?: string): Promise<Answer>;
  token(tenant: string, form: Record<string, string>, headers?: Record<string, string>): Promise<Answer>;
  /** The deployer's token for a scope, default Microsoft Graph. */
  deployerToken(tenant: TenantInfo, scope?: string): Promise<string>;
  close(): Promise<void>;
}

export function connectTo(sandbox: Sandbox): Wire {
  const dispatcher = new Agent({ connect: { ca: readFileSync(sandbox.caFile, "utf8") } });
  const wire: Wire = {
    send: async (method, path, { headers = {}, body } = {}) => {
      const answer = await request(`${sandbox.origin}${path}`, {
        method,
        dispatcher,
        headers,
        ...(body === undefined ? {} : { body }),
      });
      const text = await answer.body.text();
      // Exchange Online refuses some callers with a run of NUL bytes.
      const isJson = String(answer.headers["content-type"]).includes("json");
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: (text === "" || !isJson ? undefined : JSON.parse(text)) as Seen,
      };
    },
    json: (method, path, body, token) =>
      wire.send(method, path, {
        headers: {
          "content-type": "application/json; charset=utf-8",
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    token: (tenant, form, headers = {}) =>
      wire.send("POST", `/${tenant}/oauth2/v2.0/token`, {
        headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
        body: new URLSearchParams(form).toString(),
      }),
    deployerToken: async ({ id, deployer }, scope = "https://graph.microsoft.com/.default") => {
      const { clientId, clientSecret } = deployer;
      const answer = await wire.token(id, {
        grant_type: "client_credentials",
        client_id: clientId,
        client_secret: clientSecret,
        scope,
      });
      return answer.body.access_token;
    },
    close: () => dispatcher.close(),
  };
  return wire;
}

export interface TestCertificate {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly notAfter: Date;
}

/** A self-signed RSA certificate, as a client would upload it. */
export async function selfSigned(notBefore: Date, notAfter: Date): Promise<TestCertificate> {
  const algorithm = {
    name: "RSASSA-PKCS1-v1_5",
    hash: "SHA-256",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    { name: "CN=Netwrix 1Secure", notBefore, notAfter, signingAlgorithm: algorithm, keys, serialNumber: "01" },
    webcrypto,
  );
  const privateKey = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    certificatePem: certificate.toString("pem"),
    privateKeyPem: x509.PemConverter.encode(privateKey, "PRIVATE KEY"),
    notAfter,
  };
}

export interface AssertionOptions {
  readonly clientId: string;
  readonly audience: string;
  readonly certificate: TestCertificate;
  /** Signs with this key instead of the certificate's. */
  readonly privateKeyPem?: string;
  readonly algorithm?: "RS256" | "PS256";
  /** Which header names the certificate. Default `x5t`. */
  readonly named?: "x5t" | "x5t#S256" | "kid";
  readonly issuer?: string;
  readonly expires?: number;
}

/** A client assertion as `@azure/identity` and go-azure-sdk make them. */
export async function clientAssertion(options: AssertionOptions): Promise<string> {
  const { clientId, audience, certificate, algorithm = "RS256", named = "x5t", issuer = clientId } = options;
  const uploaded = new X509Certificate(certificate.certificatePem);
  const fingerprint = (named === "x5t#S256" ? uploaded.fingerprint256 : uploaded.fingerprint).replaceAll(":", "");
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({
    aud: audience,
    iss: issuer,
    sub: issuer,
    jti: randomUUID(),
    nbf: now,
    exp: options.expires ?? now + 600,
  })
    .setProtectedHeader({ alg: algorithm, typ: "JWT", [named]: Buffer.from(fingerprint, "hex").toString("base64url") })
    .sign(createPrivateKey(options.privateKeyPem ?? certificate.privateKeyPem));
}
