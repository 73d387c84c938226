/**
 * The control API, `/_sandbox`: JSON, no authentication, reachable from this machine only. `GET /_sandbox` lists the routes.
 * `{tenant}` is a tenant's id or initial domain. Each route does what the function of {@link SandboxControl} beside it does.
 */
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { SandboxControl } from "./control";
import { directoryControlRoutes, registerDirectoryControl } from "./directoryControl";
import { replicationSchema } from "./entra/replication";
import { exchangeFaultsSchema } from "./exchange/faultOptions";
import { exchangeLoadSchema } from "./exchange/load";
import { logonTypes, recipientTypes } from "./exchange/model";
import { readJsonBodies } from "./jsonBody";
import { nowPrivacyControlRoutes, registerNowPrivacyControl } from "./nowprivacy/controlRoutes";
import { NoSuchThing } from "./noSuchThing";

const auditPatch = z
  .strictObject({
    auditEnabled: z.boolean(),
    auditAdmin: z.array(z.string()),
    auditDelegate: z.array(z.string()),
    auditOwner: z.array(z.string()),
    defaultAuditSet: z.array(z.enum(logonTypes)),
    auditLogAgeLimitDays: z.number().positive(),
  })
  .partial();
const mailboxesPatch = z.strictObject({
  audit: auditPatch,
  recipientTypes: z.array(z.enum(recipientTypes)).min(1).optional(),
  share: z.number().min(0).max(1).optional(),
  whenChanged: z.int().min(0).optional(),
});
const organizationPatch = z
  .strictObject({ auditDisabled: z.boolean(), unifiedAuditLogIngestionEnabled: z.boolean(), isDehydrated: z.boolean() })
  .partial();
const credentialPatch = z
  .strictObject({ organization: z.string(), displayName: z.string(), clientId: z.string(), clientSecret: z.string() })
  .partial();
const sourcePatch = z
  .strictObject({
    organization: z.string(),
    sourceGroup: z.string(),
    tenantId: z.string(),
    crawlSource: z.boolean(),
    credentialId: z.string(),
  })
  .partial();
const connectorPatch = z.strictObject({ enabled: z.boolean(), collectNonOwnerMailboxAuditData: z.boolean() }).partial();

const newOneSecureCredential = credentialPatch.required();
const newOneSecureSource = sourcePatch.required();

const clockSetting = z.strictObject({
  now: z.string().refine((text) => !Number.isNaN(Date.parse(text)), { error: "no date and time" }),
});
const assertionRequest = z.strictObject({ subject: z.string().min(1), audience: z.string().min(1).optional() });
const newUnit = z.strictObject({ displayName: z.string().min(1), members: z.array(z.string()).optional() });

