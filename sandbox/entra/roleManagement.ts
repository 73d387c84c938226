/**
 * Directory roles: their templates, the roles that a tenant has activated, and who holds them.
 * {@link https://learn.microsoft.com/graph/api/resources/directoryrole},
 * {@link https://learn.microsoft.com/graph/api/resources/unifiedroleassignment}.
 */
import type { FastifyRequest } from "fastify";
import { directoryRoleTemplates } from "../../provider/entra/wellKnown";
import { isObject, text, type JsonObject } from "../json";
import type { Directory, DirectoryRole, DirectoryRoleAssignment } from "./directory";
import { badRequest, resourceNotFound } from "./graphError";
import { created, noContent, type GraphScope } from "./graphScope";
import { collection, entity, type Query } from "./odata";
import { readRoles, writeRoles } from "./permissions";

type List = FastifyRequest<{ Querystring: Query }>;
type ById = FastifyRequest<{ Params: { id: string }; Querystring: Query }>;

/** Built-in roles by template id. */
export const roleNames: ReadonlyMap<string, string> = new Map(
  Object.entries(directoryRoleTemplates).map(([name, templateId]) => [templateId, name]),
);

export function registerRoleManagement(graph: GraphScope): void {
  registerTemplates(graph);
  registerActivatedRoles(graph);
  registerRoleAssignments(graph);
}

const roleTemplates = [...roleNames].map(([id, displayName]) => ({
  id,
  deletedDateTime: null,
  description: roleDescription(displayName),
  displayName,
}));

const roleDefinitions = roleTemplates.map(({ id, displayName, description }) => ({
  id,
  description,
  displayName,
  isBuiltIn: true,
  isEnabled: true,
  resourceScopes: ["/"],
  rolePermissions: [],
  templateId: id,
  version: "1",
}));

function registerTemplates({ app, root, caller }: GraphScope): void {
  for (const [path, entries] of [
    ["directoryRoleTemplates", roleTemplates],
    ["roleManagement/directory/roleDefinitions", roleDefinitions],
  ] as const) {
    const place = () => ({ root: root(), path, set: path });
    app.get(`/${path}`, async (request: List) => {
      await caller(request, readRoles);
      return collection(place(), request.query, entries);
    });
    app.get(`/${path}/:id`, async (request: ById) => {
      await caller(request, readRoles);
      const found = entries.find(({ id }) => id === request.params.id.toLowerCase());
      if (found === undefined) throw resourceNotFound(request.params.id);
      return entity(place(), request.query, found);
    });
  }
}

function registerActivatedRoles(graph: GraphScope): void {
  const { app, root, caller } = graph;
  const place = () => ({ root: root(), path: "directoryRoles", set: "directoryRoles" });

  app.get("/directoryRoles", async (request: List) => {
    const { directory } = await caller(request, readRoles);
    return collection(place(), request.query, [...directory.directoryRoles.values()].map(renderDirectoryRole));
  });

  app.post("/directoryRoles", async (request, reply) => {
    const { directory } = await caller(request, writeRoles);
    const sent = isObject(request.body) ? text(request.body["roleTemplateId"])?.toLowerCase() : undefined;
    if (sent === undefined)
      throw badRequest("A value is required for property 'roleTemplateId' of resource 'DirectoryRole'.");
    if (!roleNames.has(sent)) throw resourceNotFound(sent);
    if ([...directory.directoryRoles.values()].some(({ roleTemplateId }) => roleTemplateId === sent)) {
      throw badRequest(
        "A conflicting object with one or more of the specified property values is present in the directory.",
      );
    }
    return created(graph, reply, entity(place(), {}, renderDirectoryRole(directory.activateRole(sent))));
  });

  app.get("/directoryRoles/:id", async (request: ById) => {
    const { directory } = await caller(request, readRoles);
    return entity(place(), request.query, renderDirectoryRole(findDirectoryRole(directory, request.params.id)));
  });
}

function registerRoleAssignments(graph: GraphScope): void {
  const { app, root, caller } = graph;
  const path = "roleManagement/directory/roleAssignments";
  const expandable = {
    roleDefinition: ({ roleDefinitionId }: JsonObject) =>
      roleDefinitions.find(({ id }) => id === roleDefinitionId) ?? null,
  };
  const place = () => ({ root: root(), path, set: path, expandable });

  app.get(`/${path}`, async (request: List) => {
    const { directory } = await caller(request, readRoles);
    const all = [...directory.roleAssignments.values()].map(renderRoleAssignment);
    return collection(place(), request.query, all, ({ id }) => sees(directory, String(id)));
  });

  app.post(`/${path}`, async (request, reply) => {
    const { directory } = await caller(request, writeRoles);
    const assignment = createRoleAssignment(directory, isObject(request.body) ? request.body : {});
    return created(graph, reply, entity(place(), {}, renderRoleAssignment(assignment)));
  });

  const find = (directory: Directory, id: string) => {
    const found = directory.roleAssignments.get(id);
    if (found === undefined || !sees(directory, id)) throw resourceNotFound(id);
    return found;
  };

  app.get(`/${path}/:id`, async (request: ById) => {
    const { directory } = await caller(request, readRoles);
    return entity(place(), request.query, renderRoleAssignment(find(directory, request.params.id)));
  });

  app.delete(`/${path}/:id`, async (request: ById, reply) => {
    const { directory } = await caller(request, writeRoles);
    directory.roleAssignments.delete(find(directory, request.params.id).id);
    return noContent(reply);
  });
}

