/**
 * Who may call which Graph route: the application permissions in the caller's token, as each operation's reference page lists them.
 * {@link https://learn.microsoft.com/graph/permissions-reference}.
 */
import type { FastifyRequest } from "fastify";
import { microsoftGraph } from "../../provider/entra/wellKnown";
import type { AccessToken, Authenticate } from "../model";
import type { Tenants } from "../tenants";
import type { Directory } from "./directory";
import { insufficientPrivileges, invalidToken } from "./graphError";

export type GraphPermission = (typeof microsoftGraph.appRoles)[number]["value"];

export const readApplications = [
  "Application.Read.All",
  "Application.ReadWrite.OwnedBy",
  "Application.ReadWrite.All",
  "Directory.Read.All",
] as const satisfies readonly GraphPermission[];
export const writeApplications = [
  "Application.ReadWrite.OwnedBy",
  "Application.ReadWrite.All",
] as const satisfies readonly GraphPermission[];
export const readAssignments = [
  ...readApplications,
  "AppRoleAssignment.ReadWrite.All",
] as const satisfies readonly GraphPermission[];
export const writeAssignments = ["AppRoleAssignment.ReadWrite.All"] as const satisfies readonly GraphPermission[];
export const readRoles = [
  "RoleManagement.Read.Directory",
  "RoleManagement.ReadWrite.Directory",
  "Directory.Read.All",
] as const satisfies readonly GraphPermission[];
export const writeRoles = ["RoleManagement.ReadWrite.Directory"] as const satisfies readonly GraphPermission[];
export const readAdministrativeUnits = [
  "AdministrativeUnit.Read.All",
  "AdministrativeUnit.ReadWrite.All",
  "Directory.Read.All",
] as const satisfies readonly GraphPermission[];
export const writeAdministrativeUnits = [
  "AdministrativeUnit.ReadWrite.All",
] as const satisfies readonly GraphPermission[];
export const readDirectory = ["Directory.Read.All"] as const satisfies readonly GraphPermission[];
export const readUsers = ["User.Read.All", "Directory.Read.All"] as const satisfies readonly GraphPermission[];
export const readGroups = [
  "GroupMember.Read.All",
  "Group.Read.All",
  "Directory.Read.All",
] as const satisfies readonly GraphPermission[];
export const readDomains = ["Domain.Read.All", "Directory.Read.All"] as const satisfies readonly GraphPermission[];
export const readDrives = ["Files.Read.All", "Sites.Read.All"] as const satisfies readonly GraphPermission[];
export const readSites = ["Sites.Read.All"] as const satisfies readonly GraphPermission[];

/** The application behind a request, in its own tenant's directory. */
export interface Caller {
  readonly directory: Directory;
  readonly token: AccessToken;
  /**
   * May write this application or service principal. With `Application.ReadWrite.OwnedBy` alone only what the caller owns.
   * @throws GraphError 403
   */
  readonly mustManage: (object: { readonly owners: ReadonlySet<string> }) => void;
  /** Owners that a new object gets besides those asked for: the caller, when it may manage only what it owns. */
  readonly initialOwners: readonly string[];
}

/** @param anyOf the caller needs one of these; none: the route decides by itself */
export type IdentifyCaller = (request: FastifyRequest, anyOf: readonly GraphPermission[]) => Promise<Caller>;

/** @returns a function that throws a GraphError: 401 for the token, 403 for its permissions. */
export function callerIdentification(authenticate: Authenticate, tenants: Tenants): IdentifyCaller {
  return async (request, anyOf) => {
    const token = await authenticate(request, microsoftGraph.appId);
    if ("problem" in token) throw invalidToken(token.message);
    const directory = tenants.byName(token.tenantId)?.directory;
    if (directory === undefined) throw invalidToken("Access token validation failure. Invalid tenant.");
    if (anyOf.length > 0 && !anyOf.some((permission) => token.roles.includes(permission)))
      throw insufficientPrivileges();
    const onlyOwned = !token.roles.includes("Application.ReadWrite.All");
    return {
      directory,
      token,
      initialOwners: onlyOwned ? [token.objectId] : [],
      mustManage: ({ owners }) => {
        if (onlyOwned && !owners.has(token.objectId)) throw insufficientPrivileges();
      },
    };
  };
}