const routes = [
  "GET /_sandbox/clock",
  "PUT /_sandbox/clock {now: RFC 3339}",
  "GET /_sandbox/tenants",
  "GET /_sandbox/tenants/{tenant}",
  "GET /_sandbox/tenants/{tenant}/mailboxes[?which=customised]",
  "PATCH /_sandbox/tenants/{tenant}/mailboxes {audit: {auditDelegate?: [...], ...}, recipientTypes?: [...], share?: 0 to 1, whenChanged?: ms}",
  "GET /_sandbox/tenants/{tenant}/mailboxes/{identity}",
  "PATCH /_sandbox/tenants/{tenant}/mailboxes/{identity} {auditDelegate?: [...], ...}",
  "DELETE /_sandbox/tenants/{tenant}/mailboxes/{identity}",
  "GET /_sandbox/tenants/{tenant}/bypass",
  "PUT /_sandbox/tenants/{tenant}/bypass/{identity} {bypass: true|false}",
  "PATCH /_sandbox/tenants/{tenant}/organization {auditDisabled?, unifiedAuditLogIngestionEnabled?, isDehydrated?}",
  "PUT /_sandbox/tenants/{tenant}/applications/{clientId}/consents/{permission of Microsoft Graph}",
  "DELETE /_sandbox/tenants/{tenant}/applications/{clientId}/consents/{permission}",
  "DELETE /_sandbox/tenants/{tenant}/applications/{clientId}/roles/{name or template id}",
  "POST /_sandbox/tenants/{tenant}/administrativeUnits {displayName, members?: [user principal name, ...]}",
  ...directoryControlRoutes,
  "GET /_sandbox/entra",
  "PUT /_sandbox/entra/replication {TYPE?: {min, max} in ms | {reads: {min, max}}, ...}, TYPE one of applications, servicePrincipals, credentials, appRoleAssignments, directoryRoleAssignments, federatedIdentityCredentials, exchangeAuthorization",
  "DELETE /_sandbox/entra/replication",
  "PUT /_sandbox/entra/writeLatency {milliseconds}",
  "POST /_sandbox/issuer/assertions {subject, audience?}",
  "GET /_sandbox/issuer/{.well-known/openid-configuration|jwks|token?subject=...&audience=...}",
  "GET /_sandbox/exchange",
  "PUT /_sandbox/exchange/load {cmdletLatencyMs?, concurrentRequests?, overConcurrency?, writesPerMinute?, retryAfter?, timeScale?}",
  "PUT /_sandbox/exchange/faults {seed?, throttledChanges?: 0 to 1, ...}",
  "DELETE /_sandbox/exchange/{load|faults}",
  "GET /_sandbox/tenants/{tenant}/exchange/behaviour",
  "PATCH /_sandbox/tenants/{tenant}/exchange/behaviour {batchRouting?, unifiedAuditLogDelayMs?, ...}, as sandbox/exchange/behaviour.ts names them",
  "DELETE /_sandbox/tenants/{tenant}/exchange/behaviour",
  "GET /_sandbox/onesecure",
  "POST /_sandbox/onesecure/organizations {name}",
  "PATCH /_sandbox/onesecure/{credentials|sources|connectors}/{id} {...}",
  "POST /_sandbox/onesecure/credentials {organization, displayName, clientId, clientSecret}",
  "POST /_sandbox/onesecure/sources {organization, sourceGroup, tenantId, crawlSource, credentialId}",
  "GET /_sandbox/onesecure/{connections|outages}",
  "PUT /_sandbox/onesecure/verifies {verifies: true|false}",
  ...nowPrivacyControlRoutes,
  "GET /_sandbox/counters",
  "DELETE /_sandbox/counters",
  "GET /_sandbox/secrets",
];

interface Tenant {
  Params: { tenant: string };
}
interface Identified {
  Params: { tenant: string; identity: string };
}
interface OfApplication {
  Params: { tenant: string; clientId: string; name: string };
}
interface ById {
  Params: { id: string };
}

export function registerControl(app: FastifyInstance, control: SandboxControl): void {
  void app.register(
    (scope, _options, done) => {
      readJsonBodies(scope, () => Object.assign(new Error("The body is no JSON."), { statusCode: 400 }));
      answerWithProblems(scope);
      scope.get("/", () => ({ routes }));
      scope.get("/tenants", () => ({ value: control.tenants() }));
      scope.get<Tenant>("/tenants/:tenant", ({ params }) => control.tenant(params.tenant));
      exchangeRoutes(scope, control);
      conditionRoutes(scope, control);
      directoryRoutes(scope, control);
      clockRoutes(scope, control);
      entraRoutes(scope, control);
      registerDirectoryControl(scope, control);
      oneSecureRoutes(scope, control);
      registerNowPrivacyControl(scope, control);
      scope.get("/counters", () => control.counters());
      scope.delete("/counters", (_request, reply) => {
        control.resetCounters();
        return reply.code(204).send();
      });
      scope.get("/secrets", () => ({ value: control.issuedSecrets() }));
      done();
    },
    { prefix: "/_sandbox" },
  );
}