function sees({ world }: Directory, assignmentId: string): boolean {
  return world.replication.sees("graph", "directoryRoleAssignments", assignmentId);
}

/** An activated directory role in Graph's shape. */
export function renderDirectoryRole({ id, roleTemplateId }: DirectoryRole): JsonObject {
  const displayName = roleNames.get(roleTemplateId) ?? roleTemplateId;
  return { id, deletedDateTime: null, description: roleDescription(displayName), displayName, roleTemplateId };
}

function renderRoleAssignment(assignment: DirectoryRoleAssignment): JsonObject {
  const { id, principalId, directoryScopeId, appScopeId, roleDefinitionId } = assignment;
  return { id, principalId, directoryScopeId, appScopeId, roleDefinitionId };
}

function roleDescription(displayName: string): string {
  return `Built-in directory role ${displayName}.`;
}

function findDirectoryRole(directory: Directory, key: string): DirectoryRole {
  const templateId = /^roleTemplateId=(.+)$/i.exec(key)?.[1]?.toLowerCase();
  const found = [...directory.directoryRoles.values()].find((role) =>
    templateId === undefined ? role.id === key.toLowerCase() : role.roleTemplateId === templateId,
  );
  if (found === undefined) throw resourceNotFound(templateId ?? key);
  return found;
}

function createRoleAssignment(directory: Directory, sent: JsonObject): DirectoryRoleAssignment {
  const principalId = text(sent["principalId"])?.toLowerCase();
  const roleDefinitionId = text(sent["roleDefinitionId"])?.toLowerCase();
  const appScopeId = text(sent["appScopeId"]) ?? null;
  const directoryScopeId = text(sent["directoryScopeId"]) ?? null;
  if (principalId === undefined)
    throw badRequest("A value is required for property 'principalId' of resource 'RoleAssignment'.");
  if (roleDefinitionId === undefined) {
    throw badRequest("A value is required for property 'roleDefinitionId' of resource 'RoleAssignment'.");
  }
  if ((appScopeId === null) === (directoryScopeId === null)) {
    throw badRequest("Exactly one of 'directoryScopeId' and 'appScopeId' must be specified.");
  }
  if (!roleNames.has(roleDefinitionId)) throw resourceNotFound(roleDefinitionId);
  const principal = directory.object(principalId);
  if (principal?.type !== "servicePrincipal" && principal?.type !== "user") throw resourceNotFound(principalId);
  const { replication } = directory.world;
  if (!replication.sees("graph", "servicePrincipals", principalId)) throw resourceNotFound(principalId);
  checkScope(directory, directoryScopeId);
  const wanted = { principalId, directoryScopeId, appScopeId, roleDefinitionId };
  const conflicting = [...directory.roleAssignments.values()].some(
    (one) =>
      one.principalId === principalId &&
      one.roleDefinitionId === roleDefinitionId &&
      one.directoryScopeId === directoryScopeId &&
      one.appScopeId === appScopeId,
  );
  if (conflicting) {
    throw badRequest(
      "A conflicting object with one or more of the specified property values is present in the directory.",
    );
  }
  const assignment = { id: directory.world.newOpaqueId(), ...wanted };
  directory.roleAssignments.set(assignment.id, assignment);
  replication.created("directoryRoleAssignments", assignment.id);
  replication.created("exchangeAuthorization", assignment.id);
  // Assigning a built-in role activates it.
  directory.activateRole(roleDefinitionId);
  return assignment;
}

/** A scope is the whole tenant, one of its administrative units, or another object of it. */
function checkScope(directory: Directory, directoryScopeId: string | null): void {
  if (directoryScopeId === null || directoryScopeId === "/") return;
  const [, kind, id = ""] = /^\/(?:(administrativeUnits)\/)?([^/]+)$/.exec(directoryScopeId) ?? [];
  const isUnit = directory.object(id)?.type === "administrativeUnit";
  if (kind === undefined ? isUnit || directory.object(id) === undefined : !isUnit) {
    throw resourceNotFound(id === "" ? directoryScopeId : id);
  }
}
