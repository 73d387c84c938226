/**
 * The tenant itself, its domains and its users.
 * {@link https://learn.microsoft.com/graph/api/resources/organization}, {@link https://learn.microsoft.com/graph/api/resources/domain}.
 */
import type { FastifyRequest } from "fastify";
import type { JsonObject } from "../json";
import type { Directory, Organization } from "./directory";
import { renderUser } from "./directoryObjects";
import { resourceNotFound } from "./graphError";
import type { GraphScope } from "./graphScope";
import { collection, entity, type Query } from "./odata";
import { readDirectory } from "./permissions";

type List = FastifyRequest<{ Querystring: Query }>;
type ById = FastifyRequest<{ Params: { id: string }; Querystring: Query }>;

export function registerOrganization({ app, root, caller }: GraphScope): void {
  const kinds = [
    { set: "organization", all: (directory: Directory) => [renderOrganization(directory.organization)] },
    { set: "domains", all: (directory: Directory) => [renderDomain(directory.organization)] },
    { set: "users", all: (directory: Directory) => [...directory.users.values()].map(renderUser) },
  ] as const;
  for (const { set, all } of kinds) {
    const place = () => ({ root: root(), path: set, set });
    app.get(`/${set}`, async (request: List) => {
      const { directory } = await caller(request, readDirectory);
      return collection(place(), request.query, all(directory));
    });
    app.get(`/${set}/:id`, async (request: ById) => {
      const { directory } = await caller(request, readDirectory);
      const wanted = request.params.id.toLowerCase();
      const found = all(directory).find(({ id, userPrincipalName }) => id === wanted || userPrincipalName === wanted);
      if (found === undefined) throw resourceNotFound(request.params.id);
      return entity(place(), request.query, found);
    });
  }
}

function renderOrganization({ tenantId, displayName, initialDomain }: Organization): JsonObject {
  return {
    id: tenantId,
    deletedDateTime: null,
    countryLetterCode: "IE",
    displayName,
    tenantType: "AAD",
    verifiedDomains: [
      {
        capabilities: "Email, OfficeCommunicationsOnline",
        isDefault: true,
        isInitial: true,
        name: initialDomain,
        type: "Managed",
      },
    ],
  };
}

function renderDomain({ initialDomain }: Organization): JsonObject {
  return {
    authenticationType: "Managed",
    id: initialDomain,
    isAdminManaged: true,
    isDefault: true,
    isInitial: true,
    isRoot: true,
    isVerified: true,
    supportedServices: ["Email", "OfficeCommunicationsOnline"],
  };
}