function exchangeRoutes(scope: FastifyInstance, control: SandboxControl): void {
  scope.get<Tenant & { Querystring: { which?: string } }>("/tenants/:tenant/mailboxes", ({ params, query }) => ({
    value: control.mailboxes(params.tenant, query.which === "customised" ? "customised" : "all"),
  }));
  scope.patch<Tenant>("/tenants/:tenant/mailboxes", ({ params, body }) => {
    const { audit, ...which } = mailboxesPatch.parse(body);
    return { changed: control.setMailboxesAudit(params.tenant, given(audit), which) };
  });
  scope.get<Identified>("/tenants/:tenant/mailboxes/:identity", ({ params }) =>
    control.mailbox(params.tenant, params.identity),
  );
  scope.patch<Identified>("/tenants/:tenant/mailboxes/:identity", ({ params, body }) =>
    control.setMailboxAudit(params.tenant, params.identity, given(auditPatch.parse(body))),
  );
  scope.delete<Identified>("/tenants/:tenant/mailboxes/:identity", ({ params }, reply) => {
    control.removeMailbox(params.tenant, params.identity);
    return reply.code(204).send();
  });
  scope.get<Tenant>("/tenants/:tenant/bypass", ({ params }) => ({ value: control.bypassAssociations(params.tenant) }));
  scope.put<Identified>("/tenants/:tenant/bypass/:identity", ({ params, body }) =>
    control.setBypass(params.tenant, params.identity, z.strictObject({ bypass: z.boolean() }).parse(body).bypass),
  );
  scope.put<Tenant>("/tenants/:tenant/applicationAccess/delay", ({ params, body }, reply) => {
    const { milliseconds } = z.strictObject({ milliseconds: z.number().min(0) }).parse(body);
    control.setApplicationAccessDelay(params.tenant, milliseconds);
    return reply.code(204).send();
  });
  scope.patch<Tenant>("/tenants/:tenant/organization", ({ params, body }) =>
    control.setOrganization(params.tenant, given(organizationPatch.parse(body))),
  );
}

function conditionRoutes(scope: FastifyInstance, control: SandboxControl): void {
  const conditions = (): object => {
    const { load = null, faults = null } = control.exchangeConditions();
    return { load, faults };
  };
  scope.get("/exchange", conditions);
  scope.put("/exchange/load", ({ body }) => {
    control.setExchangeLoad(exchangeLoadSchema.parse(body));
    return conditions();
  });
  scope.put("/exchange/faults", ({ body }) => {
    control.setExchangeFaults(exchangeFaultsSchema.parse(body));
    return conditions();
  });
  scope.get<Tenant>("/tenants/:tenant/exchange/behaviour", ({ params }) => control.exchangeBehaviour(params.tenant));
  scope.patch<Tenant>("/tenants/:tenant/exchange/behaviour", ({ params, body }) =>
    control.setExchangeBehaviour(params.tenant, z.record(z.string(), z.unknown()).parse(body)),
  );
  scope.delete<Tenant>("/tenants/:tenant/exchange/behaviour", ({ params }, reply) => {
    control.setExchangeBehaviour(params.tenant, undefined);
    return reply.code(204).send();
  });
  scope.delete("/exchange/load", (_request, reply) => {
    control.setExchangeLoad(undefined);
    return reply.code(204).send();
  });
  scope.delete("/exchange/faults", (_request, reply) => {
    control.setExchangeFaults(undefined);
    return reply.code(204).send();
  });
}

function directoryRoutes(scope: FastifyInstance, control: SandboxControl): void {
  scope.put<OfApplication>("/tenants/:tenant/applications/:clientId/consents/:name", ({ params }, reply) => {
    control.addConsent(params.tenant, params.clientId, params.name);
    return reply.code(204).send();
  });
  scope.delete<OfApplication>("/tenants/:tenant/applications/:clientId/consents/:name", ({ params }, reply) => {
    control.removeConsent(params.tenant, params.clientId, params.name);
    return reply.code(204).send();
  });
  scope.delete<OfApplication>("/tenants/:tenant/applications/:clientId/roles/:name", ({ params }, reply) => {
    control.removeRole(params.tenant, params.clientId, params.name);
    return reply.code(204).send();
  });
}

