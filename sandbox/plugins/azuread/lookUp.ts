/** Finding one application or service principal by what a function's arguments say. */
import { text, type PlainMap } from "../values";
import { quoted, type GraphObject } from "./objects";
import { attempt, type AzureadSession } from "./session";

/**
 * @param kind for messages, for example "service principal".
 * @param collection the path in Graph.
 * @throws Error when none is found, or when a display name fits several.
 */
export async function lookUp(
  session: AzureadSession,
  kind: string,
  collection: string,
  args: PlainMap,
): Promise<GraphObject> {
  const objectId = text(args, "objectId");
  if (objectId !== undefined) {
    const found = await attempt(`retrieving ${kind} with object id ${objectId}`, () =>
      session.graph.find(`${collection}/${objectId}`),
    );
    if (found === undefined) throw new Error(`${kind} with object id ${objectId} was not found`);
    return found;
  }
  const clientId = text(args, "clientId");
  const displayName = text(args, "displayName");
  const identifierUri = text(args, "identifierUri");
  const by =
    clientId !== undefined
      ? { words: `client id ${clientId}`, filter: `appId eq ${quoted(clientId)}` }
      : displayName !== undefined
        ? { words: `display name "${displayName}"`, filter: `displayName eq ${quoted(displayName)}` }
        : identifierUri !== undefined
          ? {
              words: `identifier URI ${identifierUri}`,
              filter: `identifierUris/any(uri:uri eq ${quoted(identifierUri)})`,
            }
          : undefined;
  if (by === undefined) throw new Error(`one of clientId, displayName and objectId must be given to find a ${kind}`);
  const found = await attempt(`listing ${kind}s with ${by.words}`, () => session.graph.list(collection, by.filter));
  const [only] = found;
  if (only === undefined) throw new Error(`no ${kind} with ${by.words} was found`);
  if (found.length > 1) throw new Error(`more than one ${kind} with ${by.words} was found`);
  return only;
}
