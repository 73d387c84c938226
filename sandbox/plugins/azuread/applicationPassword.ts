/** `azuread:index/applicationPassword:ApplicationPassword`: a client secret, whose text only the answer to its creation holds. */
import type { ResourceType } from "../resource";
import { requiredText, text, type PlainMap } from "../values";
import { wholeSeconds } from "../clock";
import { endDateOf, validateDates } from "./credentialDates";
import { applicationObjectId, credentialParts } from "./ids";
import { objectsOf, sameId, stringOf, type GraphObject } from "./objects";
import { attempt, notYetThere, settleCreation, settleDeletion, type AzureadSession } from "./session";

export const applicationPassword: ResourceType<AzureadSession> = {
  token: "azuread:index/applicationPassword:ApplicationPassword",
  idInOutputs: true,
  properties: {
    applicationId: { input: "required", replaces: true },
    displayName: { input: "optional", computed: true, replaces: true },
    endDate: { input: "optional", computed: true, replaces: true, time: true },
    endDateRelative: { input: "optional", replaces: true },
    rotateWhenChanged: { input: "optional", replaces: true },
    startDate: { input: "optional", computed: true, replaces: true, time: true },
    keyId: {},
    value: { secret: true },
  },
  validate: validateDates,
  create: (session, inputs) => {
    const application = applicationObjectId(requiredText(inputs, "applicationId"));
    const displayName = text(inputs, "displayName");
    const startDate = text(inputs, "startDate");
    const endDate = endDateOf(session, inputs);
    const passwordCredential = {
      ...(displayName === undefined ? {} : { displayName }),
      ...(startDate === undefined ? {} : { startDateTime: wholeSeconds(startDate) }),
      ...(endDate === undefined ? {} : { endDateTime: endDate }),
    };
    return session.locks.hold(application, async () => {
      if ((await session.graph.find(`/applications/${application}`)) === undefined) {
        throw new Error(
          `adding password to application: applicationId: no application with object id ${application} was found`,
        );
      }
      const made = await attempt(`adding password for application with object id ${application}`, () =>
        session.graph.request("POST", `/applications/${application}/addPassword`, {
          body: { passwordCredential },
          retryWhen: notYetThere,
        }),
      );
      const keyId = stringOf(made, "keyId");
      const value = stringOf(made, "secretText");
      const id = `${application}/password/${keyId}`;
      if (keyId === "" || value === "")
        throw new Error(`adding password ${id}: the answer holds no key id or no secret`);
      const entry = await settleCreation(session, `password ${id}`, 5, () => find(session, application, keyId));
      return { id, outputs: attributesOf(application, entry, { ...inputs, value }) };
    });
  },
  async read(session, id, state) {
    // The official plugin has no importer for passwords.
    if (state["keyId"] === undefined) return undefined;
    const [application, keyId] = credentialParts(id, "password");
    const entry = await attempt(`retrieving password ${id}`, () => find(session, application, keyId));
    return entry === undefined ? undefined : { id, outputs: attributesOf(application, entry, state) };
  },
  delete: async (session, id) => {
    const [application, keyId] = credentialParts(id, "password");
    await session.locks.hold(application, async () => {
      await attempt(`removing password ${id}`, () =>
        session.graph.request("POST", `/applications/${application}/removePassword`, { body: { keyId } }),
      );
      await settleDeletion(session, `password ${id}`, () => find(session, application, keyId));
    });
  },
};

async function find(session: AzureadSession, application: string, keyId: string): Promise<GraphObject | undefined> {
  const found = await session.graph.find(`/applications/${application}`);
  return objectsOf(found, "passwordCredentials").find((entry) => sameId(entry["keyId"], keyId));
}

/** The secret and what only the program knows stay as they were. */
function attributesOf(application: string, entry: GraphObject, known: PlainMap): PlainMap {
  return {
    applicationId: `/applications/${application}`,
    displayName: stringOf(entry, "displayName"),
    endDate: stringOf(entry, "endDateTime"),
    endDateRelative: known["endDateRelative"] ?? null,
    keyId: stringOf(entry, "keyId"),
    rotateWhenChanged: known["rotateWhenChanged"] ?? null,
    startDate: stringOf(entry, "startDateTime"),
    value: known["value"] ?? null,
  };
}
