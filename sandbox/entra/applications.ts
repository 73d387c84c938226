/** Applications: {@link https://learn.microsoft.com/graph/api/resources/application}. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { copy, isObject, type JsonObject } from "../json";
import { graphTime } from "../world";
import {
  addPassword,
  removePassword,
  renderKeyCredential,
  renderNewPassword,
  renderPasswordCredential,
  replacedKeyCredentials,
} from "./credentials";
import type { Application, Directory } from "./directory";
import { badRequest, resourceNotFound } from "./graphError";
import { created, noContent, type GraphScope } from "./graphScope";
import { collection, createsIfMissing, entity, keyedBy, selection, type Query } from "./odata";
import { boundOwners } from "./references";
import { readApplications, writeApplications, type Caller } from "./permissions";
import { applicationReadOnly, checkApplication, newApplicationProperties, writeProperties } from "./properties";

type ById = FastifyRequest<{ Params: { id: string }; Querystring: Query }>;

const writtenApart = new Set([...applicationReadOnly, "keyCredentials", "passwordCredentials"]);

export function registerApplications(graph: GraphScope): void {
  const { app, version, root, caller, writes } = graph;
  const place = (path = "applications") => ({ root: root(), path, set: "applications" });
  const render = (application: Application) => renderApplication(application, version);

  app.get<{ Querystring: Query }>("/applications", async (request) => {
    const { directory } = await caller(request, readApplications);
    return collection(place(), request.query, [...directory.applications.values()].map(render), ({ id }) =>
      directory.world.replication.sees("graph", "applications", String(id)),
    );
  });

  app.post("/applications", async (request, reply) =>
    created(
      graph,
      reply,
      entity(place(), {}, render(createApplication(await caller(request, writeApplications), request.body))),
    ),
  );

  app.get("/applications/:id", async (request: ById) => {
    const { directory } = await caller(request, readApplications);
    const application = findApplication(directory, request.params.id);
    const withKeys = selection(request.query)?.includes("keyCredentials") ?? false;
    return entity(place(), request.query, renderApplication(application, version, withKeys));
  });

  app.patch("/applications/:id", async (request: ById, reply) => {
    const found = await caller(request, writeApplications);
    const { directory, mustManage } = found;
    const uniqueName = keyedBy("uniqueName", request.params.id);
    if (uniqueName !== undefined && createsIfMissing(request)) {
      const made = createUnlessThere(found, uniqueName, request.body);
      if (made !== undefined) return created(graph, reply, entity(place(), {}, render(made)));
    }
    // An upsert goes to where writes go, and finds what the replicas that are read do not have yet.
    const application =
      (uniqueName === undefined ? undefined : byUniqueName(directory, uniqueName)) ??
      findApplication(directory, request.params.id);
    mustManage(application);
    await writes.write(application.id, () => {
      updateApplication(directory, application, request.body);
    });
    return noContent(reply);
  });

  app.delete("/applications/:id", async (request: ById, reply) => {
    const { directory, mustManage } = await caller(request, writeApplications);
    const application = findApplication(directory, request.params.id);
    mustManage(application);
    directory.deleteApplication(application, graphTime(directory.world.now()));
    return noContent(reply);
  });

  app.post("/applications/:id/addPassword", async (request: ById) => {
    const { directory, mustManage } = await caller(request, writeApplications);
    const application = findApplication(directory, request.params.id);
    mustManage(application);
    return writes.write(application.id, () =>
      renderNewPassword(root(), addPassword(directory, application, request.body)),
    );
  });

  app.post("/applications/:id/removePassword", async (request: ById, reply: FastifyReply) => {
    const { directory, mustManage } = await caller(request, writeApplications);
    const application = findApplication(directory, request.params.id);
    mustManage(application);
    await writes.write(application.id, () => {
      removePassword(application, request.body);
    });
    return noContent(reply);
  });
}

/**
 * An application by the key in a path: its object id, `appId=…` or `uniqueName=…`.
 * @throws GraphError 404, also while the replica that is read does not have it yet
 */
