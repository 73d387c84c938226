/** Groups as they are made and shown: {@link https://learn.microsoft.com/graph/api/resources/group}. */
import type { JsonObject } from "../json";
import type { Directory, DirectoryObject, Group } from "./directory";
import { addresses } from "./users";

/** The kinds of groups, by the names that the admin centers list them under. */
export const groupKinds = ["distributionList", "mailEnabledSecurity", "microsoft365", "security"] as const;
export type GroupKind = (typeof groupKinds)[number];

/** A group to make. */
export interface NewGroup {
  readonly kind: GroupKind;
  readonly displayName: string;
  /** The part of its address before the initial domain; for a security group it is a name only. */
  readonly alias: string;
  /** Users by user principal name or object id, groups by object id. */
  readonly members?: readonly string[];
}

const traits: Readonly<Record<GroupKind, Pick<Group, "mailEnabled" | "securityEnabled" | "groupTypes">>> = {
  distributionList: { mailEnabled: true, securityEnabled: false, groupTypes: [] },
  mailEnabledSecurity: { mailEnabled: true, securityEnabled: true, groupTypes: [] },
  microsoft365: { mailEnabled: true, securityEnabled: false, groupTypes: ["Unified"] },
  security: { mailEnabled: false, securityEnabled: true, groupTypes: [] },
};

/** A group's kind. */
export function groupKind({ mailEnabled, securityEnabled, groupTypes }: Group): GroupKind {
  if (groupTypes.includes("Unified")) return "microsoft365";
  if (!mailEnabled) return "security";
  return securityEnabled ? "mailEnabledSecurity" : "distributionList";
}

/**
 * Puts a group into a directory. Members that the directory does not have are left out.
 * @param id default: a new one
 */
export function addGroup(
  directory: Directory,
  { kind, displayName, alias, members = [] }: NewGroup,
  createdDateTime: string,
  id: string = directory.world.newGuid(),
): Group {
  const mail = `${alias.toLowerCase()}@${directory.organization.initialDomain}`;
  const other = directory.domains.find(({ isInitial, isVerified }) => isVerified && !isInitial)?.id;
  const { mailEnabled } = traits[kind];
  const group: Group = {
    id,
    displayName,
    description: null,
    mailNickname: alias,
    mail: mailEnabled ? mail : null,
    proxyAddresses: mailEnabled ? addresses(mail, alias, other) : [],
    ...traits[kind],
    createdDateTime,
    members: new Set(members.flatMap((name) => directory.user(name)?.id ?? directory.groups.get(name)?.id ?? [])),
  };
  directory.groups.set(group.id, group);
  return group;
}

/** Who is in a group directly. */
export function membersOf(directory: Directory, { members }: Group): DirectoryObject[] {
  return [...members].flatMap((id) => directory.object(id) ?? []);
}

/** Who is in a group directly or through groups in it, each once. */
export function transitiveMembersOf(directory: Directory, group: Group): DirectoryObject[] {
  const found = new Map<string, DirectoryObject>();
  const open = [group];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const member of membersOf(directory, next)) {
      if (found.has(member.object.id)) continue;
      found.set(member.object.id, member);
      if (member.type === "group") open.push(member.object);
    }
  }
  return [...found.values()];
}

/** A group in Graph's shape. */
export function renderGroup({ members: _members, proxyAddresses, groupTypes, ...group }: Group): JsonObject {
  return {
    deletedDateTime: null,
    classification: null,
    membershipRule: null,
    membershipRuleProcessingState: null,
    onPremisesSyncEnabled: null,
    renewedDateTime: group.createdDateTime,
    visibility: groupTypes.includes("Unified") ? "Private" : null,
    ...group,
    groupTypes: [...groupTypes],
    proxyAddresses: [...proxyAddresses],
  };
}
