/**
 * The tenant itself and its domains.
 * {@link https://learn.microsoft.com/graph/api/resources/organization}, {@link https://learn.microsoft.com/graph/api/resources/domain}.
 */
import type { FastifyRequest } from "fastify";
import type { JsonObject } from "../json";
import type { Directory, Domain } from "./directory";
import { resourceNotFound } from "./graphError";
import type { GraphScope } from "./graphScope";
import { collection, entity, type Query } from "./odata";
import { readDirectory, readDomains } from "./permissions";

type List = FastifyRequest<{ Querystring: Query }>;
type ById = FastifyRequest<{ Params: { id: string }; Querystring: Query }>;

export function registerOrganization({ app, root, caller }: GraphScope): void {
  const kinds = [
    {
      set: "organization",
      needs: readDirectory,
      all: (directory: Directory) => [renderOrganization(directory)],
    },
    { set: "domains", needs: readDomains, all: (directory: Directory) => directory.domains.map(renderDomain) },
  ] as const;
  for (const { set, needs, all } of kinds) {
    const place = () => ({ root: root(), path: set, set });
    app.get(`/${set}`, async (request: List) => {
      const { directory } = await caller(request, needs);
      return collection(place(), request.query, all(directory));
    });
    app.get(`/${set}/:id`, async (request: ById) => {
      const { directory } = await caller(request, needs);
      const wanted = request.params.id.toLowerCase();
      const found = all(directory).find(({ id }) => id === wanted);
      if (found === undefined) throw resourceNotFound(request.params.id);
      return entity(place(), request.query, found);
    });
  }
}

function renderOrganization({ organization: { tenantId, displayName }, domains }: Directory): JsonObject {
  return {
    id: tenantId,
    deletedDateTime: null,
    countryLetterCode: "IE",
    displayName,
    tenantType: "AAD",
    verifiedDomains: domains
      .filter(({ isVerified }) => isVerified)
      .map(({ id, isInitial }) => ({
        capabilities: "Email, OfficeCommunicationsOnline",
        isDefault: isInitial,
        isInitial,
        name: id,
        type: "Managed",
      })),
  };
}

/** The services of a domain are known once it is verified. */
function renderDomain({ id, isInitial, isVerified }: Domain): JsonObject {
  return {
    authenticationType: "Managed",
    id,
    isAdminManaged: true,
    isDefault: isInitial,
    isInitial,
    isRoot: true,
    isVerified,
    supportedServices: isVerified ? ["Email", "OfficeCommunicationsOnline"] : [],
  };
}
