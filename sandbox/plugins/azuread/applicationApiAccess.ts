/** `azuread:index/applicationApiAccess:ApplicationApiAccess`: what an application says it needs of one API. */
import type { ResourceType } from "../resource";
import { requiredText, texts, type PlainMap } from "../values";
import { apiAccessParts, applicationObjectId } from "./ids";
import { objectsOf, sameId, stringOf, type GraphObject } from "./objects";
import { alreadyExists, attempt, notYetThere, settle, type AzureadSession } from "./session";

export const applicationApiAccess: ResourceType<AzureadSession> = {
  token: "azuread:index/applicationApiAccess:ApplicationApiAccess",
  idInOutputs: true,
  properties: {
    apiClientId: { input: "required", replaces: true, guid: true },
    applicationId: { input: "required", replaces: true },
    roleIds: { input: "optional", unordered: true, guid: true },
    scopeIds: { input: "optional", unordered: true, guid: true },
  },
  validate: (inputs) =>
    inputs["roleIds"] === undefined && inputs["scopeIds"] === undefined
      ? [{ property: "roleIds", reason: "one of roleIds and scopeIds must be given" }]
      : [],
  create: (session, inputs) => {
    const application = applicationObjectId(requiredText(inputs, "applicationId"));
    const api = requiredText(inputs, "apiClientId");
    const id = `/applications/${application}/apiAccess/${api}`;
    return session.locks.hold(application, async () => {
      await attempt(`creating ${id}`, () =>
        replaceList(session, application, (list) => {
          if (list.some((entry) => sameId(entry["resourceAppId"], api))) {
            throw alreadyExists(id);
          }
          return [...list, entryOf(api, inputs)];
        }),
      );
      if (session.patience.isPatient) {
        const isThere = async () => (await find(session, application, api)) !== undefined;
        await settle(session, `waiting for ${id}`, 2, isThere);
      }
      return { id, outputs: attributesOf(application, api, entryOf(api, inputs)) };
    });
  },
  async read(session, id) {
    const [application, api] = apiAccessParts(id);
    const entry = await attempt(`retrieving ${id}`, () =>
      session.locks.hold(application, () => find(session, application, api)),
    );
    return entry === undefined ? undefined : { id, outputs: attributesOf(application, api, entry) };
  },
  update: (session, id, _state, inputs) => {
    const [application, api] = apiAccessParts(id);
    return session.locks.hold(application, async () => {
      await attempt(`updating ${id}`, () =>
        replaceList(session, application, (list) => {
          if (!list.some((entry) => sameId(entry["resourceAppId"], api)))
            throw new Error("could not identify existing API");
          return list.map((entry) => (sameId(entry["resourceAppId"], api) ? entryOf(api, inputs) : entry));
        }),
      );
      return attributesOf(application, api, entryOf(api, inputs));
    });
  },
  delete: async (session, id) => {
    const [application, api] = apiAccessParts(id);
    await session.locks.hold(application, () =>
      attempt(`deleting ${id}`, () =>
        replaceList(session, application, (list) => {
          if (!list.some((entry) => sameId(entry["resourceAppId"], api)))
            throw new Error("could not identify existing API");
          return list.filter((entry) => !sameId(entry["resourceAppId"], api));
        }),
      ),
    );
  },
};

/** Graph takes the list of all APIs only as a whole: reads it, changes it, writes it back. */
async function replaceList(
  session: AzureadSession,
  application: string,
  change: (list: readonly GraphObject[]) => readonly object[],
): Promise<void> {
  const path = `/applications/${application}`;
  const found = await session.graph.request("GET", path, session.patience.isPatient ? { retryWhen: notYetThere } : {});
  await session.graph.request("PATCH", path, {
    body: {
      "@odata.type": "#microsoft.graph.application",
      requiredResourceAccess: change(objectsOf(found, "requiredResourceAccess")),
    },
  });
}

async function find(session: AzureadSession, application: string, api: string): Promise<GraphObject | undefined> {
  const found = await session.graph.find(`/applications/${application}`);
  return objectsOf(found, "requiredResourceAccess").find((entry) => sameId(entry["resourceAppId"], api));
}

function entryOf(api: string, inputs: PlainMap): GraphObject {
  return {
    resourceAppId: api,
    resourceAccess: [
      ...texts(inputs, "roleIds").map((id) => ({ id, type: "Role" })),
      ...texts(inputs, "scopeIds").map((id) => ({ id, type: "Scope" })),
    ],
  };
}

function attributesOf(application: string, api: string, entry: GraphObject): PlainMap {
  const access = objectsOf(entry, "resourceAccess");
  const ids = (type: string): readonly string[] =>
    access.filter((item) => item["type"] === type).map((item) => stringOf(item, "id"));
  return {
    apiClientId: api,
    applicationId: `/applications/${application}`,
    roleIds: ids("Role"),
    scopeIds: ids("Scope"),
  };
}
