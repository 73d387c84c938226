/**
 * Federated identity credentials of an application, by id or by name.
 * {@link https://learn.microsoft.com/graph/api/resources/federatedidentitycredential}; limits:
 * {@link https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations}.
 */
import type { FastifyRequest } from "fastify";
import { isObject, text, type JsonObject } from "../json";
import { findApplication } from "./applications";
import type { Application, Directory, FederatedIdentityCredential } from "./directory";
import { badRequest, GraphError, resourceNotFound } from "./graphError";
import { created, noContent, type GraphScope } from "./graphScope";
import { collection, entity, type Query } from "./odata";
import { readApplications, writeApplications } from "./permissions";

type Of = FastifyRequest<{ Params: { id: string }; Querystring: Query }>;
type One = FastifyRequest<{ Params: { id: string; credentialId: string }; Querystring: Query }>;

const maximumCredentials = 20;
const maximumLength = 600;
const namePattern = /^[A-Za-z0-9][A-Za-z0-9_-]{2,119}$/;

export function registerFederatedCredentials(graph: GraphScope): void {
  const { app, root, caller, writes } = graph;
  const path = "/applications/:id/federatedIdentityCredentials";
  const place = ({ id }: Application) => ({
    root: root(),
    path: `applications/${id}/federatedIdentityCredentials`,
    set: `applications('${id}')/federatedIdentityCredentials`,
  });

  app.get(path, async (request: Of) => {
    const { directory } = await caller(request, readApplications);
    const application = findApplication(directory, request.params.id);
    const all = application.federatedIdentityCredentials.map(render);
    return collection(place(application), request.query, all, ({ id }) => sees(directory, String(id)));
  });

  app.post(path, async (request: Of, reply) => {
    const { directory, mustManage } = await caller(request, writeApplications);
    const application = findApplication(directory, request.params.id);
    mustManage(application);
    const credential = await writes.write(application.id, () => add(directory, application, request.body));
    return created(graph, reply, entity(place(application), {}, render(credential)));
  });

  app.get(`${path}/:credentialId`, async (request: One) => {
    const { directory } = await caller(request, readApplications);
    const application = findApplication(directory, request.params.id);
    const credential = find(directory, application, request.params.credentialId);
    return entity(place(application), request.query, render(credential));
  });

  app.patch(`${path}/:credentialId`, async (request: One, reply) => {
    const { directory, mustManage } = await caller(request, writeApplications);
    const application = findApplication(directory, request.params.id);
    mustManage(application);
    const credential = find(directory, application, request.params.credentialId);
    await writes.write(application.id, () => {
      replace(application, credential, request.body);
    });
    return noContent(reply);
  });

  app.delete(`${path}/:credentialId`, async (request: One, reply) => {
    const { directory, mustManage } = await caller(request, writeApplications);
    const application = findApplication(directory, request.params.id);
    mustManage(application);
    const { id } = find(directory, application, request.params.credentialId);
    await writes.write(application.id, () => {
      application.federatedIdentityCredentials = others(application, id);
    });
    return noContent(reply);
  });
}

function sees({ world }: Directory, id: string): boolean {
  return world.replication.sees("graph", "federatedIdentityCredentials", id);
}

function render({ id, name, issuer, subject, audiences, description }: FederatedIdentityCredential): JsonObject {
  return { id, name, issuer, subject, description, audiences, claimsMatchingExpression: null };
}

/** By id, by name, or by `name=…`. */
function find(directory: Directory, application: Application, key: string): FederatedIdentityCredential {
  const wanted = key.replace(/^name=/i, "");
  const found = application.federatedIdentityCredentials.find(
    ({ id, name }) => id === wanted.toLowerCase() || name === wanted,
  );
  if (found === undefined || !sees(directory, found.id)) throw resourceNotFound(wanted);
  return found;
}

function others({ federatedIdentityCredentials }: Application, id: string): FederatedIdentityCredential[] {
  return federatedIdentityCredentials.filter((credential) => credential.id !== id);
}

