/** The tenant's groups as Exchange Online sees them, over HTTPS. */
import { startSandbox, type Sandbox, type TenantInfo } from "./index";
import { exchangeAdministratorOf, limitMailTo, type RunCmdlet } from "./testing/applicationRoles";
import { graphAppId, newApp } from "./testing/apps";
import { connectTo, first, type Wire } from "./testing/wire";

let sandbox: Sandbox;
let wire: Wire;
let contoso: TenantInfo;
let run: RunCmdlet;
beforeAll(async () => {
  sandbox = await startSandbox();
  wire = connectTo(sandbox);
  contoso = first(sandbox.tenants);
  run = await exchangeAdministratorOf(wire, contoso);
});
afterAll(async () => {
  await wire.close();
  await sandbox.close();
});

interface Shown {
  readonly DistinguishedName: string;
  readonly RecipientTypeDetails: string;
}

async function group(identity: string): Promise<Shown> {
  return first((await run("Get-Group", { Identity: identity })).body.value) as unknown as Shown;
}

test("Get-Group finds groups with an address by name, address and distinguished name", async () => {
  const found = await group("leadership@contoso.onmicrosoft.com");
  expect(found).toMatchObject({
    RecipientTypeDetails: "MailUniversalDistributionGroup",
    DistinguishedName: expect.stringMatching(/^CN=leadership,OU=contoso\.onmicrosoft\.com,/) as string,
  });
  for (const identity of ["Leadership", "LEADERSHIP@contoso.example", found.DistinguishedName]) {
    expect(await group(identity)).toEqual(found);
  }
  expect(await group("finance")).toMatchObject({ RecipientTypeDetails: "GroupMailbox" });
  expect(await group("legal-hold")).toMatchObject({ RecipientTypeDetails: "MailUniversalSecurityGroup" });
  expect((await run("Get-Group", { Identity: "auditors" })).status).toBe(404);
});

test("an app without consent to Mail.Read opens the mailboxes of a group's members, for as long as they are members", async () => {
  const app = await newApp(wire, contoso, "Limited");
  await app.consent(graphAppId, "Directory.Read.All");
  const token = (await app.ask("https://graph.microsoft.com/.default")).body.access_token;
  const people = sandbox.control
    .mailboxes(contoso.id)
    .filter(({ recipientTypeDetails }) => recipientTypeDetails === "UserMailbox")
    .map(({ userPrincipalName }) => userPrincipalName);
  const [member = "", outsider = ""] = people;
  sandbox.control.addGroup(contoso.id, {
    kind: "mailEnabledSecurity",
    displayName: "Crawled",
    alias: "crawled",
    members: [member],
  });
  const opens = async (name: string): Promise<number> =>
    (await wire.json("GET", `/v1.0/users/${name}/mailFolders`, undefined, token)).status;
  expect([await opens(member), await opens(outsider)]).toEqual([403, 403]);

  const { DistinguishedName } = await group("crawled");
  const answers = await limitMailTo(run, app, `MemberOfGroup -eq '${DistinguishedName}'`);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect([await opens(member), await opens(outsider)]).toEqual([200, 403]);

  sandbox.control.setGroupMembers(contoso.id, "crawled", [outsider]);
  expect([await opens(member), await opens(outsider)]).toEqual([403, 200]);
});