function clockRoutes(scope: FastifyInstance, control: SandboxControl): void {
  const clock = (): object => ({ now: control.now().toISOString() });
  scope.get("/clock", clock);
  scope.put("/clock", ({ body }) => {
    control.travelTo(clockSetting.parse(body).now);
    return clock();
  });
}

function entraRoutes(scope: FastifyInstance, control: SandboxControl): void {
  const conditions = (): object => {
    const { replication = null, writeLatencyMs } = control.entraConditions();
    return { replication, writeLatencyMs };
  };
  scope.get("/entra", conditions);
  scope.put("/entra/replication", ({ body }) => {
    control.setReplication(replicationSchema.parse(body));
    return conditions();
  });
  scope.delete("/entra/replication", (_request, reply) => {
    control.setReplication(undefined);
    return reply.code(204).send();
  });
  scope.put("/entra/writeLatency", ({ body }) => {
    control.setWriteLatency(z.strictObject({ milliseconds: z.number().min(0) }).parse(body).milliseconds);
    return conditions();
  });
  scope.post("/issuer/assertions", async ({ body }) => ({
    value: await control.federatedAssertion(assertionRequest.parse(body)),
  }));
  scope.post<Tenant>("/tenants/:tenant/administrativeUnits", ({ params, body }) => {
    const { displayName, members } = newUnit.parse(body);
    return control.addAdministrativeUnit(params.tenant, displayName, members);
  });
}

function oneSecureRoutes(scope: FastifyInstance, control: SandboxControl): void {
  scope.get("/onesecure", () => control.oneSecure());
  scope.post("/onesecure/organizations", ({ body }) =>
    control.addOneSecureOrganization(z.strictObject({ name: z.string().min(1) }).parse(body).name),
  );
  scope.get("/onesecure/connections", () => ({ value: control.oneSecureConnections() }));
  scope.get("/onesecure/outages", () => ({ value: control.oneSecureOutages() }));
  scope.put("/onesecure/verifies", ({ body }) => {
    const { verifies } = z.strictObject({ verifies: z.boolean() }).parse(body);
    control.setOneSecureVerifies(verifies);
    return { verifies };
  });
  scope.post("/onesecure/credentials", ({ body }) =>
    control.addOneSecureCredential(newOneSecureCredential.parse(body)),
  );
  scope.post("/onesecure/sources", ({ body }) =>
    control.addOneSecureSource({ ...newOneSecureSource.parse(body), type: "exchangeOnline" }),
  );
  scope.patch<ById>("/onesecure/credentials/:id", ({ params, body }) =>
    control.patchCredential(params.id, given(credentialPatch.parse(body))),
  );
  scope.patch<ById>("/onesecure/sources/:id", ({ params, body }) =>
    control.patchSource(params.id, given(sourcePatch.parse(body))),
  );
  scope.patch<ById>("/onesecure/connectors/:id", ({ params, body }) =>
    control.patchConnector(params.id, given(connectorPatch.parse(body))),
  );
}

/** A patch without the properties that are absent. */
function given<T extends object>(patch: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function answerWithProblems(scope: FastifyInstance): void {
  scope.setErrorHandler((error, _request, reply) => {
    const status = statusOf(error);
    const message =
      error instanceof z.ZodError ? z.prettifyError(error) : String(error instanceof Error ? error.message : error);
    return reply.code(status).send({ error: message });
  });
  scope.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ error: `The control API has no ${request.method} ${request.url}.`, routes }),
  );
}

/** The 1Secure store's problems carry their own status. */
function statusOf(error: unknown): number {
  if (error instanceof NoSuchThing) return 404;
  if (error instanceof z.ZodError) return 400;
  const { statusCode, problem } = error as { statusCode?: unknown; problem?: { status?: unknown } };
  const status = Number(problem?.status ?? statusCode ?? 500);
  return status >= 400 && status <= 599 ? status : 500;
}
