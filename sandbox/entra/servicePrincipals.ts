/** Service principals: {@link https://learn.microsoft.com/graph/api/resources/serviceprincipal}. */
import type { FastifyRequest } from "fastify";
import { copy, isObject, text, type JsonObject } from "../json";
import { graphTime } from "../world";
import { addPassword, removePassword, renderNewPassword, renderPasswordCredential } from "./credentials";
import type { Directory, ServicePrincipal } from "./directory";
import { badRequest, GraphError, resourceNotFound } from "./graphError";
import { created, noContent, type GraphScope } from "./graphScope";
import { microsoftApi, publishedProperties } from "./microsoftApis";
import { collection, createsIfMissing, entity, keyedBy, type Query } from "./odata";
import { boundOwners } from "./references";
import { readApplications, writeApplications, type Caller } from "./permissions";
import { newServicePrincipalProperties, servicePrincipalReadOnly, writeProperties } from "./properties";

type ById = FastifyRequest<{ Params: { id: string }; Querystring: Query }>;

export function registerServicePrincipals(graph: GraphScope): void {
  const { app, version, root, caller, writes } = graph;
  const place = () => ({ root: root(), path: "servicePrincipals", set: "servicePrincipals" });

  app.get<{ Querystring: Query }>("/servicePrincipals", async (request) => {
    const { directory } = await caller(request, readApplications);
    const all = [...directory.servicePrincipals.values()];
    return collection(
      place(),
      request.query,
      all.map((principal) => renderServicePrincipal(principal, directory, version)),
      ({ id }) => directory.world.replication.sees("graph", "servicePrincipals", String(id)),
    );
  });

  app.post("/servicePrincipals", async (request, reply) => {
    const found = await caller(request, writeApplications);
    const principal = createServicePrincipal(found, request.body);
    return created(graph, reply, entity(place(), {}, renderServicePrincipal(principal, found.directory, version)));
  });

  app.get("/servicePrincipals/:id", async (request: ById) => {
    const { directory } = await caller(request, readApplications);
    const principal = findServicePrincipal(directory, request.params.id);
    return entity(place(), request.query, renderServicePrincipal(principal, directory, version));
  });

  app.patch("/servicePrincipals/:id", async (request: ById, reply) => {
    const found = await caller(request, writeApplications);
    const { directory, mustManage } = found;
    const appId = keyedBy("appId", request.params.id);
    // An upsert goes to where writes go, and finds what the replicas that are read do not have yet.
    const there =
      appId === undefined || !createsIfMissing(request) ? undefined : directory.servicePrincipalByAppId(appId);
    if (appId !== undefined && createsIfMissing(request) && there === undefined) {
      const made = createServicePrincipal(found, { ...(isObject(request.body) ? request.body : {}), appId });
      return created(graph, reply, entity(place(), {}, renderServicePrincipal(made, directory, version)));
    }
    const principal = there ?? findServicePrincipal(directory, request.params.id);
    mustManage(principal);
    writeProperties(principal.properties, request.body, servicePrincipalReadOnly);
    return noContent(reply);
  });

  app.delete("/servicePrincipals/:id", async (request: ById, reply) => {
    const { directory, mustManage } = await caller(request, writeApplications);
    const principal = findServicePrincipal(directory, request.params.id);
    mustManage(principal);
    directory.deleteServicePrincipal(principal, graphTime(directory.world.now()));
    return noContent(reply);
  });

  app.post("/servicePrincipals/:id/addPassword", async (request: ById) => {
    const { directory, mustManage } = await caller(request, writeApplications);
    const principal = findServicePrincipal(directory, request.params.id);
    mustManage(principal);
    return writes.write(principal.id, () => renderNewPassword(root(), addPassword(directory, principal, request.body)));
  });

  app.post("/servicePrincipals/:id/removePassword", async (request: ById, reply) => {
    const { directory, mustManage } = await caller(request, writeApplications);
    const principal = findServicePrincipal(directory, request.params.id);
    mustManage(principal);
    await writes.write(principal.id, () => {
      removePassword(principal, request.body);
    });
    return noContent(reply);
  });
}

/**
 * A service principal by the key in a path: its object id, or `appId=…`.
 * @throws GraphError 404, also while the replica that is read does not have it yet
 */
