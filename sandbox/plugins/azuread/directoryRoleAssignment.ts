/** `azuread:index/directoryRoleAssignment:DirectoryRoleAssignment`: a directory role for one principal. */
import type { ResourceType } from "../resource";
import { requiredText, text, type PlainMap } from "../values";
import { roleAssignmentId } from "./ids";
import { stringOf, type GraphObject } from "./objects";
import { attempt, notYetThere, settleCreation, type AzureadSession } from "./session";

const collection = "/roleManagement/directory/roleAssignments";

export const directoryRoleAssignment: ResourceType<AzureadSession> = {
  token: "azuread:index/directoryRoleAssignment:DirectoryRoleAssignment",
  idInOutputs: true,
  properties: {
    appScopeId: { input: "optional", computed: true, replaces: true },
    directoryScopeId: { input: "optional", computed: true, replaces: true },
    principalObjectId: { input: "required", replaces: true, guid: true },
    roleId: { input: "required", replaces: true, guid: true },
  },
  validate: (inputs) =>
    inputs["appScopeId"] !== undefined && inputs["directoryScopeId"] !== undefined
      ? [{ property: "appScopeId", reason: "appScopeId conflicts with directoryScopeId" }]
      : [],
  async create(session, inputs) {
    const principalId = requiredText(inputs, "principalObjectId");
    const roleDefinitionId = requiredText(inputs, "roleId");
    const appScopeId = text(inputs, "appScopeId");
    const scope =
      appScopeId === undefined ? { directoryScopeId: text(inputs, "directoryScopeId") ?? "/" } : { appScopeId };
    const made = await attempt(`assigning directory role ${roleDefinitionId} to principal ${principalId}`, () =>
      session.graph.request("POST", collection, {
        body: { "@odata.type": "#microsoft.graph.unifiedRoleAssignment", principalId, roleDefinitionId, ...scope },
        ...(session.patience.isPatient ? { retryWhen: notYetThere } : {}),
      }),
    );
    const id = `${collection}/${stringOf(made, "id")}`;
    return { id, outputs: attributesOf(await settleCreation(session, id, 3, () => session.graph.find(id))) };
  },
  async read(session, id) {
    const path = `${collection}/${roleAssignmentId(id)}`;
    const found = await attempt(`retrieving ${id}`, () => session.graph.find(path));
    return found === undefined ? undefined : { id: path, outputs: attributesOf(found) };
  },
  async delete(session, id) {
    const path = `${collection}/${roleAssignmentId(id)}`;
    await attempt(`deleting ${id}`, () => session.graph.request("DELETE", path));
  },
};

function attributesOf(assignment: GraphObject): PlainMap {
  return {
    appScopeId: stringOf(assignment, "appScopeId"),
    directoryScopeId: stringOf(assignment, "directoryScopeId"),
    principalObjectId: stringOf(assignment, "principalId"),
    roleId: stringOf(assignment, "roleDefinitionId"),
  };
}
