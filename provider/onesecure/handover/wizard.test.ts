import { linesOf, type Sheet, type Task, worked } from "../../operator/sheet";
import { connectorHandover } from "./connector";
import { credentialHandover } from "./credential";
import { sourceHandover } from "./source";
import {
  connectorSheet,
  credentialId,
  credentialSheet,
  declaredConnector,
  declaredCredential,
  declaredSource,
  oldSecret,
  otherTenantId,
  removalOf,
  sourceId,
  sourceSheet,
  urn,
} from "./testing/work";

const connectorId = connectorHandover.idOf(declaredConnector, "");

function only(sheets: readonly Sheet[]): Task {
  const [task, ...others] = worked(sheets);
  if (task === undefined || others.length > 0) throw new Error(`not one task but ${String(others.length + 1)}`);
  return task;
}

describe("what is added for the first time", () => {
  const sheets = [credentialSheet(declaredCredential), sourceSheet(declaredSource), connectorSheet(declaredConnector)];

  test("is one walk through the product's wizard, whichever comes first", () => {
    const lines = linesOf(only(sheets));
    expect(`${lines.join("\n")}\n`).toBe(`\
1. Click **Configuration** in the top bar. The page **Managed organizations** is displayed.
2. Click the organization \`Contoso\`. Its page opens with the **Sources** tab selected.
3. On the **Sources** tab, click **Add**. The pane **Select Data Source (Step 1 of 3)** is displayed.
4. Select **Exchange Online** and click **Next**. The pane **Configure source details (Step 2 of 3)** is displayed.
5. **Source Group**: enter \`Exchange Online\`.
6. **Tenant ID**: enter \`11111111-2222-3333-4444-555555555555\`.
7. **Crawl Source**: turn it **ON**.
8. **Credentials**: select **Add new Credentials** from the drop-down menu, or click the **Add** icon.
9. **Client ID**: enter \`aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee\`.
10. **Client Secret**: paste the client secret with the Secret ID \`key-2\`, which ends at \`2027-11-23T00:00:00Z\`. \`pulumi stack output clientSecret --show-secrets --stack prod\` prints it: run that where nobody else sees the screen, paste it straight into the field, and keep it in no file, message or screenshot.
11. **Download Certificate**: click it and keep the file. \`m365audit attest\` takes it with \`--certificate FILE\`, and the next \`pulumi up\` uploads it to the app. 1Secure keeps its private key.
12. **Display Name**: enter \`Contoso audit\`. Save the credentials.
13. **Credentials**: select the credentials that are shown as \`Contoso audit\`, if they are not selected yet.
14. Click **Next**. 1Secure validates what was entered. It offers **Skip Validation** when that fails or takes longer than 45 seconds: when it failed, do not skip it, but correct what is wrong and click **Next** again; skipping saves a source that was not validated. Then the pane **Choose new connector (Step 3 of 3)** is displayed.
15. On the pane **Choose new connector (Step 3 of 3)**, turn **Exchange Online Activity** **ON**. (Newer versions call the pane **Configure Connectors**.)
16. Select the checkbox **Collect non-owner mailbox audit data**.
17. Click **Finish**.
`);
    expect(linesOf(only(sheets.toReversed()))).toEqual(lines);
  });

  test("is attested together", () => {
    expect(only(sheets).tasks).toEqual([
      `source ${sourceId}`,
      `credential ${credentialId}`,
      `connector ${connectorId}`,
    ]);
  });

  test("is a sheet for each resource too, that leads to its part of the wizard and says how to go on", () => {
    expect(linesOf(sheets[0])).toEqual([
      expect.stringContaining("**Configuration**"),
      expect.stringContaining("`Contoso`"),
      "3. On the **Sources** tab, add the Exchange Online source that uses these credentials (**Add**, **Exchange Online**, **Next**), or edit it where it is there already: credentials are added with a source.",
      expect.stringContaining("**Add new Credentials**"),
      expect.stringContaining("**Client ID**"),
      expect.stringContaining("**Client Secret**"),
      expect.stringContaining("**Download Certificate**"),
      expect.stringContaining("**Display Name**"),
      "9. Go on with the steps of the source, which has these credentials selected.",
    ]);
    expect(linesOf(sheets[1]).join("\n")).not.toMatch(/Add new Credentials|Exchange Online Activity/);
    expect(linesOf(sheets[2])).toEqual([
      expect.stringContaining("**Configuration**"),
      expect.stringContaining("`Contoso`"),
      expect.stringContaining("go on in the same wizard up to its connectors"),
      expect.stringContaining("turn **Exchange Online Activity** **ON**"),
      expect.stringContaining("Select the checkbox **Collect non-owner mailbox audit data**"),
      "6. Click **Finish** in the wizard, or save the source.",
    ]);
  });

  test("has credentials for a second source made with the first", () => {
    const second = sourceSheet({ ...declaredSource, tenantId: otherTenantId });
    const tasks = worked([second, ...sheets]);
    expect(tasks.map(({ steps }) => steps.some(({ text }) => text.includes("Add new Credentials")))).toEqual([
      true,
      false,
    ]);
    const late = worked([...sheets, second]);
    expect(late.map(({ tasks: [own] }) => own)).toEqual([`source ${sourceId}`, second.task]);
  });

  test("with a source that is there already adds the credentials in that source's own dialog", () => {
    const others = { ...declaredCredential, displayName: "Contoso audit 2" };
    const id = credentialHandover.idOf(others, urn("Credential", "contoso-credential"));
    const before = { ...declaredSource, credentialId: "operator:Contoso/credentials/00000000" };
    const task = only([credentialSheet(others), sourceSheet({ ...declaredSource, credentialId: id }, before)]);
    expect(linesOf(task)).toEqual(
      [
        "**Configuration**",
        "`Contoso`",
        "edit the Exchange Online source",
        "**Add new Credentials**",
        "**Client ID**",
        "**Client Secret**",
        "**Download Certificate**",
        "**Display Name**",
        "**Credentials**: select the credentials that are shown as `Contoso audit` in place of",
        "Save the source.",
      ].map((text): unknown => expect.stringContaining(text)),
    );
  });
});

