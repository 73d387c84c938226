/**
 * 1Secure through a gateway that keeps the contract in `openapi.yaml`, which is this project's own: Netwrix publishes none.
 */
import { z } from "zod";
import { Conflict, type Gone, gone, sameTenant } from "../core";
import { type GatewayOptions, merge, openGateway, orGone, unlessGone } from "../gateway/gateway";
import type { Question } from "../gateway/problem";
import type { Backend, Connector, Credential, Source } from "./backend";
import { product } from "./httpBackend/product";
import type { paths } from "./openapi.gen";

const connectorType = "exchangeOnlineActivity";

const credentialAnswer: z.ZodType<Credential> = z.looseObject({
  id: z.string().min(1),
  organization: z.string(),
  displayName: z.string(),
  clientId: z.string(),
  certificate: z.looseObject({ pem: z.string(), thumbprint: z.string(), notAfter: z.string() }),
});
const sourceAnswer: z.ZodType<Source> = z.looseObject({
  id: z.string().min(1),
  organization: z.string(),
  type: z.literal("exchangeOnline"),
  sourceGroup: z.string(),
  tenantId: z.string(),
  crawlSource: z.boolean(),
  credentialId: z.string(),
  status: z.string(),
  idempotencyKey: z.string().exactOptional(),
});
const sourcesAnswer = z.looseObject({ value: z.array(sourceAnswer) });
const connectorAnswer: z.ZodType<Connector> = z.looseObject({
  id: z.string(),
  sourceId: z.string(),
  type: z.literal(connectorType),
  enabled: z.boolean(),
  collectNonOwnerMailboxAuditData: z.boolean(),
  status: z.string(),
});

export async function createHttpBackend(options: GatewayOptions): Promise<Backend> {
  const { ask, get, make } = await openGateway<paths>(product, options);

  return {
    credential: (id) =>
      orGone(
        get({ operation: "reading credential", subject: id }, credentialAnswer, (client) =>
          client.GET("/credentials/{credentialId}", { params: { path: { credentialId: id } } }),
        ),
      ),
    addCredential: (body, idempotencyKey) =>
      make(
        {
          operation: "adding credential",
          subject: `"${body.displayName}" to organization "${body.organization}"`,
          secrets: [body.clientSecret],
        },
        credentialAnswer,
        (client) => client.POST("/credentials", { body, params: { header: { "Idempotency-Key": idempotencyKey } } }),
      ),
    changeCredential: (id, body) =>
      get(
        {
          operation: "changing credential",
          subject: id,
          secrets: body.clientSecret === undefined ? [] : [body.clientSecret],
        },
        credentialAnswer,
        (client) =>
          client.PATCH("/credentials/{credentialId}", { body, params: { path: { credentialId: id } }, headers: merge }),
      ),
    deleteCredential: (id) =>
      unlessGone(
        ask({ operation: "deleting credential", subject: id }, (client) =>
          client.DELETE("/credentials/{credentialId}", { params: { path: { credentialId: id } } }),
        ),
      ),

    source: (id) =>
      orGone(
        get({ operation: "reading source", subject: id }, sourceAnswer, (client) =>
          client.GET("/sources/{sourceId}", { params: { path: { sourceId: id } } }),
        ),
      ),
    sourceFor: async (organization, tenantId) => {
      const question = {
        operation: "looking for the source",
        subject: `for tenant ${tenantId} of organization "${organization}"`,
      };
      const { value } = await get(question, sourcesAnswer, (client) =>
        client.GET("/sources", { params: { query: { organization, tenantId, type: "exchangeOnline" } } }),
      );
      return onlyOne(
        question,
        // A gateway that does not know a filter must not make us take over another customer's source.
        value.filter((one) => one.organization === organization && sameTenant(one.tenantId, tenantId)),
      );
    },
    addSource: (source, idempotencyKey) =>
      make(
        {
          operation: "adding a source",
          subject: `for tenant ${source.tenantId} to organization "${source.organization}"`,
        },
        sourceAnswer,
        (client) =>
          client.POST("/sources", {
            body: { ...source, type: "exchangeOnline" },
            params: { header: { "Idempotency-Key": idempotencyKey } },
          }),
      ),
    changeSource: (id, body) =>
      get({ operation: "changing source", subject: id }, sourceAnswer, (client) =>
        client.PATCH("/sources/{sourceId}", { body, params: { path: { sourceId: id } }, headers: merge }),
      ),
    deleteSource: (id) =>
      unlessGone(
        ask({ operation: "deleting source", subject: id }, (client) =>
          client.DELETE("/sources/{sourceId}", { params: { path: { sourceId: id } } }),
        ),
      ),

    connector: (sourceId) =>
      orGone(
        get({ operation: "reading the connector of source", subject: sourceId }, connectorAnswer, (client) =>
          client.GET("/sources/{sourceId}/connectors/{connectorType}", {
            params: { path: { sourceId, connectorType } },
          }),
        ),
      ),
    changeConnector: (sourceId, body) =>
      get(
        {
          operation: "switching the connector of source",
          subject: sourceId,
          properties: { enabled: "exchangeOnlineActivity" },
        },
        connectorAnswer,
        (client) =>
          client.PATCH("/sources/{sourceId}/connectors/{connectorType}", {
            body,
            params: { path: { sourceId, connectorType } },
            headers: merge,
          }),
      ),
  };
}

function onlyOne(question: Question, sources: readonly Source[]): Source | Gone {
  const [first, ...more] = sources;
  if (more.length > 0) {
    throw new Conflict({
      ...question,
      happened: `there are ${String(sources.length)}: ${sources.map(({ id }) => id).join(", ")}`,
      next: "Delete all but one in 1Secure.",
      property: "tenantId",
    });
  }
  return first ?? gone;
}
