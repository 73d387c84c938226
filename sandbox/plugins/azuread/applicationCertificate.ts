/** `azuread:index/applicationCertificate:ApplicationCertificate`: one entry of an application's `keyCredentials`. */
import type { ResourceType } from "../resource";
import { requiredText, text, type PlainMap } from "../values";
import { wholeSeconds } from "../clock";
import { endDateOf, validateDates } from "./credentialDates";
import { applicationObjectId, credentialParts } from "./ids";
import { objectsOf, sameId, stringOf, type GraphObject } from "./objects";
import { alreadyExists, attempt, settleCreation, settleDeletion, type AzureadSession } from "./session";

export const applicationCertificate: ResourceType<AzureadSession> = {
  token: "azuread:index/applicationCertificate:ApplicationCertificate",
  idInOutputs: true,
  properties: {
    applicationId: { input: "required", replaces: true },
    encoding: { input: "optional", replaces: true, default: "pem", oneOf: ["pem", "base64", "hex"] },
    endDate: { input: "optional", computed: true, replaces: true, time: true },
    endDateRelative: { input: "optional", replaces: true },
    keyId: { input: "optional", computed: true, replaces: true, guid: true },
    startDate: { input: "optional", computed: true, replaces: true, time: true },
    type: { input: "optional", replaces: true, oneOf: ["AsymmetricX509Cert", "Symmetric"] },
    value: { input: "required", replaces: true, secret: true },
  },
  validate: validateDates,
  create: (session, inputs) => {
    const application = applicationObjectId(requiredText(inputs, "applicationId"));
    const keyId = text(inputs, "keyId") ?? session.newGuid();
    const id = `${application}/certificate/${keyId}`;
    const startDate = text(inputs, "startDate");
    const endDate = endDateOf(session, inputs);
    const credential = {
      keyId,
      type: text(inputs, "type") ?? null,
      usage: "Verify",
      key: keyOf(inputs),
      // Whole seconds only: this is what makes an end date with a fraction differ at the next preview.
      ...(startDate === undefined ? {} : { startDateTime: wholeSeconds(startDate) }),
      ...(endDate === undefined ? {} : { endDateTime: endDate }),
    };
    return session.locks.hold(application, async () => {
      const existing = await credentials(session, application);
      if (existing === undefined) {
        throw new Error(
          `adding certificate to application: applicationId: no application with object id ${application} was found`,
        );
      }
      if (existing.some((entry) => sameId(entry["keyId"], keyId))) {
        throw alreadyExists(id);
      }
      await attempt(`adding certificate for application with object id ${application}`, () =>
        replaceList(session, application, [...existing, credential]),
      );
      const entry = await settleCreation(session, `certificate ${id}`, 5, () => find(session, application, keyId));
      return { id, outputs: attributesOf(application, entry, inputs) };
    });
  },
  async read(session, id, state) {
    const [application, keyId] = credentialParts(id, "certificate");
    const entry = await attempt(`retrieving certificate ${id}`, () => find(session, application, keyId));
    return entry === undefined ? undefined : { id, outputs: attributesOf(application, entry, state) };
  },
  delete: async (session, id) => {
    const [application, keyId] = credentialParts(id, "certificate");
    await session.locks.hold(application, async () => {
      const existing = await credentials(session, application);
      if (existing === undefined) {
        throw new Error(`removing certificate ${id}: no application with object id ${application} was found`);
      }
      const rest = existing.filter((entry) => !sameId(entry["keyId"], keyId));
      await attempt(`removing certificate ${id}`, () => replaceList(session, application, rest));
      await settleDeletion(session, `certificate ${id}`, () => find(session, application, keyId));
    });
  },
};

async function credentials(session: AzureadSession, application: string): Promise<readonly GraphObject[] | undefined> {
  const found = await session.graph.find(`/applications/${application}`);
  return found === undefined ? undefined : objectsOf(found, "keyCredentials");
}

async function find(session: AzureadSession, application: string, keyId: string): Promise<GraphObject | undefined> {
  return ((await credentials(session, application)) ?? []).find((entry) => sameId(entry["keyId"], keyId));
}

/** Graph takes the keys only as a whole; entries that it knows come back without `key` and keep theirs. */
async function replaceList(
  session: AzureadSession,
  application: string,
  keyCredentials: readonly object[],
): Promise<void> {
  await session.graph.request("PATCH", `/applications/${application}`, {
    body: { "@odata.type": "#microsoft.graph.application", keyCredentials },
  });
}

/** The text that Graph gets: base64 of a PEM, whatever the encoding that the program used. */
function keyOf(inputs: PlainMap): string {
  const value = requiredText(inputs, "value");
  const encoding = inputs["encoding"] ?? "pem";
  if (encoding === "pem") return Buffer.from(value).toString("base64");
  const der = Buffer.from(value.trim(), encoding === "hex" ? "hex" : "base64");
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  const pem = ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
  return Buffer.from(pem).toString("base64");
}

/** Graph does not give the key back, nor how it was encoded: those stay as they were. */
function attributesOf(application: string, entry: GraphObject, known: PlainMap): PlainMap {
  return {
    applicationId: `/applications/${application}`,
    encoding: known["encoding"] ?? null,
    endDate: stringOf(entry, "endDateTime"),
    endDateRelative: known["endDateRelative"] ?? null,
    keyId: stringOf(entry, "keyId"),
    startDate: stringOf(entry, "startDateTime"),
    type: stringOf(entry, "type"),
    value: known["value"] ?? null,
  };
}