export function findApplication(directory: Directory, key: string): Application {
  const appId = keyedBy("appId", key);
  const uniqueName = keyedBy("uniqueName", key);
  const found =
    uniqueName !== undefined
      ? byUniqueName(directory, uniqueName)
      : appId === undefined
        ? directory.applications.get(key.toLowerCase())
        : directory.applicationByAppId(appId);
  if (found === undefined || !directory.world.replication.sees("graph", "applications", found.id)) {
    throw resourceNotFound(uniqueName ?? appId ?? key);
  }
  return found;
}

function byUniqueName({ applications }: Directory, uniqueName: string): Application | undefined {
  return [...applications.values()].find(({ properties }) => properties["uniqueName"] === uniqueName);
}

/**
 * The creating half of an upsert, {@link https://learn.microsoft.com/graph/api/application-upsert}.
 *
 * @returns undefined when there is an application of that name, which the request then changes
 * @throws GraphError 400 while a deleted application, which can still be restored, has the name. The service's own words for that are
 * not known.
 */
function createUnlessThere(caller: Caller, uniqueName: string, body: unknown): Application | undefined {
  const { directory } = caller;
  if (byUniqueName(directory, uniqueName) !== undefined) return undefined;
  for (const { type, object } of directory.deleted.values()) {
    if (type === "application" && object.properties["uniqueName"] === uniqueName) {
      throw badRequest("Another object with the same value for property uniqueName already exists.");
    }
  }
  const application = createApplication(caller, body);
  application.properties["uniqueName"] = uniqueName;
  return application;
}

/** An application in Graph's shape. */
export function renderApplication(application: Application, version: "v1.0" | "beta", withKeys = false): JsonObject {
  const { id, appId, createdDateTime, deletedDateTime, properties, keyCredentials, passwordCredentials } = application;
  return {
    id,
    deletedDateTime: deletedDateTime ?? null,
    appId,
    createdDateTime,
    ...copy(properties),
    ...(version === "beta" ? { oauth2RequirePostResponse: properties["oauth2RequirePostResponse"] ?? false } : {}),
    keyCredentials: keyCredentials.map((credential) => renderKeyCredential(credential, withKeys)),
    passwordCredentials: passwordCredentials.map(renderPasswordCredential),
  };
}

function createApplication({ directory, initialOwners }: Caller, body: unknown): Application {
  const { world, organization } = directory;
  const properties = newApplicationProperties(organization.initialDomain);
  writeProperties(properties, body, writtenApart);
  checkApplication(properties);
  const application: Application = {
    id: world.newGuid(),
    appId: world.newGuid(),
    createdDateTime: graphTime(world.now()),
    properties,
    keyCredentials: [],
    passwordCredentials: [],
    federatedIdentityCredentials: [],
    owners: new Set([...initialOwners, ...boundOwners(directory, body)]),
    seeded: false,
  };
  const keys = isObject(body) ? body["keyCredentials"] : undefined;
  if (keys !== undefined && keys !== null) {
    application.keyCredentials = replacedKeyCredentials(directory, application, keys);
  }
  directory.applications.set(application.id, application);
  world.replication.created("applications", application.id);
  return application;
}

function updateApplication(directory: Directory, application: Application, body: unknown): void {
  // Everything is checked on a copy first: a PATCH is done whole or not at all.
  const properties = copy(application.properties);
  writeProperties(properties, body, writtenApart);
  checkApplication(properties);
  const keys = isObject(body) ? body["keyCredentials"] : undefined;
  const keyCredentials = keys === undefined ? undefined : replacedKeyCredentials(directory, application, keys ?? []);
  const passwords = isObject(body) ? body["passwordCredentials"] : undefined;
  const passwordCredentials = passwords === undefined ? undefined : keptPasswords(application, passwords);
  Object.assign(application.properties, properties);
  if (keyCredentials !== undefined) application.keyCredentials = keyCredentials;
  if (passwordCredentials !== undefined) application.passwordCredentials = passwordCredentials;
}

/** A PATCH can drop client secrets, but only `addPassword` makes new ones. */
function keptPasswords(application: Application, sent: unknown): Application["passwordCredentials"] {
  const entries: readonly unknown[] = Array.isArray(sent) ? sent : [];
  return entries.map((entry) => {
    const keyId = isObject(entry) ? entry["keyId"] : undefined;
    const stored = application.passwordCredentials.find((credential) => credential.keyId === keyId);
    if (stored === undefined) {
      throw badRequest("New password credentials must be generated with service actions.");
    }
    return stored;
  });
}
