/** `azuread:index/appRoleAssignment:AppRoleAssignment`: admin consent to one application permission. */
import type { ResourceType } from "../resource";
import { requiredText, type PlainMap } from "../values";
import type { GraphError } from "./graph";
import { assignedToParts } from "./ids";
import { stringOf, type GraphObject } from "./objects";
import { attempt, lookOnce, settleCreation, type AzureadSession } from "./session";

export const appRoleAssignment: ResourceType<AzureadSession> = {
  token: "azuread:index/appRoleAssignment:AppRoleAssignment",
  idInOutputs: true,
  properties: {
    appRoleId: { input: "required", replaces: true, guid: true },
    principalObjectId: { input: "required", replaces: true, guid: true },
    resourceObjectId: { input: "required", replaces: true, guid: true },
    principalDisplayName: {},
    principalType: {},
    resourceDisplayName: {},
  },
  async create(session, inputs) {
    const appRoleId = requiredText(inputs, "appRoleId");
    const principalId = requiredText(inputs, "principalObjectId");
    const resourceId = requiredText(inputs, "resourceObjectId");
    const resource = `/servicePrincipals/${resourceId}`;
    const found = await attempt(`retrieving ${resource}`, () => session.graph.find(resource));
    if (found === undefined) {
      throw new Error(`resourceObjectId: service principal not found for resource (object id ${resourceId})`);
    }
    const doing = `creating app role assignment of role ${appRoleId} of resource ${resourceId} to principal ${principalId}`;
    const made = await attempt(doing, () =>
      session.graph.request("POST", `${resource}/appRoleAssignedTo`, {
        body: { appRoleId, principalId, resourceId },
        retryWhen: principalNotYetThere,
      }),
    );
    const path = `${resource}/appRoleAssignedTo/${stringOf(made, "id")}`;
    const look = () => session.graph.find(path);
    const there = await (session.patience.isPatient ? settleCreation(session, path, 2, look) : lookOnce(path, look));
    return { id: path, outputs: attributesOf(there) };
  },
  async read(session, id) {
    const [resource, assignment] = assignedToParts(id);
    const path = `/servicePrincipals/${resource}/appRoleAssignedTo/${assignment}`;
    const found = await attempt(`retrieving ${id}`, () => session.graph.find(path));
    return found === undefined ? undefined : { id, outputs: attributesOf(found) };
  },
  async delete(session, id) {
    const [resource, assignment] = assignedToParts(id);
    const path = `/servicePrincipals/${resource}/appRoleAssignedTo/${assignment}`;
    await attempt(`deleting ${id}`, () => session.graph.request("DELETE", path));
  },
};

/** A principal that was just made is at first unknown to the replica that assigns. */
function principalNotYetThere(error: GraphError): boolean {
  return error.status === 404 || (error.status === 400 && error.detail.includes("Not a valid reference update"));
}

function attributesOf(assignment: GraphObject): PlainMap {
  return {
    appRoleId: stringOf(assignment, "appRoleId"),
    principalDisplayName: stringOf(assignment, "principalDisplayName"),
    principalObjectId: stringOf(assignment, "principalId"),
    principalType: stringOf(assignment, "principalType"),
    resourceDisplayName: stringOf(assignment, "resourceDisplayName"),
    resourceObjectId: stringOf(assignment, "resourceId"),
  };
}
