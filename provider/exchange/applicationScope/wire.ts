/**
 * What Exchange knows of an app, as its cmdlets show it. Names of properties as seen in azapptoolkit (client/rbac.rs, models.rs),
 * Microsoft365DSC (EXOManagementRoleAssignment) and Microsoft's examples of `Test-ServicePrincipalAuthorization`.
 */
import { NotFound } from "../../core/errors";
import type { AdminApi, Doing } from "../adminApi/client";
import type { Cmdlet } from "../adminApi/cmdlet";
import { collect } from "../adminApi/paging";

/** Exchange's pointer to a service principal of Entra ID. */
export interface Pointer {
  readonly appId: string;
  readonly objectId: string;
  readonly displayName: string;
}

/** A management scope. */
export interface Scope {
  readonly name: string;
  /** OPATH; empty for a scope that is not about recipients. */
  readonly filter: string;
  /** Everything that a role assignment may call it, in lower case. */
  readonly identities: ReadonlySet<string>;
}

/** How far an assignment reaches. */
export type Reach =
  | { readonly kind: "everything" }
  | { readonly kind: "scope"; readonly name: string }
  | { readonly kind: "unit"; readonly id: string }
  /** A way that is not made here, such as a group. */
  | { readonly kind: "other"; readonly text: string };

/** An application role that an app was assigned directly. */
export interface Assignment {
  readonly name: string;
  readonly role: string;
  readonly reach: Reach;
}

/** Of a mailbox, what is needed to ask about it. */
export interface MailboxName {
  readonly guid: string;
  readonly address: string;
}

type Row = Readonly<Record<string, unknown>>;

/** The pointer to an app's service principal, by its client id. */
export async function pointerOf(api: AdminApi, clientId: string): Promise<Pointer | undefined> {
  const doing = { operation: "looking up the service principal of app", subject: clientId };
  const rows = await rowsOf(api, { name: "Get-ServicePrincipal", parameters: { Identity: clientId } }, doing);
  const row = rows.find((one) => isSame(textIn(one, "AppId"), clientId));
  if (row === undefined) return undefined;
  return {
    appId: textIn(row, "AppId"),
    objectId: textIn(row, "ObjectId") || textIn(row, "ServiceId"),
    displayName: textIn(row, "DisplayName"),
  };
}

/** A management scope by name. */
export async function scopeNamed(api: AdminApi, name: string): Promise<Scope | undefined> {
  const doing = { operation: "looking up the management scope", subject: name };
  const rows = await rowsOf(api, { name: "Get-ManagementScope", parameters: { Identity: name } }, doing);
  const row = rows.find((one) => isSame(textIn(one, "Name"), name));
  if (row === undefined) return undefined;
  const identities = ["Name", "Identity", "Id", "Guid", "DistinguishedName"].map((key) =>
    textIn(row, key).toLowerCase(),
  );
  return {
    name: textIn(row, "Name"),
    filter: textIn(row, "RecipientFilter"),
    identities: new Set(identities.filter((identity) => identity !== "")),
  };
}

/**
 * The application roles that an app was assigned directly. What it may do as a member of a role group is about managing Exchange, not
 * about the content of mailboxes, and is left out, as are assignments that only allow to pass a role on.
 *
 * Whose an assignment is, is looked at row by row: for an assignee that it does not know, Exchange has been seen to give all.
 */
export async function assignmentsOf(api: AdminApi, pointer: Pointer): Promise<readonly Assignment[]> {
  const doing = { operation: "listing the role assignments of app", subject: pointer.appId };
  const rows = await rowsOf(
    api,
    { name: "Get-ManagementRoleAssignment", parameters: { RoleAssignee: pointer.objectId } },
    doing,
  );
  return rows.filter((row) => isOf(row, pointer) && isDirectApplicationRole(row)).map(assignmentIn);
}

function isOf(row: Row, { appId, objectId }: Pointer): boolean {
  const assignee = `${textIn(row, "RoleAssigneeName")} ${textIn(row, "RoleAssignee")}`.toLowerCase();
  return [appId, objectId].some((id) => id !== "" && assignee.includes(id.toLowerCase()));
}

function isDirectApplicationRole(row: Row): boolean {
  const method = textIn(row, "AssignmentMethod") || "Direct";
  const delegation = textIn(row, "RoleAssignmentDelegationType") || "Regular";
  return /^Application /i.test(textIn(row, "Role")) && isSame(method, "Direct") && isSame(delegation, "Regular");
}

