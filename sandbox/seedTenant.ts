/** A new tenant: its directory with Microsoft's APIs, people and groups, its mailboxes, and the application that deploys. */
import { exchangeOnline, microsoftGraph, directoryRoleTemplates, type WellKnownApi } from "../provider/entra/wellKnown";
import { secretHash } from "./entra/credentials";
import { Directory } from "./entra/directory";
import { seedMicrosoftApis } from "./entra/microsoftApis";
import { newApplicationProperties, newServicePrincipalProperties } from "./entra/properties";
import { otherDomain, seedDomains, seedGroups } from "./entra/seededPeople";
import { MailboxPeople } from "./entra/users";
import { applicationAccessOf } from "./exchange/applicationAccess";
import type { BehaviourChange } from "./exchange/behaviour";
import { createOrganization } from "./exchange/organization";
import { exchangeDirectory } from "./exchangeDirectory";
import type { SandboxTenant } from "./tenants";
import { graphTime, seededGuid, seededSecret, type SandboxWorld } from "./world";

export interface TenantOptions {
  /** For example `contoso.onmicrosoft.com`. */
  readonly initialDomain: string;
  /** Default: the domain's first label with a capital letter. */
  readonly displayName?: string | undefined;
  /** How many mailboxes, of all types together. Default 50. */
  readonly mailboxes?: number | undefined;
  /** Where its Exchange Online is to behave differently. */
  readonly exchangeBehaviour?: BehaviourChange | undefined;
  /** Directory roles that the deployer has besides Global Reader, for what only an administrator may do. Default: none. */
  readonly deployerRoles?: readonly (keyof typeof directoryRoleTemplates)[] | undefined;
}

const defaultMailboxes = 50;
const DAY = 24 * 60 * 60 * 1000;

/**
 * What the deployer is granted: what the README lists, with `Application.ReadWrite.All` so that it can adopt apps of others, and what
 * reading administrative units takes. No more, so that a component which needs more is found out.
 */
const deployerPermissions: readonly (readonly [WellKnownApi, readonly string[]])[] = [
  [
    microsoftGraph,
    [
      "Application.Read.All",
      "Application.ReadWrite.All",
      "AppRoleAssignment.ReadWrite.All",
      "RoleManagement.ReadWrite.Directory",
      "AdministrativeUnit.Read.All",
    ],
  ],
  // With Global Reader below, so that drift can be read even when the audited app's own consent is gone.
  [exchangeOnline, ["Exchange.ManageAsApp"]],
];

export function seedTenant(options: TenantOptions, world: SandboxWorld): SandboxTenant {
  const initialDomain = options.initialDomain.toLowerCase();
  const displayName = options.displayName ?? capitalised(initialDomain.split(".", 1)[0] ?? initialDomain);
  const tenantId = seededGuid(world.seed, initialDomain, "tenant");
  const second = otherDomain(initialDomain);
  const exchange = createOrganization({
    tenantId,
    initialDomain,
    otherDomains: second === undefined ? [] : [second],
    behaviour: options.exchangeBehaviour,
    mailboxes: options.mailboxes ?? defaultMailboxes,
    seed: world.seed,
    now: () => world.now(),
  });
  const createdDateTime = graphTime(world.now() - DAY);
  const people = new MailboxPeople(exchange, second);
  const directory = new Directory({ tenantId, initialDomain, displayName }, world, people, (seeded) => {
    seedGroups(seeded, exchange, createdDateTime);
  });
  seedDomains(directory);
  applicationAccessOf(exchange).setDirectory(exchangeDirectory(directory));
  seedMicrosoftApis(directory, createdDateTime);
  for (const templateId of [directoryRoleTemplates["Global Administrator"], directoryRoleTemplates["Global Reader"]]) {
    const id = seededGuid(world.seed, initialDomain, "directoryRole", templateId);
    directory.directoryRoles.set(id, { id, roleTemplateId: templateId });
  }
  const deployer = seedDeployer(directory, createdDateTime, options.deployerRoles ?? []);
  return { tenantId, initialDomain, displayName, deployer, directory, exchange, people };
}

function seedDeployer(
  directory: Directory,
  createdDateTime: string,
  roles: NonNullable<TenantOptions["deployerRoles"]>,
): SandboxTenant["deployer"] {
  const { organization, world } = directory;
  const own = (...names: readonly string[]) => seededGuid(world.seed, organization.initialDomain, "deployer", ...names);
  const appId = own("appId");
  const clientSecret = seededSecret(world.seed, organization.initialDomain, "deployer");
  world.issued(clientSecret);
  const id = own("application");
  directory.applications.set(id, {
    id,
    appId,
    createdDateTime,
    properties: {
      ...newApplicationProperties(organization.initialDomain),
      displayName: "Pulumi deployer",
      signInAudience: "AzureADMyOrg",
    },
    keyCredentials: [],
    passwordCredentials: [
      {
        keyId: own("secret"),
        displayName: "Sandbox",
        hint: clientSecret.slice(0, 3),
        startDateTime: createdDateTime,
        endDateTime: graphTime(world.now() + 10 * 365 * DAY),
        sha256: secretHash(clientSecret),
      },
    ],
    federatedIdentityCredentials: [],
    owners: new Set(),
    seeded: true,
  });
  const principalId = own("servicePrincipal");
  directory.servicePrincipals.set(principalId, {
    id: principalId,
    appId,
    appOwnerOrganizationId: organization.tenantId,
    createdDateTime,
    properties: newServicePrincipalProperties(),
    passwordCredentials: [],
    owners: new Set(),
    seeded: true,
  });
  for (const [api, values] of deployerPermissions) {
    const resourceId = directory.servicePrincipalByAppId(api.appId)?.id;
    if (resourceId === undefined) continue;
    for (const role of api.appRoles.filter(({ value }) => values.includes(value))) {
      const assignment = { id: world.newOpaqueId(), appRoleId: role.id, principalId, resourceId, createdDateTime };
      directory.appRoleAssignments.set(assignment.id, assignment);
    }
  }
  for (const role of ["Global Reader", ...roles] as const) {
    const held = {
      id: world.newOpaqueId(),
      principalId,
      roleDefinitionId: directoryRoleTemplates[role],
      directoryScopeId: "/",
      appScopeId: null,
    };
    directory.roleAssignments.set(held.id, held);
  }
  return { clientId: appId, clientSecret };
}

function capitalised(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1);
}
