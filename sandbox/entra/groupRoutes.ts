/** The routes of groups and their members: {@link https://learn.microsoft.com/graph/api/group-list}. Nothing here makes or changes one. */
import type { FastifyRequest } from "fastify";
import type { JsonObject } from "../json";
import type { Directory, DirectoryObject, Group } from "./directory";
import { renderDirectoryObject } from "./directoryObjects";
import { GraphError, resourceNotFound } from "./graphError";
import type { GraphScope } from "./graphScope";
import { membersOf, renderGroup, transitiveMembersOf } from "./groups";
import { collection, counted, entity, isEventual, option, selection, type Query } from "./odata";
import { readGroups } from "./permissions";
import { renderUser } from "./users";

type List = FastifyRequest<{ Querystring: Query }>;
type ById = FastifyRequest<{ Params: { id: string }; Querystring: Query }>;
type Cast = FastifyRequest<{ Params: { id: string; type: string }; Querystring: Query }>;

const lists = { members: membersOf, transitiveMembers: transitiveMembersOf } as const;

export function registerGroups(graph: GraphScope): void {
  const { app, root, caller } = graph;
  const place = () => ({ root: root(), path: "groups", set: "groups" });

  app.get("/groups", async (request: List) => {
    const { directory } = await caller(request, readGroups);
    return collection(place(), request.query, [...directory.groups.values()].map(renderGroup));
  });

  app.get("/groups/:id", async (request: ById) => {
    const { directory } = await caller(request, readGroups);
    return entity(place(), request.query, renderGroup(find(directory, request.params.id)));
  });

  for (const [name, membersIn] of Object.entries(lists)) registerMembers(graph, name, membersIn);
}

function registerMembers(
  { app, version, root, caller }: GraphScope,
  name: string,
  membersIn: (directory: Directory, group: Group) => DirectoryObject[],
): void {
  const place = ({ id }: Group, type = "") => ({
    root: root(),
    path: `groups/${id}/${name}${type}`,
    set: "directoryObjects",
  });
  const shown = (directory: Directory, found: readonly DirectoryObject[], query: Query): JsonObject[] =>
    found.map((one) =>
      one.type === "user" && (selection(query) !== undefined || query["$filter"] !== undefined)
        ? { "@odata.type": "#microsoft.graph.user", ...renderUser(one.object) }
        : renderDirectoryObject(one, directory, version),
    );

  app.get(`/groups/:id/${name}`, async (request: ById) => {
    const { directory } = await caller(request, readGroups);
    const group = find(directory, request.params.id);
    return collection(place(group), request.query, shown(directory, membersIn(directory, group), request.query));
  });

  app.get(`/groups/:id/${name}/$count`, async (request: ById, reply) => {
    const { directory } = await caller(request, readGroups);
    const found = membersIn(directory, find(directory, request.params.id));
    return reply.type("text/plain").send(counted(request, shown(directory, found, request.query)));
  });

  // Members of one type: only the index can do that.
  app.get(`/groups/:id/${name}/:type`, async (request: Cast) => {
    const { directory } = await caller(request, readGroups);
    const group = find(directory, request.params.id);
    const type = /^microsoft\.graph\.(\w+)$/.exec(request.params.type)?.[1];
    if (type === undefined || !isEventual(request) || option(request.query, "$count") !== "true") {
      throw new GraphError(400, "Request_UnsupportedQuery", "The specified query is not supported.");
    }
    const found = membersIn(directory, group).filter((one) => one.type === type);
    return collection(place(group, `/microsoft.graph.${type}`), request.query, shown(directory, found, request.query));
  });
}

function find({ groups }: Directory, id: string): Group {
  const found = groups.get(id.toLowerCase());
  if (found === undefined) throw resourceNotFound(id);
  return found;
}
