/** Users, groups and domains over HTTPS. */
import { startSandbox, type Sandbox, type TenantInfo } from "../index";
import { callerWith } from "../testing/apps";
import { connectTo, first, type Answer, type Wire } from "../testing/wire";

let sandbox: Sandbox;
let wire: Wire;
let contoso: TenantInfo;
let token: string;
beforeAll(async () => {
  sandbox = await startSandbox();
  wire = connectTo(sandbox);
  contoso = first(sandbox.tenants);
  token = await callerWith(wire, contoso, "Directory.Read.All");
});
afterAll(async () => {
  await wire.close();
  await sandbox.close();
});

const graph = (path: string, as = token): Promise<Answer> => wire.json("GET", `/v1.0${path}`, undefined, as);
const eventually = (path: string): Promise<Answer> =>
  wire.send("GET", `/v1.0${path}`, { headers: { authorization: `Bearer ${token}`, consistencylevel: "eventual" } });
const filtered = (set: string, filter: string, more = ""): Promise<Answer> =>
  graph(`/${set}?$filter=${encodeURIComponent(filter)}${more}`);
const mailbox = (type: string): string =>
  first(sandbox.control.mailboxes(contoso.id).filter((one) => one.recipientTypeDetails === type)).userPrincipalName;
const ids = ({ body }: Answer): readonly string[] => body.value.map(({ id }) => id);

describe("users", () => {
  it("are those of the mailboxes, page by page", async () => {
    const seen: string[] = [];
    let path: string | undefined = "/users?$top=20&$select=userPrincipalName";
    for (let pages = 0; path !== undefined && pages < 10; pages++) {
      const { body }: Answer = await graph(path);
      seen.push(...body.value.map(({ userPrincipalName }) => userPrincipalName));
      path = body["@odata.nextLink"]?.replace(`${sandbox.origin}/v1.0`, "");
    }
    const boxes = sandbox.control.mailboxes(contoso.id);
    expect(seen.sort()).toEqual(
      boxes
        .filter(({ recipientTypeDetails }) => recipientTypeDetails !== "GroupMailbox")
        .map(({ userPrincipalName }) => userPrincipalName.toLowerCase())
        .sort(),
    );
  });

  it("are found by principal name, mail and any address, with what is selected", async () => {
    const name = mailbox("UserMailbox");
    const other = name.replace("contoso.onmicrosoft.com", "contoso.example");
    const select = "&$select=id,mail,accountEnabled,assignedLicenses,proxyAddresses";
    for (const filter of [
      `userPrincipalName eq '${name}'`,
      `mail eq '${name}'`,
      `proxyAddresses/any(p:p eq 'smtp:${other}')`,
    ]) {
      expect((await filtered("users", filter, select)).body.value).toEqual([
        {
          id: expect.any(String) as string,
          mail: name,
          accountEnabled: true,
          assignedLicenses: [{ disabledPlans: [], skuId: expect.any(String) as string }],
          proxyAddresses: [`SMTP:${name}`, `smtp:${other}`],
        },
      ]);
    }
    expect(Object.keys((await graph(`/users/${name}`)).body)).not.toContain("accountEnabled");
  });

  it.each(["SharedMailbox", "RoomMailbox", "EquipmentMailbox"])(
    "behind a %s cannot sign in and have no licence",
    async (type) => {
      const { body } = await graph(`/users/${mailbox(type)}?$select=accountEnabled,assignedLicenses`);
      expect(body).toMatchObject({ accountEnabled: false, assignedLicenses: [] });
    },
  );

  it("can be counted and searched by domain only in advanced queries", async () => {
    const filter = encodeURIComponent("endswith(userPrincipalName,'@contoso.onmicrosoft.com')");
    expect((await graph("/users/$count")).status).toBe(400);
    expect((await graph(`/users?$filter=${filter}`)).body.error.code).toBe("Request_UnsupportedQuery");
    const { body } = await eventually(`/users?$filter=${filter}&$count=true&$top=1&$select=id`);
    expect(body["@odata.count"]).toBe(
      sandbox.control.mailboxes(contoso.id).filter((one) => one.recipientTypeDetails !== "GroupMailbox").length,
    );
  });
});