export function findServicePrincipal(directory: Directory, key: string): ServicePrincipal {
  const appId = keyedBy("appId", key);
  const found =
    appId === undefined ? directory.servicePrincipals.get(key.toLowerCase()) : directory.servicePrincipalByAppId(appId);
  if (found === undefined || !directory.world.replication.sees("graph", "servicePrincipals", found.id)) {
    throw resourceNotFound(appId ?? key);
  }
  return found;
}

/** The display name, which is the application's. */
export function servicePrincipalName(principal: ServicePrincipal, directory: Directory): string {
  return text(fromApplication(principal, directory)["displayName"]) ?? principal.appId;
}

/** A service principal in Graph's shape, with what it takes over from its application. */
export function renderServicePrincipal(
  principal: ServicePrincipal,
  directory: Directory,
  version: "v1.0" | "beta",
): JsonObject {
  const { id, appId, appOwnerOrganizationId, createdDateTime, deletedDateTime, properties } = principal;
  return {
    id,
    deletedDateTime: deletedDateTime ?? null,
    appId,
    appOwnerOrganizationId,
    createdDateTime,
    ...copy(properties),
    ...fromApplication(principal, directory),
    passwordCredentials: principal.passwordCredentials.map(renderPasswordCredential),
    ...(version === "beta" ? { samlMetadataUrl: null, publisherName: null } : {}),
  };
}

function fromApplication({ appId, id }: ServicePrincipal, directory: Directory): JsonObject {
  const published = microsoftApi(appId);
  if (published !== undefined) return publishedProperties(published);
  const application =
    directory.applicationByAppId(appId) ??
    [...directory.deleted.values()].flatMap((entry) =>
      entry.type === "application" && entry.object.appId === appId ? [entry.object] : [],
    )[0];
  if (application === undefined) throw resourceNotFound(id);
  const { displayName, description, identifierUris, signInAudience, appRoles, web, api } = application.properties;
  const names: readonly unknown[] = Array.isArray(identifierUris) ? identifierUris : [];
  const roles: readonly unknown[] = Array.isArray(appRoles) ? appRoles : [];
  return {
    appDescription: description,
    appDisplayName: displayName,
    appRoles: copy(roles),
    displayName,
    homepage: isObject(web) ? (web["homePageUrl"] ?? null) : null,
    logoutUrl: isObject(web) ? (web["logoutUrl"] ?? null) : null,
    oauth2PermissionScopes: isObject(api) ? copy(api["oauth2PermissionScopes"] ?? []) : [],
    replyUrls: isObject(web) ? copy(web["redirectUris"] ?? []) : [],
    servicePrincipalNames: [appId, ...names],
    signInAudience,
  };
}

function createServicePrincipal({ directory, initialOwners, mustManage }: Caller, body: unknown): ServicePrincipal {
  const { world, organization } = directory;
  const appId = isObject(body) ? text(body["appId"])?.toLowerCase() : undefined;
  if (appId === undefined) throw badRequest("A value is required for property 'appId' of resource 'ServicePrincipal'.");
  if (directory.servicePrincipalByAppId(appId) !== undefined) {
    throw badRequest(
      `The service principal cannot be created, updated, or restored because the service principal name ${appId} is already in use.`,
    );
  }
  const application = directory.applicationByAppId(appId);
  if (application === undefined) throw noBackingApplication(appId);
  mustManage(application);
  if (!world.replication.sees("graph", "applications", application.id)) {
    // Both answers are known from clients that retry on them.
    throw world.replication.chance("applications", application.id) ? noBackingApplication(appId) : notInLocalTenant();
  }
  const properties = newServicePrincipalProperties();
  writeProperties(properties, body, servicePrincipalReadOnly);
  const principal: ServicePrincipal = {
    id: world.newGuid(),
    appId,
    appOwnerOrganizationId: organization.tenantId,
    createdDateTime: graphTime(world.now()),
    properties,
    passwordCredentials: [],
    owners: new Set([...initialOwners, ...boundOwners(directory, body)]),
    seeded: false,
  };
  directory.servicePrincipals.set(principal.id, principal);
  world.replication.created("servicePrincipals", principal.id);
  return principal;
}

function noBackingApplication(appId: string): GraphError {
  return badRequest(`The appId '${appId}' of the service principal does not reference a valid application object.`);
}

function notInLocalTenant(): GraphError {
  return new GraphError(
    403,
    "Authorization_RequestDenied",
    "When using this permission, the backing application of the service principal being created must in the local tenant",
  );
}
