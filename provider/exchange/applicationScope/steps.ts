/** What has to be done, in order, for an app to reach what is declared and no more. Pure. */
import { createHash } from "node:crypto";
import { type Change, change } from "../../core/plan";
import type { Cmdlet } from "../adminApi/cmdlet";
import { type ApplicationScopeInputs, scopeNameOf } from "./contract";
import type { Findings, Made } from "./findings";
import { distinct, isSameFilter } from "./recipientFilter";
import type { Assignment, Reach, Scope } from "./wire";

/** One change, and the cmdlet that does it. */
export interface Step {
  readonly change: Change;
  readonly cmdlet: Cmdlet;
  /** Says the same by other words, for when Exchange refuses the first for being the same as another object. */
  readonly otherwise?: Cmdlet;
  /** A verb phrase, for lines of progress and errors. */
  readonly doing: string;
  /** What was made here once it is done. */
  readonly made?: Partial<Made>;
  readonly about: About;
}

/** What kind of drift a step mends. */
export type About =
  | { readonly kind: "missing"; readonly what: string }
  | { readonly kind: "otherFilter"; readonly filter: string }
  | { readonly kind: "otherObjectId"; readonly objectId: string }
  | { readonly kind: "displayName"; readonly displayName: string }
  | { readonly kind: "excess"; readonly what: string }
  | { readonly kind: "unusedScope"; readonly name: string };

/**
 * First all that lets the app in, then what takes access away: a product that loses sight of data between the two would delete its
 * copy of it.
 */
export function stepsFor(desired: ApplicationScopeInputs, findings: Findings): readonly Step[] {
  return [
    ...pointerSteps(desired, findings),
    ...scopeSteps(desired, findings),
    ...missingRoles(desired, findings).map((role) => assign(desired, findings, role)),
    ...removals(desired, findings),
    ...unusedScope(desired, findings),
  ];
}

/** The assignments that are not what is declared. */
export function excessOf(desired: ApplicationScopeInputs, findings: Findings): readonly Assignment[] {
  if (staleObjectId(desired, findings) !== undefined) return [];
  return findings.assignments.filter((assignment) => !isDeclared(desired, findings, assignment));
}

/** For people: `Application Mail.Read (every mailbox)`. */
export function assignmentText({ role, reach }: Pick<Assignment, "role" | "reach">): string {
  return `${role} (${reachText(reach)})`;
}

/** Names a thing in the paths of changes. */
function at(kind: string, name: string): string {
  return `${kind}[${JSON.stringify(name)}]`;
}

const quiet = { Confirm: false } as const;

function pointerSteps(desired: ApplicationScopeInputs, findings: Findings): readonly Step[] {
  const { clientId, servicePrincipalObjectId: objectId, displayName } = desired;
  const { pointer } = findings;
  const stale = staleObjectId(desired, findings);
  const known = pointer?.displayName ?? "";
  const name = displayName ?? (known === "" ? `m365audit ${clientId.toLowerCase()}` : known);
  if (pointer === undefined || stale !== undefined) {
    const about: About =
      stale === undefined ? { kind: "missing", what: "service principal" } : { kind: "otherObjectId", objectId: stale };
    return [
      ...(pointer === undefined || stale === undefined ? [] : farewell(findings, stale, about)),
      {
        change: change("servicePrincipal", stale, objectId),
        cmdlet: {
          name: "New-ServicePrincipal",
          parameters: { AppId: clientId, ObjectId: objectId, DisplayName: name },
        },
        doing: "telling Exchange of the service principal of",
        made: { servicePrincipal: true },
        about,
      },
    ];
  }
  if (displayName === undefined || displayName === pointer.displayName) return [];
  return [
    {
      change: change("displayName", pointer.displayName, displayName),
      cmdlet: {
        name: "Set-ServicePrincipal",
        parameters: { Identity: pointer.objectId, DisplayName: displayName, ...quiet },
      },
      doing: "renaming the service principal of",
      about: { kind: "displayName", displayName: pointer.displayName },
    },
  ];
}

/** The service principal was made anew in Entra ID. Nobody can sign in as the former one, so its assignments are worth nothing. */
function farewell({ assignments }: Findings, objectId: string, about: About): readonly Step[] {
  return [
    ...assignments.map((assignment) => ({ ...unassign(assignment), about })),
    {
      change: change(at("formerServicePrincipal", objectId), objectId, undefined),
      cmdlet: { name: "Remove-ServicePrincipal", parameters: { Identity: objectId, ...quiet } },
      doing: "removing the pointer to the former service principal of",
      about,
    },
  ];
}

function staleObjectId(
  { servicePrincipalObjectId }: ApplicationScopeInputs,
  { pointer }: Findings,
): string | undefined {
  const known = pointer?.objectId.toLowerCase();
  return known === undefined || known === servicePrincipalObjectId.toLowerCase() ? undefined : pointer?.objectId;
}

function scopeSteps(desired: ApplicationScopeInputs, { target, scope }: Findings): readonly Step[] {
  if (target.kind !== "filter") return [];
  const name = scopeNameOf(desired);
  const other = distinct(target.filter, desired.clientId);
  if (scope !== undefined && [target.filter, other].some((filter) => isSameFilter(filter, scope.filter))) return [];
  const cmdletWith = (filter: string): Cmdlet =>
    scope === undefined
      ? { name: "New-ManagementScope", parameters: { Name: name, RecipientRestrictionFilter: filter } }
      : {
          name: "Set-ManagementScope",
          parameters: { Identity: scope.name, RecipientRestrictionFilter: filter, ...quiet },
        };
  return [
    {
      change: change("managementScope.recipientFilter", scope?.filter, target.filter),
      cmdlet: cmdletWith(target.filter),
      otherwise: cmdletWith(other),
      doing: scope === undefined ? "making the management scope of" : "setting the filter of the management scope of",
      ...(scope === undefined ? { made: { scope: name } } : {}),
      about:
        scope === undefined
          ? { kind: "missing", what: "management scope" }
          : { kind: "otherFilter", filter: scope.filter },
    },
  ];
}

