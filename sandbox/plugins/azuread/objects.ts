/** Reading Graph's JSON objects the way Terraform's azuread provider does: what is null or absent becomes the type's zero. */
import { isList, type Plain, type PlainMap } from "../values";

/** A JSON object of Graph. */
export type GraphObject = Readonly<Record<string, unknown>>;

export function stringOf(object: GraphObject | undefined, name: string): string {
  const value = object?.[name];
  return typeof value === "string" ? value : "";
}

export function booleanOf(object: GraphObject | undefined, name: string): boolean {
  return object?.[name] === true;
}

export function stringsOf(object: GraphObject | undefined, name: string): readonly string[] {
  const value = object?.[name];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

export function objectOf(object: GraphObject | undefined, name: string): GraphObject | undefined {
  const value = object?.[name];
  return typeof value === "object" && value !== null && !isList(value) ? (value as GraphObject) : undefined;
}

export function objectsOf(object: GraphObject | undefined, name: string): readonly GraphObject[] {
  const value = object?.[name];
  return Array.isArray(value) ? (value as readonly GraphObject[]) : [];
}

/** An id as it is compared: GUIDs arrive in either case. */
export function sameId(a: unknown, b: string): boolean {
  return typeof a === "string" && a.toLowerCase() === b.toLowerCase();
}

/** Null for an empty string: how Graph is told to clear a text. */
export function nullable(value: Plain | undefined): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** A value in single quotes for an OData `$filter`. */
export function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** `appRoles` of an application or service principal. */
export function appRolesOf(object: GraphObject): readonly PlainMap[] {
  return objectsOf(object, "appRoles").map((role) => ({
    allowedMemberTypes: stringsOf(role, "allowedMemberTypes"),
    description: stringOf(role, "description"),
    displayName: stringOf(role, "displayName"),
    enabled: booleanOf(role, "isEnabled"),
    id: stringOf(role, "id"),
    value: stringOf(role, "value"),
  }));
}

/** `oauth2PermissionScopes` of an application's API or of a service principal. */
export function scopesOf(object: GraphObject | undefined): readonly PlainMap[] {
  return objectsOf(object, "oauth2PermissionScopes").map((scope) => ({
    adminConsentDescription: stringOf(scope, "adminConsentDescription"),
    adminConsentDisplayName: stringOf(scope, "adminConsentDisplayName"),
    enabled: booleanOf(scope, "isEnabled"),
    id: stringOf(scope, "id"),
    type: stringOf(scope, "type"),
    userConsentDescription: stringOf(scope, "userConsentDescription"),
    userConsentDisplayName: stringOf(scope, "userConsentDisplayName"),
    value: stringOf(scope, "value"),
  }));
}

/** Value → id, of app roles or scopes. */
export function idsByValue(items: readonly PlainMap[]): PlainMap {
  return Object.fromEntries(
    items.flatMap(({ value, id }) =>
      typeof value === "string" && value !== "" && id !== undefined ? [[value, id]] : [],
    ),
  );
}

/** Tags by which Entra knows features of an enterprise application, and the blocks that the provider makes of them. */
const featureTags = {
  customSingleSignOn: "WindowsAzureActiveDirectoryCustomSingleSignOnApplication",
  enterprise: "WindowsAzureActiveDirectoryIntegratedApp",
  gallery: "WindowsAzureActiveDirectoryGalleryApplicationNonPrimaryV1",
  hide: "HideApp",
} as const;

/** The block `featureTags`. */
export function featureTagsOf(tags: readonly string[]): PlainMap {
  return Object.fromEntries(Object.entries(featureTags).map(([name, tag]) => [name, tags.includes(tag)]));
}

/** The deprecated block `features`, which says the same in other words. */
export function featuresOf(tags: readonly string[]): PlainMap {
  return {
    customSingleSignOnApp: tags.includes(featureTags.customSingleSignOn),
    enterpriseApplication: tags.includes(featureTags.enterprise),
    galleryApplication: tags.includes(featureTags.gallery),
    visibleToUsers: !tags.includes(featureTags.hide),
  };
}

/** The tags for a `featureTags` block of the program. */
export function tagsOf(block: PlainMap): readonly string[] {
  return Object.entries(featureTags).flatMap(([name, tag]) => (block[name] === true ? [tag] : []));
}
