/** App role assignments (admin consent): {@link https://learn.microsoft.com/graph/api/resources/approleassignment}. */
import type { FastifyRequest } from "fastify";
import { isObject, text, type JsonObject } from "../json";
import { graphTime } from "../world";
import type { AppRoleAssignment, Directory, ServicePrincipal } from "./directory";
import { badRequest, resourceNotFound } from "./graphError";
import { created, noContent, type GraphScope } from "./graphScope";
import { microsoftApi } from "./microsoftApis";
import { collection, entity, type Query } from "./odata";
import { readAssignments, writeAssignments } from "./permissions";
import { findServicePrincipal, servicePrincipalName } from "./servicePrincipals";

type Of = FastifyRequest<{ Params: { id: string }; Querystring: Query }>;
type One = FastifyRequest<{ Params: { id: string; assignmentId: string }; Querystring: Query }>;

/** The role of an API that declares none: access as such. */
const defaultAppRoleId = "00000000-0000-0000-0000-000000000000";

export function registerAppRoleAssignments(graph: GraphScope): void {
  const { app, root, caller } = graph;
  // The same assignments seen from either end: who may use this API, and which APIs may this principal use.
  const ends = [
    {
      path: "appRoleAssignedTo",
      list: (directory: Directory, id: string) => directory.assignmentsTo(id),
      end: "resourceId",
    },
    {
      path: "appRoleAssignments",
      list: (directory: Directory, id: string) => directory.assignmentsOf(id),
      end: "principalId",
    },
  ] as const;
  for (const { path, list, end } of ends) {
    const place = (id: string) => ({
      root: root(),
      path: `servicePrincipals/${id}/${path}`,
      set: `servicePrincipals('${id}')/${path}`,
    });

    app.get(`/servicePrincipals/:id/${path}`, async (request: Of) => {
      const { directory } = await caller(request, readAssignments);
      const { id } = findServicePrincipal(directory, request.params.id);
      const shown = list(directory, id).map((assignment) => renderAppRoleAssignment(assignment, directory));
      return collection(place(id), request.query, shown, (one) => sees(directory, String(one["id"])));
    });

    app.post(`/servicePrincipals/:id/${path}`, async (request: Of, reply) => {
      const { directory } = await caller(request, writeAssignments);
      const { id } = findServicePrincipal(directory, request.params.id);
      const sent = isObject(request.body) ? request.body : {};
      if (text(sent[end])?.toLowerCase() !== id)
        throw badRequest(`The value of '${end}' must be the object that the request names.`);
      const assignment = createAssignment(directory, sent);
      return created(graph, reply, entity(place(id), {}, renderAppRoleAssignment(assignment, directory)));
    });

    const find = (directory: Directory, { id, assignmentId }: One["params"]) => {
      const found = list(directory, findServicePrincipal(directory, id).id).find((one) => one.id === assignmentId);
      if (found === undefined || !sees(directory, assignmentId)) throw resourceNotFound(assignmentId);
      return found;
    };

    app.get(`/servicePrincipals/:id/${path}/:assignmentId`, async (request: One) => {
      const { directory } = await caller(request, readAssignments);
      const assignment = find(directory, request.params);
      return entity(place(request.params.id), request.query, renderAppRoleAssignment(assignment, directory));
    });

    app.delete(`/servicePrincipals/:id/${path}/:assignmentId`, async (request: One, reply) => {
      const { directory } = await caller(request, writeAssignments);
      directory.appRoleAssignments.delete(find(directory, request.params).id);
      return noContent(reply);
    });
  }
}

function sees({ world }: Directory, assignmentId: string): boolean {
  return world.replication.sees("graph", "appRoleAssignments", assignmentId);
}

/** The claim value of an assigned role; undefined when the API does not declare it (any more). */
export function assignedRoleValue(
  { appRoleId, resourceId }: AppRoleAssignment,
  directory: Directory,
): string | undefined {
  const resource = directory.servicePrincipals.get(resourceId);
  return resource === undefined ? undefined : text(declaredRole(resource, appRoleId, directory)?.["value"]);
}

function renderAppRoleAssignment(assignment: AppRoleAssignment, directory: Directory): JsonObject {
  const { id, appRoleId, createdDateTime, principalId, resourceId } = assignment;
  const principal = directory.servicePrincipals.get(principalId);
  const resource = directory.servicePrincipals.get(resourceId);
  return {
    id,
    deletedDateTime: null,
    appRoleId,
    createdDateTime,
    principalDisplayName:
      principal === undefined
        ? (directory.user(principalId)?.displayName ?? null)
        : servicePrincipalName(principal, directory),
    principalId,
    principalType: principal === undefined ? "User" : "ServicePrincipal",
    resourceDisplayName: resource === undefined ? null : servicePrincipalName(resource, directory),
    resourceId,
  };
}

function createAssignment(directory: Directory, sent: JsonObject): AppRoleAssignment {
  const principalId = idField(sent, "principalId");
  const resourceId = idField(sent, "resourceId");
  const appRoleId = idField(sent, "appRoleId");
  const principal = directory.object(principalId);
  if (principal?.type !== "servicePrincipal" && principal?.type !== "user") throw resourceNotFound(principalId);
  const { replication } = directory.world;
  if (!replication.sees("graph", "servicePrincipals", principalId)) {
    // Both answers are known from clients that retry on them.
    throw replication.chance("servicePrincipals", principalId)
      ? resourceNotFound(principalId)
      : badRequest("Not a valid reference update.");
  }
  const resource = directory.servicePrincipals.get(resourceId);
  if (resource === undefined) throw resourceNotFound(resourceId);
  const withoutRoles = appRoleId === defaultAppRoleId && declaredRoles(resource, directory).length === 0;
  if (!withoutRoles && declaredRole(resource, appRoleId, directory) === undefined) throw resourceNotFound(appRoleId);
  const held = directory.assignmentsOf(principalId);
  if (held.some((one) => one.resourceId === resourceId && one.appRoleId === appRoleId)) {
    throw badRequest("Permission being assigned already exists on the object");
  }
  const { world } = directory;
  const createdDateTime = graphTime(world.now());
  const assignment = { id: world.newOpaqueId(), appRoleId, principalId, resourceId, createdDateTime };
  directory.appRoleAssignments.set(assignment.id, assignment);
  replication.created("appRoleAssignments", assignment.id);
  return assignment;
}

function idField(sent: JsonObject, name: string): string {
  const value = text(sent[name]);
  if (value === undefined)
    throw badRequest(`A value is required for property '${name}' of resource 'AppRoleAssignment'.`);
  return value.toLowerCase();
}

function declaredRoles({ appId }: ServicePrincipal, directory: Directory): readonly JsonObject[] {
  const published = microsoftApi(appId);
  if (published !== undefined) return published.appRoles.map(({ id, value }) => ({ id, value }));
  const own: unknown = directory.applicationByAppId(appId)?.properties["appRoles"];
  return Array.isArray(own) ? own.filter(isObject) : [];
}

function declaredRole(resource: ServicePrincipal, appRoleId: string, directory: Directory): JsonObject | undefined {
  return declaredRoles(resource, directory).find(({ id }) => id === appRoleId);
}