/** The declared roles that are not assigned for the declared scope. */
function missingRoles(desired: ApplicationScopeInputs, findings: Findings): readonly string[] {
  const isStale = staleObjectId(desired, findings) !== undefined;
  const assigned = new Set(
    (isStale ? [] : findings.assignments)
      .filter(({ reach }) => isDeclaredReach(desired, findings, reach))
      .map(({ role }) => role.toLowerCase()),
  );
  return [...new Set(desired.roles)].filter((role) => !assigned.has(role.toLowerCase()));
}

function assign(desired: ApplicationScopeInputs, { target, scope }: Findings, role: string): Step {
  const reach = declaredReach(desired, target, scope);
  const limit =
    reach.kind === "scope"
      ? { CustomResourceScope: reach.name }
      : reach.kind === "unit"
        ? { RecipientAdministrativeUnitScope: reach.id }
        : {};
  return {
    change: change(at("roles", role), undefined, reachText(reach)),
    cmdlet: {
      name: "New-ManagementRoleAssignment",
      parameters: {
        Name: assignmentName(desired, role, reach),
        Role: role,
        App: desired.servicePrincipalObjectId,
        ...limit,
      },
    },
    doing: `assigning ${role} (${reachText(reach)}) to`,
    about: { kind: "missing", what: role },
  };
}

function removals(desired: ApplicationScopeInputs, findings: Findings): readonly Step[] {
  return excessOf(desired, findings)
    .filter((assignment) => desired.excess !== "report" || isMadeHere(desired, assignment))
    .map(unassign);
}

function unassign(assignment: Assignment): Step {
  const text = assignmentText(assignment);
  return {
    change: change(at("assignments", `${text} ${assignment.name}`), text, undefined),
    cmdlet: { name: "Remove-ManagementRoleAssignment", parameters: { Identity: assignment.name, ...quiet } },
    doing: `taking away ${text} from`,
    about: { kind: "excess", what: text },
  };
}

/** A scope of former days goes, unless an assignment that is only reported still uses it. */
function unusedScope(desired: ApplicationScopeInputs, findings: Findings): readonly Step[] {
  const { former } = findings;
  if (former === undefined) return [];
  const stays = desired.excess === "report" ? excessOf(desired, findings) : [];
  const isUsed = stays.some((one) => !isMadeHere(desired, one) && isWithin(one.reach, former));
  if (isUsed) return [];
  return [
    {
      change: change(at("managementScopes", former.name), former.filter, undefined),
      cmdlet: { name: "Remove-ManagementScope", parameters: { Identity: former.name, ...quiet } },
      doing: "removing the former management scope of",
      about: { kind: "unusedScope", name: former.name },
    },
  ];
}

/** Whether an assignment is one of those that are declared, whoever made it. */
export function isDeclared(
  desired: ApplicationScopeInputs,
  findings: Pick<Findings, "target" | "scope">,
  { role, reach }: Assignment,
): boolean {
  const isRole = desired.roles.some((name) => name.toLowerCase() === role.toLowerCase());
  return isRole && isDeclaredReach(desired, findings, reach);
}

function isDeclaredReach(
  desired: ApplicationScopeInputs,
  { target, scope }: Pick<Findings, "target" | "scope">,
  reach: Reach,
): boolean {
  if (target.kind === "everything") return reach.kind === "everything";
  if (target.kind === "unit") return reach.kind === "unit" && reach.id.toLowerCase() === target.id;
  return scope === undefined
    ? reach.kind === "scope" && reach.name.toLowerCase() === scopeNameOf(desired).toLowerCase()
    : isWithin(reach, scope);
}

/** Whether it was assigned by a declaration of this kind: such a one goes when it is declared no more, whatever becomes of others. */
export function isMadeHere(
  inputs: Pick<ApplicationScopeInputs, "clientId">,
  { name, role, reach }: Assignment,
): boolean {
  return name === assignmentName(inputs, role, reach);
}

function isWithin(reach: Reach, scope: Scope): boolean {
  return reach.kind === "scope" && scope.identities.has(reach.name.toLowerCase());
}

function declaredReach(desired: ApplicationScopeInputs, target: Findings["target"], scope: Scope | undefined): Reach {
  return target.kind === "filter" ? { kind: "scope", name: scope?.name ?? scopeNameOf(desired) } : target;
}

function reachText(reach: Reach): string {
  switch (reach.kind) {
    case "everything":
      return "every mailbox";
    case "scope":
      return `scope ${reach.name}`;
    case "unit":
      return `administrative unit ${reach.id}`;
    default:
      return reach.text;
  }
}

/**
 * The same for the same assignment, so that one that was asked for twice is made once; another for another reach, so that the new one
 * is there before the old one goes. It fits into Exchange's 64 characters for every role.
 */
function assignmentName({ clientId }: Pick<ApplicationScopeInputs, "clientId">, role: string, reach: Reach): string {
  const digest = createHash("sha256").update(JSON.stringify([clientId.toLowerCase(), role, reachText(reach)]));
  return `m365audit ${role.replace(/^Application /, "")} ${digest.digest("hex").slice(0, 12)}`;
}