function add(directory: Directory, application: Application, sent: unknown): FederatedIdentityCredential {
  const { world } = directory;
  const body = object(sent);
  const name = text(body["name"]);
  if (name === undefined) throw missing("name");
  if (!namePattern.test(name)) throw invalid("name", name);
  const before = application.federatedIdentityCredentials;
  if (before.some((one) => one.name.toLowerCase() === name.toLowerCase())) {
    throw new GraphError(
      409,
      "Request_MultipleObjectsWithSameKeyValue",
      `FederatedIdentityCredential with name ${name} already exists.`,
    );
  }
  const credential = { id: world.newGuid(), name, ...trust(body) };
  checkUnique(before, credential);
  if (before.length >= maximumCredentials) {
    throw new GraphError(
      403,
      "Directory_ResourceSizeExceeded",
      "The size of the object has exceeded its limit. Please reduce the number of values and retry your request.",
    );
  }
  application.federatedIdentityCredentials = [...before, credential];
  world.replication.created("federatedIdentityCredentials", credential.id);
  return credential;
}

function replace(application: Application, credential: FederatedIdentityCredential, sent: unknown): void {
  const body = object(sent);
  const name = text(body["name"]);
  if (name !== undefined && name !== credential.name) {
    throw badRequest("Property 'name' is read-only and cannot be set.");
  }
  const next = { ...credential, ...trust({ ...credential, ...body }) };
  const rest = others(application, credential.id);
  checkUnique(rest, next);
  application.federatedIdentityCredentials = application.federatedIdentityCredentials.map((one) =>
    one.id === credential.id ? next : one,
  );
}

/** Who is trusted: what a PATCH may change. */
function trust(body: JsonObject): Omit<FederatedIdentityCredential, "id" | "name"> {
  const issuer = required(body, "issuer");
  const subject = required(body, "subject");
  if (!URL.canParse(issuer) || new URL(issuer).protocol !== "https:") throw invalid("issuer", issuer);
  const audiences: unknown = body["audiences"];
  if (!Array.isArray(audiences)) throw missing("audiences");
  const [audience, ...more] = audiences as readonly unknown[];
  if (typeof audience !== "string" || audience === "" || audience.length > maximumLength || more.length > 0) {
    throw invalid("audiences", audiences.map(String).join(", "));
  }
  const description = text(body["description"]) ?? null;
  if (description !== null && description.length > maximumLength) throw invalid("description", description);
  return { issuer, subject, audiences: [audience], description };
}

function checkUnique(
  all: readonly FederatedIdentityCredential[],
  { issuer, subject }: Pick<FederatedIdentityCredential, "issuer" | "subject">,
): void {
  if (!all.some((one) => one.issuer === issuer && one.subject === subject)) return;
  throw new GraphError(
    400,
    "InvalidFederatedIdentityCredentialValue",
    `The combination of issuer and subject must be unique for the application. Issuer ${issuer} and Subject: ${subject} already exist. paramName: FederatedIdentityCredential.Subject, paramValue: ${subject}, objectType: Microsoft.Online.DirectoryServices.Application`,
  );
}

function object(sent: unknown): JsonObject {
  if (!isObject(sent)) throw badRequest("Unable to read JSON request payload. Please ensure it is a JSON object.");
  return sent;
}

function required(body: JsonObject, property: string): string {
  const value = text(body[property]);
  if (value === undefined) throw missing(property);
  if (value.length > maximumLength) throw invalid(property, value);
  return value;
}

function missing(property: string): GraphError {
  return badRequest(`A value is required for property '${property}' of resource 'FederatedIdentityCredential'.`);
}

function invalid(property: string, value: string): GraphError {
  return badRequest(
    `Invalid value specified for property '${property}' of resource 'FederatedIdentityCredential'. paramName: ${property}, paramValue: ${value}, objectType: Microsoft.Online.DirectoryServices.Application`,
  );
}
