/**
 * `azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential`: a workload elsewhere that may
 * log in as the application with a token of its own issuer.
 */
import type { ResourceType } from "../resource";
import { requiredText, text, texts, type PlainMap } from "../values";
import { applicationObjectId, credentialParts } from "./ids";
import { stringOf, stringsOf, type GraphObject } from "./objects";
import { attempt, settleCreation, settleDeletion, type AzureadSession } from "./session";

const kind = "federatedIdentityCredential";
/** Characters of a name: the service's limit, which the plugin checks itself. */
const longestName = 120;

export const applicationFederatedIdentityCredential: ResourceType<AzureadSession> = {
  token: "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential",
  idInOutputs: true,
  properties: {
    applicationId: { input: "required", replaces: true },
    audiences: { input: "required" },
    description: { input: "optional" },
    displayName: { input: "required", replaces: true },
    issuer: { input: "required" },
    subject: { input: "required" },
    credentialId: {},
  },
  validate: (inputs) => [
    ...(texts(inputs, "audiences").length > 1
      ? [{ property: "audiences", reason: "audiences takes one audience only, which is all that the service takes" }]
      : []),
    ...((text(inputs, "displayName") ?? "").length > longestName
      ? [{ property: "displayName", reason: `displayName must have 1 to ${String(longestName)} characters` }]
      : []),
  ],
  create: (session, inputs) => {
    const application = applicationObjectId(requiredText(inputs, "applicationId"));
    return session.locks.hold(application, async () => {
      await attempt(`retrieving /applications/${application}`, () => session.graph.get(`/applications/${application}`));
      const made = await attempt(`adding federated identity credential for /applications/${application}`, () =>
        session.graph.request("POST", collectionOf(application), { body: bodyOf(inputs) }),
      );
      const credential = stringOf(made, "id");
      const id = `${application}/${kind}/${credential}`;
      const path = `${collectionOf(application)}/${credential}`;
      const found = await settleCreation(session, id, 5, () => session.graph.find(path));
      return { id, outputs: attributesOf(application, found) };
    });
  },
  async read(session, id) {
    const [application, credential] = credentialParts(id, kind);
    const found = await attempt(`retrieving ${id}`, () =>
      session.graph.find(`${collectionOf(application)}/${credential}`),
    );
    return found === undefined ? undefined : { id, outputs: attributesOf(application, found) };
  },
  update: (session, id, _state, inputs) => {
    const [application, credential] = credentialParts(id, kind);
    const path = `${collectionOf(application)}/${credential}`;
    return session.locks.hold(application, async () => {
      await attempt(`updating ${id}`, () =>
        session.graph.request("PATCH", path, { body: { id: credential, ...bodyOf(inputs) } }),
      );
      return attributesOf(application, await attempt(`retrieving ${id}`, () => session.graph.get(path)));
    });
  },
  delete: async (session, id) => {
    const [application, credential] = credentialParts(id, kind);
    const path = `${collectionOf(application)}/${credential}`;
    await session.locks.hold(application, async () => {
      await attempt(`removing ${id}`, () => session.graph.request("DELETE", path));
      await settleDeletion(session, id, () => session.graph.find(path));
    });
  },
};

function collectionOf(application: string): string {
  return `/applications/${application}/federatedIdentityCredentials`;
}

/** All that can be written, each time; the name too, although it never changes. */
function bodyOf(inputs: PlainMap): object {
  return {
    "@odata.type": "#microsoft.graph.federatedIdentityCredential",
    audiences: texts(inputs, "audiences"),
    description: text(inputs, "description") ?? "",
    issuer: requiredText(inputs, "issuer"),
    name: requiredText(inputs, "displayName"),
    subject: requiredText(inputs, "subject"),
  };
}

function attributesOf(application: string, found: GraphObject): PlainMap {
  return {
    applicationId: `/applications/${application}`,
    audiences: stringsOf(found, "audiences"),
    credentialId: stringOf(found, "id"),
    description: stringOf(found, "description"),
    displayName: stringOf(found, "name"),
    issuer: stringOf(found, "issuer"),
    subject: stringOf(found, "subject"),
  };
}
