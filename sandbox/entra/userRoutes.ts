/** The routes of users: {@link https://learn.microsoft.com/graph/api/user-list}. Nothing here makes or changes one. */
import type { FastifyRequest } from "fastify";
import type { JsonObject } from "../json";
import type { Directory } from "./directory";
import { GraphError, resourceNotFound } from "./graphError";
import type { GraphScope } from "./graphScope";
import { collection, counted, entity, isEventual, option, type Query } from "./odata";
import { readUsers } from "./permissions";
import { renderUser, shownOfUser } from "./users";

type List = FastifyRequest<{ Querystring: Query }>;
type ById = FastifyRequest<{ Params: { id: string }; Querystring: Query }>;

export function registerUsers({ app, root, caller }: GraphScope): void {
  const place = () => ({ root: root(), path: "users", set: "users", shownByDefault: shownOfUser });

  app.get("/users", async (request: List) => {
    const { directory } = await caller(request, readUsers);
    mustBeSupported(request);
    return collection(place(), request.query, all(directory));
  });

  app.get("/users/$count", async (request: List, reply) => {
    const { directory } = await caller(request, readUsers);
    return reply.type("text/plain").send(counted(request, all(directory)));
  });

  app.get("/users/:id", async (request: ById) => {
    const { directory } = await caller(request, readUsers);
    const user = directory.user(request.params.id);
    if (user === undefined) throw resourceNotFound(request.params.id);
    return entity(place(), request.query, renderUser(user));
  });

  // Consent in Entra ID or a role in Exchange: either will do. https://learn.microsoft.com/exchange/permissions-exo/application-rbac
  app.get("/users/:id/mailFolders", async (request: ById) => {
    const { directory, token } = await caller(request, []);
    const user = directory.user(request.params.id);
    const isLetIn = user !== undefined && directory.people.lets(token.appId, user, "Mail.Read");
    if (!token.roles.includes("Mail.Read") && !isLetIn) {
      throw new GraphError(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.");
    }
    if (user === undefined) {
      throw new GraphError(404, "ErrorInvalidUser", `The requested user '${request.params.id}' is invalid.`);
    }
    const path = `users/${user.id}/mailFolders`;
    return collection({ root: root(), path, set: path }, request.query, folders.map(renderFolder));
  });
}

const folders = ["Inbox", "Sent Items", "Deleted Items"];

function renderFolder(displayName: string): JsonObject {
  return { id: Buffer.from(displayName).toString("base64url"), displayName, childFolderCount: 0 };
}

function all({ people }: Directory): JsonObject[] {
  return [...people.users()].map(renderUser);
}

/** `endswith` is one of the filters that only the index knows: {@link https://learn.microsoft.com/graph/aad-advanced-queries}. */
function mustBeSupported(request: List): void {
  const filter = option(request.query, "$filter") ?? "";
  if (!/\bendswith\s*\(/i.test(filter)) return;
  if (isEventual(request) && option(request.query, "$count") === "true") return;
  throw new GraphError(
    400,
    "Request_UnsupportedQuery",
    "Operator 'endsWith' is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header.",
  );
}
