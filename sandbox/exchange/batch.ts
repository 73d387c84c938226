/**
 * `POST …/$batch`: up to ten requests of one tenant, run one after another, each let in by its own token and with a status of its own.
 *
 * All of them run on the server to which the anchor mailbox of the batch leads. How many it may have is a behaviour, `batchLimit`.
 */
import { isObject } from "../json";
import type { AdminAnswer, AdminRequest } from "./adminRequest";
import { operate } from "./adminRequest";
import { badRequest } from "./errors";
import type { BatchResponse } from "./hooks";
import { numberOf, shuffled } from "./seeded";

interface BatchItem {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: unknown;
}

/** Answers one request as if it had come alone. Never throws. */
export type AnswerItem = (item: BatchItem) => Promise<AdminAnswer>;

export async function batch(request: AdminRequest, answerItem: AnswerItem): Promise<AdminAnswer> {
  const { organization, hooks } = request;
  const items = batchItems(request.body, organization.behaviour.batchLimit);
  return operate(request, { kind: "batch", writes: false }, async () => {
    const number = ++organization.counters.batches;
    const responses: BatchResponse[] = [];
    for (const item of items) responses.push(response(item.id, await answerItem(item)));
    const inOtherOrder = shuffled(responses, numberOf(`${organization.tenantId}|${String(number)}`));
    const sent = hooks.batchResponses?.(organization.tenantId, inOtherOrder) ?? inOtherOrder;
    return { status: 200, body: { responses: sent } };
  });
}

function response(id: string, { status, headers = {}, body }: AdminAnswer): BatchResponse {
  const lowerCase = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  // Bodies that are no JSON don't fit in here and are lost.
  return { id, status, headers: lowerCase, ...(body === undefined || typeof body === "string" ? {} : { body }) };
}

function batchItems(body: unknown, limit: number): readonly BatchItem[] {
  const requests = isObject(body) ? body.requests : undefined;
  if (!Array.isArray(requests)) throw badRequest("The 'requests' property of the batch is missing or no array.");
  if (requests.length === 0) throw badRequest("The batch has no requests.");
  if (requests.length > limit) {
    throw badRequest(`The batch has ${String(requests.length)} requests; the limit is ${String(limit)}.`);
  }
  const items = requests.map((item: unknown, index) => batchItem(item, index));
  if (new Set(items.map(({ id }) => id)).size < items.length)
    throw badRequest("Two requests of the batch have one id.");
  return items;
}

function batchItem(item: unknown, index: number): BatchItem {
  if (!isObject(item)) throw badRequest(`Request ${String(index)} of the batch is no object.`);
  const { id, method, url, headers, body } = item;
  if (typeof id !== "string" || id === "" || typeof method !== "string" || typeof url !== "string") {
    throw badRequest(`Request ${String(index)} of the batch must have an id, a method and a url.`);
  }
  const named = isObject(headers) ? Object.entries(headers) : [];
  return {
    id,
    method: method.toUpperCase(),
    url,
    headers: new Map(named.map(([name, value]) => [name.toLowerCase(), String(value)])),
    body,
  };
}
