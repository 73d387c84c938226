/** What the engine does with an app's scope, for tests: up, refresh, the plan that a preview shows, destroy. */
import { type Context, reconcile } from "../../core/kind";
import { gone } from "../../core/plan";
import { type ApplicationAccess, applicationAccessOf } from "../../../sandbox/exchange/applicationAccess";
import type { Mailbox } from "../../../sandbox/exchange/model";
import { type ApplicationScopeKind, applicationScopeOver } from "../applicationScope";
import type { ApplicationScopeInputs, ApplicationScopeState } from "../applicationScope/contract";
import { fullGrants, tenantId, TestTenant } from "./tenant";

export { tenantId };

/** The app to be limited: another than the one that signs in. */
export const crawler = "cccccccc-2222-4333-8444-555555555555";
export const crawlerObjectId = "dddddddd-2222-4333-8444-555555555555";
export const group = {
  guid: "eeeeeeee-2222-4333-8444-555555555555",
  name: "Sales O'Hara",
  distinguishedName:
    "CN=Sales O'Hara,OU=contoso.onmicrosoft.com,OU=Microsoft Exchange Hosted Organizations,DC=OUTLOOK,DC=COM",
  primarySmtpAddress: "sales@contoso.onmicrosoft.com",
  recipientTypeDetails: "MailUniversalDistributionGroup",
};

/** What a program declares. */
export function declaredScope(settings: Partial<ApplicationScopeInputs> = {}): ApplicationScopeInputs {
  return {
    tenantId,
    clientId: crawler,
    servicePrincipalObjectId: crawlerObjectId,
    roles: ["Application Mail.Read", "Application Calendars.Read"],
    scope: { type: "groupEmail", email: group.primarySmtpAddress },
    ...settings,
  };
}

/** A tenant in which the deploying identity may manage assignments, with a group of two mailboxes. */
export class ScopeTenant {
  readonly kind: ApplicationScopeKind;
  readonly access: ApplicationAccess;
  readonly members: readonly Mailbox[];

  private constructor(readonly tenant: TestTenant) {
    this.kind = applicationScopeOver((ctx, inputs) => tenant.open("deployer", inputs.tenantId, ctx));
    this.access = applicationAccessOf(tenant.organization);
    const users = [...tenant.organization.each()].filter(
      ({ recipientTypeDetails }) => recipientTypeDetails === "UserMailbox",
    );
    this.members = users.slice(2, 4);
    this.access.setDirectory({
      findGroup: (identity) => (Object.values(group).includes(identity) ? group : undefined),
      groupMembers: (name) => (name === group.distinguishedName ? this.members.map(({ guid }) => guid) : []),
    });
  }

  static async start(options: { dehydrated?: boolean } = {}): Promise<ScopeTenant> {
    const tenant = await TestTenant.start(options);
    tenant.grants.deployer = fullGrants();
    return new ScopeTenant(tenant);
  }

  stop(): Promise<void> {
    return this.tenant.stop();
  }

  async up(
    inputs: ApplicationScopeInputs = declaredScope(),
    last?: ApplicationScopeState,
    more: Partial<Context> = {},
  ): Promise<ApplicationScopeState> {
    const reference = { inputs, ...(last === undefined ? {} : { id: "scope", last: { ...last } }) };
    return (await reconcile(this.kind, { ...this.tenant.context(), ...more }, reference)).state;
  }

  /** What is recorded after a refresh; undefined when nothing is left. */
  async refresh(last: ApplicationScopeState): Promise<ApplicationScopeState | undefined> {
    const reference = { id: "scope", inputs: last, last: { ...last }, purpose: "refresh" } as const;
    const observed = await this.kind.observe(this.tenant.context(), reference);
    return observed === gone ? undefined : observed.state;
  }

  /** The paths that a preview shows as changing. */
  preview(state: ApplicationScopeState, desired: ApplicationScopeInputs = declaredScope()): readonly string[] {
    return this.kind.plan(desired, { id: "scope", state }).changes.map(({ path }) => path);
  }

  destroy(last: ApplicationScopeState): Promise<void> {
    return this.kind.remove(this.tenant.context(), "scope", last);
  }

  /** `role (scope or unit or everything)` of everything that the crawler is assigned. */
  assigned(appId = crawler): readonly string[] {
    return [...this.access.assignments.values()]
      .filter((one) => one.appId === appId)
      .map(({ role, scope, unit }) => `${role} (${scope ?? unit ?? "everything"})`)
      .sort();
  }

  /** Addresses of the mailboxes that the app may read mail in. */
  readable(appId = crawler, permission = "Mail.Read"): readonly string[] {
    return [...this.tenant.organization.each()]
      .map(({ primarySmtpAddress }) => primarySmtpAddress)
      .filter((address) => this.access.mayRead(appId, address, permission));
  }

  /** Cmdlets that change something, in the order in which they were called. */
  written(): readonly string[] {
    return this.tenant.seen.flatMap(({ body }) => {
      const name = (body as { CmdletInput?: { CmdletName: string } } | undefined)?.CmdletInput?.CmdletName ?? "";
      return /^(?:New|Set|Remove)-/.test(name) ? [name] : [];
    });
  }
}
