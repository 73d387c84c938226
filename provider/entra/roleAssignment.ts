import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { ComponentContract } from "../core/contract";
import { InvalidInput, type Problem } from "../core/errors";
import { checkArgs, type Inputs, mustBePlain, orDefault } from "../pulumi/arguments";
import { environments } from "../identity/environments";
import { objectNames } from "./adoption";
import { Adoption, lookUpSetting } from "./adoptionResource";
import { guid } from "./schemas";
import { directoryRoleTemplates } from "./wellKnown";

const defaultRole = "Exchange Administrator";

/** Arguments that say which role; components that assign one for you take them too. */
export const roleChoice = {
  /**
   * The directory role, by its name in the Entra admin center or by its template id. Default: `Exchange Administrator`. Changing
   * it replaces the assignment.
   */
  role: z.string().min(1).default(defaultRole),
  /**
   * Permits `Global Administrator` as the role. Default: false. Nothing in this package needs it: Exchange Administrator is enough
   * for mailbox auditing.
   */
  allowGlobalAdministrator: z.boolean().default(false),
};

export const roleAssignmentArgs = z.strictObject({
  /** Object id of the service principal (or user, or group) that gets the role. Changing it replaces the assignment. */
  principalObjectId: guid,
  ...roleChoice,
  /**
   * What the role covers: `/` for the whole tenant, or `/administrativeUnits/<object id>`. Default: the whole tenant. Changing it
   * replaces the assignment.
   */
  directoryScopeId: z.string().startsWith("/", 'allowed: "/" or "/administrativeUnits/<object id>"').optional(),
  /**
   * Object id of the administrative unit that the role covers, in place of `directoryScopeId`. Entra takes only some roles for a unit.
   * Changing it replaces the assignment.
   */
  administrativeUnitId: guid.optional(),
  /**
   * Takes over an assignment of the same role with the same scope that is there already, in place of failing on it. `pulumi destroy`
   * leaves it then. Turned on later, it takes one that the stack made before for there already; turned off, the assignment is the
   * stack's. The deploying identity needs to read role assignments in Microsoft Graph (`RoleManagement.Read.Directory`). Must be a
   * plain value. Default: false.
   */
  adoptExisting: z.boolean().default(false),
  /** The cloud that the tenant lives in, for looking up what is there. Default: `m365audit:environment`, else `public`. */
  environment: z.enum(environments).meta({ typeName: "Environment" }).optional(),
});

/** Arguments of {@link RoleAssignment}. */
export type RoleAssignmentArgs = Inputs<z.input<typeof roleAssignmentArgs>>;

export const roleAssignmentContract = {
  token: "m365audit:entra:RoleAssignment",
  description: "A built-in directory role, activated in the tenant and assigned to a principal.",
  args: roleAssignmentArgs,
  outputs: z.object({
    /** Id of the assignment. */
    roleAssignmentId: z.string(),
    /** Template id of the role, the same in every tenant. */
    roleTemplateId: z.string(),
    /** Name of the role. */
    roleDisplayName: z.string(),
  }),
} satisfies ComponentContract;

const globalAdministrator = directoryRoleTemplates["Global Administrator"];
/** Its display name, the name that older tools know it by, and its template id. */
const namesOfGlobalAdministrator = ["global administrator", "company administrator", globalAdministrator];

/** Problems of a role that may not be given. `at` is put before the property path. */
export function roleProblems(role: unknown, allowGlobalAdministrator: unknown, at = ""): Problem[] {
  if (typeof role !== "string" || allowGlobalAdministrator === true) return [];
  if (!namesOfGlobalAdministrator.includes(role.trim().toLowerCase())) return [];
  return [
    {
      path: `${at}role`,
      message: `"${role}" was given; allowed only with allowGlobalAdministrator: true. "${defaultRole}" is enough for mailbox auditing`,
    },
  ];
}

/**
 * A directory role for a principal. The role is activated where the tenant has not used it yet, and stays activated on destroy;
 * only the assignment goes.
 *
 * ```ts
 * new entra.RoleAssignment("exchange-administrator", { principalObjectId: app.servicePrincipalObjectId });
 * ```
 *
 * @throws InvalidInput with every problem of the arguments; from the outputs, when the role turns out to be Global Administrator
 */
export class RoleAssignment extends pulumi.ComponentResource {
  /** Id of the assignment. */
  readonly roleAssignmentId: pulumi.Output<string>;
  /** Template id of the role, the same in every tenant. */
  readonly roleTemplateId: pulumi.Output<string>;
  /** Name of the role. */
  readonly roleDisplayName: pulumi.Output<string>;

