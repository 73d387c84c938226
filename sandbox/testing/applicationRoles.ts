/** For tests: an administrator of Exchange Online, and what lets an app into the mailboxes of a scope and no others. */
import type { TenantInfo } from "../index";
import { exchangeAdministrator, exchangeAppId, newApp, type TestApp } from "./apps";
import type { Answer, Wire } from "./wire";

/** Runs a cmdlet of the Exchange admin API, as an app that is an Exchange Administrator. */
export type RunCmdlet = (name: string, parameters: object) => Promise<Answer>;

export async function exchangeAdministratorOf(wire: Wire, tenant: TenantInfo): Promise<RunCmdlet> {
  const app = await newApp(wire, tenant, "Exchange administrator");
  await app.consent(exchangeAppId, "Exchange.ManageAsApp");
  await app.assign(exchangeAdministrator);
  const token = (await app.ask()).body.access_token;
  return (name, parameters) =>
    wire.send("POST", `/adminapi/beta/${tenant.id}/InvokeCommand`, {
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json; charset=utf-8",
        "x-anchormailbox": `UPN:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@${tenant.initialDomain}`,
      },
      body: JSON.stringify({ CmdletInput: { CmdletName: name, Parameters: parameters } }),
    });
}

/**
 * Lets an app read mail in the mailboxes that pass a filter.
 * @param filter OPATH, for example `MemberOfGroup -eq 'CN=…'`
 */
export async function limitMailTo(run: RunCmdlet, app: TestApp, filter: string): Promise<readonly Answer[]> {
  const names = { DisplayName: `app ${app.clientId}`, Scope: `scope of ${app.clientId}`.slice(0, 64) };
  return [
    await run("New-ServicePrincipal", {
      AppId: app.clientId,
      ObjectId: app.principalId,
      DisplayName: names.DisplayName,
    }),
    await run("New-ManagementScope", { Name: names.Scope, RecipientRestrictionFilter: filter }),
    await run("New-ManagementRoleAssignment", {
      App: app.clientId,
      Role: "Application Mail.Read",
      CustomResourceScope: names.Scope,
    }),
  ];
}