function assignmentIn(row: Row): Assignment {
  return { name: textIn(row, "Name") || textIn(row, "Identity"), role: textIn(row, "Role"), reach: reachIn(row) };
}

/** An administrative unit is told by the type of the scope, with the unit's id where else a scope's name is. */
function reachIn(row: Row): Reach {
  const type = textIn(row, "RecipientWriteScope");
  const custom = textIn(row, "CustomResourceScope") || textIn(row, "CustomRecipientWriteScope");
  const unit = textIn(row, "RecipientAdministrativeUnitScope");
  if (unit !== "") return { kind: "unit", id: unit };
  if (/^(?:Recipient)?AdministrativeUnit/i.test(type)) return { kind: "unit", id: custom };
  if (/^(?:CustomRecipientScope|RecipientScope)$/i.test(type)) return { kind: "scope", name: custom };
  if (custom !== "") return { kind: "scope", name: custom };
  if (/^(?:|None|NotApplicable|Organization\w*)$/i.test(type)) return { kind: "everything" };
  return { kind: "other", text: type };
}

/**
 * The distinguished name of a group, which a filter has to name it by.
 * @throws NotFound
 */
export async function distinguishedNameOf(api: AdminApi, email: string): Promise<string> {
  const facts = { operation: "looking up the group", subject: email, property: "scope.email" };
  const rows = await rowsOf(api, { name: "Get-Group", parameters: { Identity: email } }, facts);
  const name = rows.length === 1 && rows[0] !== undefined ? textIn(rows[0], "DistinguishedName") : "";
  if (name !== "") return name;
  throw new NotFound({
    ...facts,
    happened: rows.length > 1 ? "several groups answer to this address" : "Exchange knows no such group",
    next: "A distribution list, a mail-enabled security group or a Microsoft 365 group can be a scope; a dynamic one cannot.",
  });
}

/** A mailbox by any of its addresses. */
export async function mailboxNamed(api: AdminApi, email: string): Promise<MailboxName | undefined> {
  const doing = { operation: "looking up the mailbox", subject: email };
  const rows = await rowsOf(api, { name: "Get-Mailbox", parameters: { Identity: email }, select: mailboxNames }, doing);
  return rows.map(mailboxIn)[0];
}

/** Any one mailbox that passes a filter (OPATH), or any one at all. */
export async function anyMailbox(api: AdminApi, filter: string | undefined): Promise<MailboxName | undefined> {
  const parameters = { ResultSize: 1, ...(filter === undefined ? {} : { Filter: filter }) };
  const doing = { operation: "looking for a mailbox in tenant", subject: api.tenantId };
  const { rows } = await api.run({ name: "Get-Mailbox", parameters, select: mailboxNames }, doing);
  return rows.map(mailboxIn)[0];
}

const mailboxNames = ["Guid", "PrimarySmtpAddress"];

function mailboxIn(row: Row): MailboxName {
  return { guid: textIn(row, "Guid"), address: textIn(row, "PrimarySmtpAddress").toLowerCase() };
}

/** The application roles that Exchange lets an app use in a mailbox right now, its cache of permissions aside. */
export async function rolesInForce(
  api: AdminApi,
  pointer: Pointer,
  mailbox: MailboxName,
): Promise<ReadonlySet<string>> {
  const { rows } = await api.run(
    {
      name: "Test-ServicePrincipalAuthorization",
      parameters: { Identity: pointer.objectId, Resource: mailbox.guid || mailbox.address },
    },
    { operation: `testing what app ${pointer.appId} may do in mailbox`, subject: mailbox.address },
  );
  const isIn = (row: Row): boolean => row["InScope"] === true || isSame(textIn(row, "InScope"), "True");
  return new Set(rows.filter(isIn).map((row) => textIn(row, "RoleName").toLowerCase()));
}

/** Every row of a listing; none when what it is asked about is not there. */
async function rowsOf(api: AdminApi, cmdlet: Cmdlet, doing: Doing): Promise<readonly Row[]> {
  try {
    return (await collect(api.list(cmdlet, doing))).filter(isRow);
  } catch (error) {
    if (error instanceof NotFound) return [];
    throw error;
  }
}

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null;
}

function textIn(row: Row, name: string): string {
  const value = row[name];
  return typeof value === "string" ? value.trim() : "";
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
