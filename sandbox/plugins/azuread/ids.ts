/** Resource ids of the azuread plugin. */

const guid = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";

/** Takes the parts out of an id. @throws Error that shows the form. */
function parse(id: string, form: string): readonly string[] {
  const pattern = form.replace(/GUID/g, `(${guid})`).replace(/TEXT/g, "([^/]+)");
  const found = new RegExp(`^${pattern}$`).exec(id);
  if (found === null) throw new Error(`"${id}" is not an id of the form ${form}`);
  return found.slice(1);
}

function pair(id: string, form: string): readonly [string, string] {
  const [first = "", second = ""] = parse(id, form);
  return [first, second];
}

/** The object id in `/applications/<object id>`. */
export function applicationObjectId(id: string): string {
  return parse(id, "/applications/GUID")[0] ?? "";
}

/** Object ids of application and owner. */
export function ownerParts(id: string): readonly [string, string] {
  return pair(id, "/applications/GUID/owners/GUID");
}

/** The application's object id and the API's client id. */
export function apiAccessParts(id: string): readonly [string, string] {
  return pair(id, "/applications/GUID/apiAccess/GUID");
}

/** The application's object id and the key id. */
export function credentialParts(
  id: string,
  kind: "certificate" | "federatedIdentityCredential" | "password",
): readonly [string, string] {
  return pair(id, `GUID/${kind}/GUID`);
}

/** The object id in `/servicePrincipals/<object id>`. */
export function servicePrincipalObjectId(id: string): string {
  return parse(id, "/servicePrincipals/GUID")[0] ?? "";
}

/** The resource's object id and the assignment's opaque id. */
export function assignedToParts(id: string): readonly [string, string] {
  return pair(id, "/servicePrincipals/GUID/appRoleAssignedTo/TEXT");
}

/** The object id in `/directoryRoles/<object id>`. */
export function directoryRoleObjectId(id: string): string {
  return parse(id, "/directoryRoles/GUID")[0] ?? "";
}

/** The opaque id of a role assignment; an import may also name it alone. */
export function roleAssignmentId(id: string): string {
  return id.includes("/") ? (parse(id, "/roleManagement/directory/roleAssignments/TEXT")[0] ?? "") : id;
}
