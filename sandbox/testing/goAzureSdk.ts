/**
 * For tests: asks Microsoft Graph of a sandbox as go-azure-sdk does, on which the official azuread plugin is built: its headers, its
 * idea of a good answer, and how Go's types read one.
 *
 * Source: {@link https://github.com/hashicorp/go-azure-sdk} (`sdk/client`, `sdk/odata`, `microsoft-graph`).
 */
import { randomUUID } from "node:crypto";
import type { Sandbox, TenantInfo } from "../index";
import { connectTo } from "./wire";

export type Json = Readonly<Record<string, unknown>>;

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export interface GoAzureSdk {
  /** The claims of the plugin's own access token. */
  readonly claims: Json;
  /**
   * Sends one request and expects the status, an answer in a form that the SDK reads, and the headers that it looks at.
   * @param path from the version on, as Go writes it: `$` as `%24`, a space as `+`, a quote as `%27`
   * @returns the body; an empty object where there is none
   */
  ask(method: string, path: string, status: number, body?: object, more?: Record<string, string>): Promise<Json>;
  /** Five looks in a row, after a deletion, that find nothing. */
  isGone(path: string): Promise<void>;
  /** POSTs an application as `ApplicationRegistration` does. */
  newApplication(displayName?: string): Promise<Json>;
  /** POSTs a service principal as `ServicePrincipal` does. */
  newPrincipal(appId: unknown): Promise<Json>;
  close(): Promise<void>;
}

/** Logs in as the tenant's deployer. */
export async function goAzureSdk(sandbox: Sandbox, tenant: TenantInfo): Promise<GoAzureSdk> {
  const wire = connectTo(sandbox);
  const token = await wire.deployerToken(tenant, `${sandbox.origin}/.default`);
  const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Json;

  const ask: GoAzureSdk["ask"] = async (method, path, status, body, more = {}) => {
    const answer = await wire.send(method, path, {
      headers: {
        Accept: "application/json; charset=utf-8; IEEE754Compatible=false",
        Authorization: `Bearer ${token}`,
        // Also where there is no content.
        "Content-Type": "application/json; charset=utf-8",
        "Odata-Maxversion": "4.0",
        "Odata-Version": "4.0",
        "User-Agent": "HashiCorp/go-azure-sdk (Go-http-Client/1.1 MicrosoftGraph-application/v1.0)",
        ...more,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const found = answer.body as unknown as Json | undefined;
    // All in one, so that a failure shows which request it was and what Graph said.
    expect({ method, path, status: answer.status, error: found?.["error"] }).toEqual({
      method,
      path,
      status,
      error: status < 400 ? undefined : (expect.anything() as object),
    });
    expect(answer.headers).toMatchObject({
      "odata-version": "4.0",
      "request-id": expect.stringMatching(guid) as string,
    });
    if (status === 204) expect(found).toBeUndefined();
    // Anything else is not read as JSON, so that neither the object nor the error would be seen.
    else expect(answer.headers["content-type"]).toMatch(/^application\/json/);
    if (status === 201) expect(answer.headers["location"]).toMatch(`${sandbox.origin}/v1.0/`);
    return found ?? {};
  };

  return {
    claims,
    ask,
    isGone: async (path) => {
      for (let look = 0; look < 5; look++)
        expect(errorOf(await ask("GET", path, 404)).code).toBe("Request_ResourceNotFound");
    },
    newApplication: (displayName = "1Secure") =>
      ask("POST", "/v1.0/applications", 201, {
        "@odata.type": "#microsoft.graph.application",
        api: { requestedAccessTokenVersion: 2 },
        description: null,
        displayName,
        groupMembershipClaims: null,
        info: { marketingUrl: null, privacyStatementUrl: null, supportUrl: null, termsOfServiceUrl: null },
        notes: null,
        serviceManagementReference: null,
        signInAudience: "AzureADMyOrg",
        web: {
          homePageUrl: null,
          implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
          logoutUrl: null,
        },
      }),
    newPrincipal: (appId) =>
      ask("POST", "/v1.0/servicePrincipals", 201, {
        "@odata.type": "#microsoft.graph.servicePrincipal",
        accountEnabled: true,
        alternativeNames: [],
        appId,
        appRoleAssignmentRequired: false,
        description: `TERRAFORM_UPDATE_${randomUUID()}`,
        loginUrl: null,
        notes: null,
        notificationEmailAddresses: [],
        "owners@odata.bind": [`${sandbox.origin}/v1.0/directoryObjects/${String(claims["oid"])}`],
        preferredSingleSignOnMode: null,
        samlSingleSignOnSettings: null,
        tags: [],
      }),
    close: () => wire.close(),
  };
}

/** Code and message of an answer's error, of which the SDK makes the text that the user reads. */
export function errorOf({ error }: Json): { readonly code: unknown; readonly message: unknown } {
  const text = expect.any(String) as string;
  const id = expect.stringMatching(guid) as string;
  const innerError = { date: text, "request-id": id, "client-request-id": id };
  expect(error).toEqual({ code: text, message: text, innerError });
  const { code, message } = error as Json;
  return { code, message };
}

/** The objects of a collection. */
export function valuesOf(collection: Json): readonly Json[] {
  expect(collection["@odata.context"]).toMatch(/^https:\/\/[^/]+\/v1\.0\/\$metadata#/);
  expect(Array.isArray(collection["value"])).toBe(true);
  return collection["value"] as readonly Json[];
}

/** How Go types the fields that the plugin reads; a value of another type fails the whole answer. */
type Kind = "flag" | "number" | "object" | "objects" | "text" | "texts";

const fits: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  flag: (value) => typeof value === "boolean",
  number: (value) => typeof value === "number",
  object: (value) => typeof value === "object" && !Array.isArray(value),
  objects: (value) => Array.isArray(value) && value.every((item) => typeof item === "object" && item !== null),
  text: (value) => typeof value === "string",
  texts: (value) => Array.isArray(value) && value.every((item) => typeof item === "string"),
};

/** Names of fields that are missing or of another type. Null is good for each: Go takes its zero value. */
export function unreadable(object: Json, fields: Readonly<Record<string, Kind>>): string[] {
  return Object.entries(fields).flatMap(([name, kind]) =>
    name in object && (object[name] === null || fits[kind](object[name])) ? [] : [name],
  );
}