  constructor(name: string, args: RoleAssignmentArgs, options?: pulumi.ComponentResourceOptions) {
    const subject = `${roleAssignmentContract.token} "${name}"`;
    checkArgs(roleAssignmentArgs, args, subject, (given) => [
      ...roleProblems(given.role, given.allowGlobalAdministrator),
      ...scopeProblems(given),
      ...mustBePlain("adoptExisting", given.adoptExisting),
    ]);
    super(roleAssignmentContract.token, name, {}, options);
    const role = new azuread.DirectoryRole(`${name}-role`, roleArgs(orDefault(args.role, defaultRole)), {
      parent: this,
    });
    this.roleDisplayName = role.displayName;
    // Names that were Outputs, or that only the tenant can resolve, are held to the same rule here.
    this.roleTemplateId = pulumi
      .all([role.templateId, args.allowGlobalAdministrator])
      .apply(([templateId, allowed]) => permitted(templateId, allowed, subject));
    const scope = scopeOf(args);
    const adoption = args.adoptExisting === true ? this.existing(name, args, scope) : undefined;
    const assignment = new azuread.DirectoryRoleAssignment(
      `${name}-assignment`,
      {
        principalObjectId: args.principalObjectId,
        // For a built-in role, Graph takes the template id for the role's definition.
        roleId: adoption?.decided(this.roleTemplateId) ?? this.roleTemplateId,
        ...(scope === undefined ? {} : { directoryScopeId: scope }),
      },
      { parent: this, ...adoption?.taking(objectNames.roleAssignment) },
    );
    this.roleAssignmentId = assignment.id;
    this.registerOutputs({
      roleAssignmentId: this.roleAssignmentId,
      roleTemplateId: this.roleTemplateId,
      roleDisplayName: this.roleDisplayName,
    });
  }

  private existing(name: string, args: RoleAssignmentArgs, scope: pulumi.Output<string> | undefined): Adoption {
    const { principalObjectId, environment } = args;
    const directoryScope = scope ?? pulumi.output("/");
    const found = pulumi
      .all([principalObjectId, environment, this.roleTemplateId, directoryScope])
      .apply(async ([principal, cloud, roleTemplateId, directoryScopeId]) => {
        const { ctx, tenantId } = await lookUpSetting(this, "the role assignment that is there");
        const { existingRoleAssignment } = await import("./adoption/lookUp.js");
        const query = { principalObjectId: principal, roleTemplateId, directoryScopeId };
        return await existingRoleAssignment(ctx, { tenantId, environment: cloud }, query);
      });
    const holder = pulumi.interpolate`${principalObjectId}/${this.roleTemplateId}${directoryScope}`;
    return new Adoption(
      `${name}-adoption`,
      { holder, declared: [objectNames.roleAssignment], found },
      { parent: this },
    );
  }
}

function scopeProblems({ directoryScopeId, administrativeUnitId }: RoleAssignmentArgs): Problem[] {
  if (directoryScopeId === undefined || administrativeUnitId === undefined) return [];
  return [{ path: "administrativeUnitId", message: "not allowed together with directoryScopeId: both say the scope" }];
}

/** Undefined for the whole tenant, where Entra fills the scope in. */
function scopeOf(args: RoleAssignmentArgs): pulumi.Output<string> | undefined {
  const { directoryScopeId, administrativeUnitId } = args;
  if (administrativeUnitId !== undefined) return pulumi.interpolate`/administrativeUnits/${administrativeUnitId}`;
  return directoryScopeId === undefined ? undefined : pulumi.output(directoryScopeId as pulumi.Input<string>);
}

/** A built-in role by its template, so that it is found in a tenant of any language; any other by its name. */
function roleArgs(role: pulumi.Output<string>): azuread.DirectoryRoleArgs {
  const templateId = role.apply((given) => {
    const known = Object.entries(directoryRoleTemplates).find(
      ([name]) => name.toLowerCase() === given.trim().toLowerCase(),
    );
    return known?.[1] ?? (guid.safeParse(given).success ? given.toLowerCase() : undefined);
  });
  return {
    templateId,
    displayName: pulumi.all([role, templateId]).apply(([given, id]) => (id === undefined ? given : undefined)),
  };
}

function permitted(templateId: string, allowGlobalAdministrator: boolean | undefined, subject: string): string {
  const problems = roleProblems(templateId, allowGlobalAdministrator);
  if (problems.length > 0) throw new InvalidInput(subject, problems);
  return templateId;
}
