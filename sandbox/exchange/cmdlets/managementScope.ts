/**
 * `*-ManagementScope`: which recipients a role assignment is about.
 * {@link https://learn.microsoft.com/powershell/module/exchangepowershell/new-managementscope}
 */
import { applicationAccessOf, type ApplicationAccess, type ManagementScope } from "../applicationAccess";
import type { WireProperty } from "../properties";
import { row } from "../properties";
import {
  badParameterValue,
  dehydrated,
  objectAlreadyExists,
  objectInUse,
  objectNotFound,
  sameScopeExists,
} from "../rbacErrors";
import type { Cmdlet } from "./cmdlet";
import { changed, single, unchanged } from "./cmdlet";

/** Characters, as Microsoft documents it for scopes and role assignments alike. */
const longestName = 64;

const properties: readonly WireProperty<ManagementScope>[] = [
  { name: "RecipientRoot", type: "string", value: () => "" },
  { name: "RecipientFilter", type: "string", value: ({ recipientFilter }) => recipientFilter },
  { name: "ServerFilter", type: "string", value: () => "" },
  { name: "ScopeRestrictionType", type: "string", value: () => "RecipientScope" },
  { name: "Exclusive", type: "boolean", value: () => false },
  { name: "Name", type: "string", value: ({ name }) => name },
  { name: "Identity", type: "string", value: ({ name }) => name },
  { name: "Guid", type: "guid", value: ({ guid }) => guid },
  { name: "IsValid", type: "boolean", value: () => true },
];

/** Throws for a name that is too long. */
export function checkedName(name: string): string {
  if (name.length <= longestName) return name;
  throw badParameterValue(
    "Name",
    `The length of the property is too long. The maximum length is ${String(longestName)} and the length of the value provided is ${String(name.length)}.`,
  );
}

export const newManagementScope: Cmdlet = {
  name: "New-ManagementScope",
  parameters: ["Name", "RecipientRestrictionFilter", "RecipientRoot", "Exclusive"],
  run({ parameters, organization }) {
    if (!organization.timedSwitches.areOpen) throw dehydrated();
    const access = applicationAccessOf(organization);
    const name = checkedName(parameters.required("Name"));
    const recipientFilter = parameters.required("RecipientRestrictionFilter");
    if (access.scope(name) !== undefined) throw objectAlreadyExists("management scope", name);
    mustBeNew(access, recipientFilter);
    const scope = { guid: access.newGuid(), name, recipientFilter };
    access.scopes.set(name.toLowerCase(), scope);
    return single(scope, properties);
  },
};

export const getManagementScope: Cmdlet = {
  name: "Get-ManagementScope",
  parameters: ["Identity", "Exclusive", "Orphan"],
  run({ parameters, organization }) {
    const access = applicationAccessOf(organization);
    const identity = parameters.text("Identity");
    if (identity !== undefined) return single(existing(access, identity), properties);
    const orphansOnly = parameters.boolean("Orphan") ?? false;
    const shown = [...access.scopes.values()].filter((scope) => !orphansOnly || !isUsed(access, scope));
    return { rows: shown.map((scope) => row(scope, properties)), warnings: [] };
  },
};

export const setManagementScope: Cmdlet = {
  name: "Set-ManagementScope",
  parameters: ["Identity", "Name", "RecipientRestrictionFilter", "RecipientRoot"],
  run({ parameters, organization }) {
    const access = applicationAccessOf(organization);
    const found = existing(access, parameters.required("Identity"));
    const recipientFilter = parameters.text("RecipientRestrictionFilter") ?? found.recipientFilter;
    if (recipientFilter === found.recipientFilter) return unchanged(found.name);
    mustBeNew(access, recipientFilter, found);
    access.scopes.set(found.name.toLowerCase(), { ...found, recipientFilter });
    return changed;
  },
};

export const removeManagementScope: Cmdlet = {
  name: "Remove-ManagementScope",
  parameters: ["Identity"],
  run({ parameters, organization }) {
    const access = applicationAccessOf(organization);
    const found = existing(access, parameters.required("Identity"));
    if (isUsed(access, found)) throw objectInUse("management scope", found.name);
    access.scopes.delete(found.name.toLowerCase());
    return changed;
  },
};

function existing(access: ApplicationAccess, identity: string): ManagementScope {
  const found = access.scope(identity);
  if (found === undefined) throw objectNotFound(identity);
  return found;
}

function isUsed(access: ApplicationAccess, { name }: ManagementScope): boolean {
  return [...access.assignments.values()].some(({ scope }) => scope?.toLowerCase() === name.toLowerCase());
}

/** Throws when the text is no filter, or another scope has it already. */
function mustBeNew(access: ApplicationAccess, filter: string, itself?: ManagementScope): void {
  access.filter(filter);
  const plain = (text: string): string => text.replace(/\s+/g, " ").trim().toLowerCase();
  const same = [...access.scopes.values()].find(
    (scope) => scope.name !== itself?.name && plain(scope.recipientFilter) === plain(filter),
  );
  if (same !== undefined) throw sameScopeExists(same.name);
}
