/** `azuread:index/directoryRole:DirectoryRole`: a built-in role, activated in the tenant. Nothing can deactivate it again. */
import type { ResourceType } from "../resource";
import { text, type PlainMap } from "../values";
import { directoryRoleObjectId } from "./ids";
import { quoted, sameId, stringOf, type GraphObject } from "./objects";
import { attempt, notYetThere, type AzureadSession } from "./session";

export const directoryRole: ResourceType<AzureadSession> = {
  token: "azuread:index/directoryRole:DirectoryRole",
  idInOutputs: true,
  properties: {
    displayName: { input: "optional", computed: true, replaces: true },
    templateId: { input: "optional", computed: true, replaces: true, guid: true },
    description: {},
    objectId: {},
  },
  validate: (inputs) =>
    (inputs["displayName"] === undefined) === (inputs["templateId"] === undefined)
      ? [{ property: "templateId", reason: "exactly one of displayName and templateId must be given" }]
      : [],
  async create(session, inputs) {
    const templateId = await templateOf(session, text(inputs, "displayName"), text(inputs, "templateId"));
    // As with the official plugin, nothing keeps two resources for one role from activating it at the same time.
    const [active] = await attempt(`listing directory roles of template ${templateId}`, () =>
      session.graph.list("/directoryRoles", `roleTemplateId eq ${quoted(templateId)}`),
    );
    const role =
      active ??
      (await attempt(`activating directory role for template ${templateId}`, () =>
        session.graph.request("POST", "/directoryRoles", {
          body: { "@odata.type": "#microsoft.graph.directoryRole", roleTemplateId: templateId },
        }),
      ));
    const id = `/directoryRoles/${stringOf(role, "id")}`;
    const found = await attempt(`retrieving ${id}`, () => session.graph.request("GET", id, { retryWhen: notYetThere }));
    return { id, outputs: attributesOf(found) };
  },
  async read(session, id) {
    const path = `/directoryRoles/${directoryRoleObjectId(id)}`;
    const found = await attempt(`retrieving ${id}`, () => session.graph.find(path));
    return found === undefined ? undefined : { id, outputs: attributesOf(found) };
  },
  delete: () => Promise.resolve(),
};

async function templateOf(
  session: AzureadSession,
  displayName: string | undefined,
  templateId: string | undefined,
): Promise<string> {
  const template =
    displayName === undefined
      ? await attempt(`retrieving directory role template ${templateId ?? ""}`, () =>
          session.graph.find(`/directoryRoleTemplates/${templateId ?? ""}`),
        )
      : (await attempt("listing directory role templates", () => session.graph.list("/directoryRoleTemplates"))).find(
          (candidate) => sameId(candidate["displayName"], displayName),
        );
  if (template === undefined)
    throw new Error(`no directory role template ${displayName ?? templateId ?? ""} was found`);
  return stringOf(template, "id");
}

function attributesOf(role: GraphObject): PlainMap {
  return {
    description: stringOf(role, "description"),
    displayName: stringOf(role, "displayName"),
    objectId: stringOf(role, "id"),
    templateId: stringOf(role, "roleTemplateId"),
  };
}
