import { directoryRoleTemplates } from "../../../provider/entra/wellKnown";
import { applicationAccessOf, mayRead } from "../applicationAccess";
import { bearer, failure, rows, TestApi } from "../testing/adminApi";

const appId = "cccccccc-2222-4333-8444-555555555555";
const objectId = "dddddddd-2222-4333-8444-555555555555";
const dn = "CN=Sales,OU=contoso.onmicrosoft.com,DC=OUTLOOK,DC=COM";

describe("RBAC for Applications", () => {
  let api: TestApi;
  let [inside, outside] = ["", ""];

  beforeEach(() => {
    api = new TestApi();
    [inside, outside] = [api.organization.glance(3).mailbox(), api.organization.glance(5).mailbox()].map(
      ({ primarySmtpAddress }) => primarySmtpAddress,
    ) as [string, string];
  });

  async function setUp(filter = `PrimarySmtpAddress -eq '${inside}'`): Promise<void> {
    await api.invoke("New-ServicePrincipal", { AppId: appId, ObjectId: objectId, DisplayName: "Crawler" });
    await api.invoke("New-ManagementScope", { Name: "Some", RecipientRestrictionFilter: filter });
    await api.invoke("New-ManagementRoleAssignment", {
      App: objectId,
      Role: "Application Mail.Read",
      CustomResourceScope: "Some",
    });
  }

  async function verdict(resource?: string): Promise<unknown> {
    const parameters = { Identity: appId, ...(resource === undefined ? {} : { Resource: resource }) };
    const [row] = rows(await api.invoke("Test-ServicePrincipalAuthorization", parameters));
    return row?.["InScope"];
  }

  it("lets an app into the mailboxes that the scope's filter finds", async () => {
    await setUp();
    expect([await verdict(inside), await verdict(outside), await verdict()]).toEqual(["True", "False", "Not Run"]);
    expect(mayRead(api.organization, appId, inside, "Mail.Read")).toBe(true);
    expect(mayRead(api.organization, appId, outside, "Mail.Read")).toBe(false);
    expect(mayRead(api.organization, appId, inside, "Application Calendars.Read")).toBe(false);
  });

  it("can let apps wait for what is newly assigned, while the test cmdlet sees it at once", async () => {
    applicationAccessOf(api.organization).setDelay(3_600_000);
    await setUp();
    expect(await verdict(inside)).toBe("True");
    expect(mayRead(api.organization, appId, inside, "Mail.Read")).toBe(false);
    applicationAccessOf(api.organization).setDelay(0);
    expect(mayRead(api.organization, appId, inside, "Mail.Read")).toBe(true);
  });

  it("knows the members of a group by its distinguished name", async () => {
    applicationAccessOf(api.organization).setDirectory({ groupMembers: (name) => (name === dn ? [inside] : []) });
    await setUp(`MemberOfGroup -eq '${dn}'`);
    expect([await verdict(inside), await verdict(outside)]).toEqual(["True", "False"]);
    const found = await api.invoke("Get-Mailbox", { Filter: `MemberOfGroup -eq '${dn}'` });
    expect(rows(found).map(({ PrimarySmtpAddress }) => PrimarySmtpAddress)).toEqual([inside]);
  });

  it("lets who may write read, and counts what a composite role holds", async () => {
    await setUp();
    await api.invoke("New-ManagementRoleAssignment", { App: appId, Role: "Application Exchange Full Access" });
    expect(mayRead(api.organization, appId, outside, "Contacts.Read")).toBe(true);
    expect(mayRead(api.organization, appId, outside, "EWS.AccessAsApp")).toBe(false);
  });

  it("lists an app's assignments by client id, object id and display name, and no one else's", async () => {
    await setUp();
    const other = "cccccccc-9999-4333-8444-555555555555";
    await api.invoke("New-ServicePrincipal", { AppId: other, ObjectId: other });
    await api.invoke("New-ManagementRoleAssignment", { App: other, Role: "application mail.send" });
    for (const RoleAssignee of [appId, objectId, "crawler"]) {
      const listed = rows(await api.invoke("Get-ManagementRoleAssignment", { RoleAssignee }));
      expect(listed).toMatchObject([
        { Role: "Application Mail.Read", RoleAssigneeName: appId, CustomResourceScope: "Some" },
      ]);
    }
    expect(rows(await api.invoke("Get-ManagementRoleAssignment"))).toHaveLength(2);
  });

  it("refuses a second scope with the same filter, and one with the same name", async () => {
    await setUp("Alias -eq 'a'");
    const second = await api.invoke("New-ManagementScope", { Name: "B", RecipientRestrictionFilter: "alias -eq 'a'" });
    expect(failure(second).text).toContain("same RecipientRoot, RecipientFilter");
    const again = await api.invoke("New-ManagementScope", {
      Name: "some",
      RecipientRestrictionFilter: "Alias -eq 'b'",
    });
    expect(failure(again)).toMatchObject({ type: "ManagementObjectAlreadyExistsException" });
    await api.invoke("Set-ManagementScope", { Identity: "Some", RecipientRestrictionFilter: "Alias -eq 'c'" });
    expect(rows(await api.invoke("Get-ManagementScope", { Identity: "some" }))[0]).toMatchObject({
      RecipientFilter: "Alias -eq 'c'",
    });
  });

  it("refuses what is no filter", async () => {
    const bad = await api.invoke("New-ManagementScope", { Name: "B", RecipientRestrictionFilter: "Alias -is 'a'" });
    expect(bad.status).toBe(400);
  });

  it("removes in the order in which nothing is in use", async () => {
    await setUp();
    expect((await api.invoke("Remove-ManagementScope", { Identity: "Some" })).status).toBe(400);
    expect((await api.invoke("Remove-ServicePrincipal", { Identity: appId })).status).toBe(400);
    const [assignment] = rows(await api.invoke("Get-ManagementRoleAssignment", { RoleAssignee: appId }));
    await api.invoke("Remove-ManagementRoleAssignment", { Identity: assignment?.Name, Confirm: false });
    expect((await api.invoke("Remove-ManagementScope", { Identity: "Some", Confirm: false })).status).toBe(200);
    expect((await api.invoke("Remove-ServicePrincipal", { Identity: appId, Confirm: false })).status).toBe(200);
    const gone = await api.invoke("Get-ServicePrincipal", { Identity: appId });
    expect(failure(gone)).toMatchObject({ type: "ManagementObjectNotFoundException" });
  });

  it("assigns application roles only, to apps that it knows, for scopes that there are", async () => {
    await setUp();
    const assign = async (more: object): Promise<number> =>
      (await api.invoke("New-ManagementRoleAssignment", { App: appId, Role: "Application Mail.Read", ...more })).status;
    expect(await assign({ Role: "Mail Recipients" })).toBe(400);
    expect(await assign({ App: "nobody" })).toBe(404);
    expect(await assign({ CustomResourceScope: "None" })).toBe(404);
    expect(await assign({ CustomResourceScope: "Some", RecipientAdministrativeUnitScope: objectId })).toBe(400);
    expect(await assign({ Name: "x".repeat(65) })).toBe(400);
  });

  it("knows no service principal that Entra does not have", async () => {
    applicationAccessOf(api.organization).setDirectory({ knowsServicePrincipal: () => false });
    const answer = await api.invoke("New-ServicePrincipal", { AppId: appId, ObjectId: objectId });
    expect(failure(answer).text).toContain("AADServicePrincipalNotFound");
  });

  it("lets readers look, and administrators of Exchange change", async () => {
    const reader = { authorization: bearer({ wids: [directoryRoleTemplates["Global Reader"]] }) };
    const change = await api.invoke("New-ServicePrincipal", { AppId: appId, ObjectId: objectId }, { headers: reader });
    expect(change.status).toBe(403);
    expect((await api.invoke("Get-ServicePrincipal", {}, { headers: reader })).status).toBe(200);
  });
});