describe("what moves to another organization", () => {
  const moved = { ...declaredCredential, organization: "Fabrikam" };
  const source = {
    ...declaredSource,
    organization: "Fabrikam",
    credentialId: credentialHandover.idOf(moved, urn("Credential", "contoso-credential")),
  };
  const connector = { ...declaredConnector, sourceId: sourceHandover.idOf(source, "") };

  test("is removed there, added here, and its credentials go last, when no source uses them", () => {
    const task = only([
      credentialSheet(moved, declaredCredential),
      sourceSheet(source, declaredSource),
      connectorSheet(connector, declaredConnector),
    ]);
    const lines = linesOf(task);
    const at = (text: string): number => lines.findIndex((line) => line.includes(text));
    expect(at("delete the Exchange Online source")).toBe(2);
    expect(lines[1]).toContain("`Contoso`");
    expect(lines[4]).toContain("`Fabrikam`");
    expect(at("click **Add**.")).toBe(5);
    expect(lines.slice(-4)).toEqual([
      expect.stringContaining("Click **Finish**"),
      expect.stringContaining("**Configuration**"),
      expect.stringContaining("`Contoso`"),
      expect.stringContaining("**Delete** icon"),
    ]);
    expect(lines.filter((line) => line.includes("Exchange Online Activity"))).toHaveLength(1);
  });

  test("leaves the connector of a source that stays switched off", () => {
    expect(linesOf(connectorSheet(connector, declaredConnector))[0]).toContain(
      "in `Contoso` stays, turn **Exchange Online Activity** **OFF** there",
    );
  });
});

test("credentials that change with the tenant are edited after the old source is gone and before the new one is added", () => {
  const task = only([
    credentialSheet({ ...declaredCredential, clientId: otherTenantId }, declaredCredential, oldSecret),
    sourceSheet({ ...declaredSource, tenantId: otherTenantId }, declaredSource),
  ]);
  const lines = linesOf(task);
  const places = ["delete the Exchange Online source", "**Edit** icon", "Save the credentials", "click **Add**."];
  const found = places.map((text) => lines.findIndex((line) => line.includes(text)));
  expect(found).toEqual(found.toSorted((one, other) => one - other));
  expect(found).not.toContain(-1);
});

describe("what is no longer declared", () => {
  const credential = removalOf(credentialHandover, declaredCredential, credentialId);
  const source = removalOf(sourceHandover, declaredSource, sourceId, "src-42");
  const connector = removalOf(connectorHandover, declaredConnector, connectorId);

  test("goes in the order that the product allows: the source with its connector, then the credentials", () => {
    const tasks = worked([credential, connector, source]);
    expect(tasks.map(({ tasks: names }) => names)).toEqual([
      [`source ${sourceId} removal`, `connector ${connectorId} removal`],
      [`credential ${credentialId} removal`],
    ]);
    expect(linesOf(tasks[0])).toHaveLength(3);
    expect(linesOf(tasks[0])[2]).toContain("(1Secure's own id: `src-42`); its connector goes with it");
    expect(linesOf(tasks[1])[2]).toContain(
      "On the **Credentials** tab, select the credentials `Contoso audit` and click the **Delete** icon",
    );
  });

  test("is not deleted where it was there before: a person decides that", () => {
    expect(linesOf(source)[2]).toContain("(`adoptExisting`), do not delete it");
    expect(linesOf(connector)[0]).toContain("(`adoptExisting`), set its connector back");
  });

  test("is only switched off where it is a connector whose source stays: the checkbox first, while it is there", () => {
    expect(linesOf(connector).slice(-3)).toEqual([
      "5. Clear the checkbox **Collect non-owner mailbox audit data** (selected → not selected).",
      "6. Turn **Exchange Online Activity** **ON → OFF**.",
      "7. Save the source.",
    ]);
    const off = { ...declaredConnector, exchangeOnlineActivity: false, collectNonOwnerMailboxAuditData: false };
    expect(linesOf(removalOf(connectorHandover, off, connectorId)).at(-2)).toBe(
      "5. See that **Exchange Online Activity** is **OFF**.",
    );
  });

  test("is credentials that wait for a source that is to use others", () => {
    const others = { ...declaredSource, credentialId: "operator:Contoso/credentials/ffffffff" };
    const tasks = worked([credential, sourceSheet(others, declaredSource)]);
    expect(tasks.map(({ task }) => task)).toEqual([`source ${sourceId}`, `credential ${credentialId} removal`]);
  });

  test("is removed before the same is added anew under another name in the program", () => {
    const tasks = worked([sourceSheet(declaredSource), source]);
    expect(tasks.map(({ task }) => task)).toEqual([`source ${sourceId} removal`, `source ${sourceId}`]);
  });

  test("says where nobody recorded what it was", () => {
    const lines = linesOf(sourceHandover.removal({ id: sourceId, stack: "prod", found: {} }));
    expect(lines[1]).toContain("Click the organization (not recorded)");
  });
});