describe("groups", () => {
  it("are found by mail and any address, and say what they are", async () => {
    const groups = new Map<string, object>();
    for (const alias of ["finance", "leadership", "legal-hold"]) {
      const answer = await filtered(
        "groups",
        `mail eq '${alias}@contoso.onmicrosoft.com'`,
        "&$select=displayName,mailEnabled,securityEnabled,groupTypes",
      );
      groups.set(alias, first(answer.body.value));
      expect(ids(await filtered("groups", `proxyAddresses/any(p:p eq 'smtp:${alias}@contoso.example')`))).toHaveLength(
        1,
      );
    }
    expect(Object.fromEntries(groups)).toEqual({
      finance: { displayName: "Finance", mailEnabled: true, securityEnabled: false, groupTypes: ["Unified"] },
      leadership: { displayName: "Leadership", mailEnabled: true, securityEnabled: false, groupTypes: [] },
      "legal-hold": { displayName: "Legal Hold", mailEnabled: true, securityEnabled: true, groupTypes: [] },
    });
  });

  it("of group mailboxes have the mailbox's address and object id", async () => {
    const team = first(
      sandbox.control.mailboxes(contoso.id).filter((one) => one.recipientTypeDetails === "GroupMailbox"),
    );
    expect(ids(await filtered("groups", `mail eq '${team.primarySmtpAddress}'`))).toEqual([
      team.externalDirectoryObjectId,
    ]);
    expect((await graph(`/users/${team.userPrincipalName}`)).status).toBe(404);
  });

  it("have members, and through groups in them more, each once", async () => {
    const members = ["leadership", "finance"].map((name) => name);
    const everyone = mailbox("SharedMailbox");
    const { id } = sandbox.control.addGroup(contoso.id, {
      kind: "distributionList",
      displayName: "Nested",
      alias: "nested",
      members: [...members, everyone],
    });
    expect(ids(await graph(`/groups/${id}/members`))).toHaveLength(3);
    const all = ids(await graph(`/groups/${id}/transitiveMembers?$select=id`));
    expect(all).toHaveLength(new Set(all).size);
    const users = await eventually(
      `/groups/${id}/transitiveMembers/microsoft.graph.user?$count=true&$top=1&$select=id`,
    );
    expect(users.body["@odata.count"]).toBe(all.length - members.length);
    expect((await graph(`/groups/${id}/transitiveMembers/microsoft.graph.user`)).status).toBe(400);
    sandbox.control.setGroupMembers(contoso.id, "nested", []);
    expect(ids(await graph(`/groups/${id}/transitiveMembers`))).toEqual([]);
    sandbox.control.removeGroup(contoso.id, "nested");
    expect((await graph(`/groups/${id}`)).status).toBe(404);
  });
});

test("domains say which are verified, and each is found by its name", async () => {
  const { body } = await graph("/domains?$select=id,isVerified");
  expect(body.value).toEqual([
    { id: "contoso.onmicrosoft.com", isVerified: true },
    { id: "contoso.example", isVerified: true },
    { id: "contoso-new.example", isVerified: false },
  ]);
  expect((await graph("/domains/contoso.example")).body).toMatchObject({ isVerified: true, isInitial: false });
  expect((await graph("/domains/fabrikam.example")).body.error.code).toBe("Request_ResourceNotFound");
});

test("people with a licence have a drive with folders, others have none; the tenant has a root site", async () => {
  const files = await callerWith(wire, contoso, "Files.Read.All", "Sites.Read.All");
  const person = mailbox("UserMailbox");
  expect((await graph(`/users/${person}/drive?$select=driveType`, files)).body).toMatchObject({
    driveType: "business",
  });
  expect((await graph(`/users/${person}/drive/root:/documents/Reports:?$select=name`, files)).body).toMatchObject({
    name: "Reports",
  });
  expect((await graph(`/users/${person}/drive/root:/Nowhere`, files)).body.error.code).toBe("itemNotFound");
  expect((await graph(`/users/${mailbox("SharedMailbox")}/drive`, files)).body.error.code).toBe("ResourceNotFound");
  expect((await graph("/sites/root", files)).body).toMatchObject({ webUrl: "https://contoso.sharepoint.com" });
});

test.each([
  ["/users", "User.Read.All"],
  ["/groups", "Group.Read.All"],
  ["/groups", "GroupMember.Read.All"],
  ["/domains", "Domain.Read.All"],
])("%s takes %s, and nothing that the deployer has", async (path, permission) => {
  expect((await graph(path, await callerWith(wire, contoso, permission))).status).toBe(200);
  const refused = await graph(path, await wire.deployerToken(contoso));
  expect([refused.status, refused.body.error.code]).toEqual([403, "Authorization_RequestDenied"]);
});

test("the operator switches off a person's sign-in over HTTP", async () => {
  const name = mailbox("UserMailbox");
  const path = `/_sandbox/tenants/${contoso.id}/users/${name}/accountEnabled`;
  expect((await wire.json("PUT", path, { enabled: false })).status).toBe(204);
  expect((await graph(`/users/${name}?$select=accountEnabled`)).body).toMatchObject({ accountEnabled: false });
  const group = { kind: "distributionList", displayName: "By HTTP", alias: "by-http", members: [name] };
  const made = await wire.json("POST", `/_sandbox/tenants/${contoso.id}/groups`, group);
  expect(ids(await graph(`/groups/${made.body.id}/members`))).toHaveLength(1);
});

test("a mailbox opens to an app with consent to Mail.Read, and to no other", async () => {
  const path = `/users/${mailbox("SharedMailbox")}/mailFolders?$top=1&$select=id`;
  const opened = await graph(path, await callerWith(wire, contoso, "Mail.Read"));
  expect([opened.status, ids(opened)]).toEqual([200, [expect.any(String)]]);
  const refused = await graph(path);
  expect([refused.status, refused.body.error.code]).toEqual([403, "ErrorAccessDenied"]);
});
