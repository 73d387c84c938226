/** Run-sheets of changes: only what changes, from what to what. */
import { linesOf, notKnownYet } from "../../operator/sheet";
import type { CredentialInputs } from "../credential";
import { connectorHandover } from "./connector";
import { credentialHandover } from "./credential";
import { sourceHandover } from "./source";
import {
  connectorSheet,
  credentialSheet,
  declaredConnector,
  declaredCredential,
  declaredSource,
  oldSecret,
  otherTenantId,
  sourceSheet,
} from "./testing/work";

/** The steps between the way to the dialog and the saving of it. */
function between(lines: readonly string[]): string[] {
  return lines.slice(3, -1).map((line) => line.replace(/^\d+\. /, ""));
}

test("what is as attested has no steps", () => {
  expect(credentialSheet(declaredCredential, declaredCredential).steps).toEqual([]);
  expect(sourceSheet(declaredSource, declaredSource).steps).toEqual([]);
  expect(connectorSheet(declaredConnector, declaredConnector).steps).toEqual([]);
});

test("a name that only the run-sheet uses is no change", () => {
  expect(sourceSheet({ ...declaredSource, credentialDisplayName: "Other" }, declaredSource).steps).toEqual([]);
  expect(sourceSheet({ ...declaredSource, adoptExisting: true }, declaredSource).steps).toEqual([]);
});

test("the same thing in the product is told by its place there, whatever else changed", () => {
  const source = (more: object): boolean | undefined =>
    sourceHandover.isSameThing?.({ ...declaredSource }, { ...declaredSource, ...more });
  expect([source({ crawlSource: false, credentialId: "x" }), source({ tenantId: otherTenantId })]).toEqual([
    true,
    false,
  ]);
  const credential = (more: object): boolean | undefined =>
    credentialHandover.isSameThing?.({ ...declaredCredential }, { ...declaredCredential, ...more });
  expect([credential({ clientId: "x" }), credential({ displayName: "x" })]).toEqual([true, false]);
  expect([credential({ organization: "x" }), credentialHandover.isSameThing?.({}, {})]).toEqual([false, false]);
  const connector = (more: object): boolean | undefined =>
    connectorHandover.isSameThing?.({ ...declaredConnector }, { ...declaredConnector, ...more });
  expect([connector({ exchangeOnlineActivity: false }), connector({ sourceId: "x" })]).toEqual([true, false]);
});

describe("a source", () => {
  test("is switched in one step", () => {
    expect(linesOf(sourceSheet(declaredSource, { ...declaredSource, crawlSource: false }))).toEqual([
      "1. Click **Configuration** in the top bar. The page **Managed organizations** is displayed.",
      "2. Click the organization `Contoso`. Its page opens with the **Sources** tab selected.",
      "3. On the **Sources** tab, edit the Exchange Online source of the tenant `11111111-2222-3333-4444-555555555555`.",
      "4. Turn **Crawl Source** **OFF → ON**.",
      "5. Save the source.",
    ]);
  });

  test("gets another group and other credentials, by the name in the drop-down", () => {
    const before = { ...declaredSource, sourceGroup: "Old", credentialId: "operator:Contoso/credentials/1" };
    expect(between(linesOf(sourceSheet(declaredSource, before)))).toEqual([
      "**Source Group**: change it from `Old` to `Exchange Online`.",
      "**Credentials**: select the credentials that are shown as `Contoso audit` in place of those that are selected.",
    ]);
  });

  test("in a preview that has yet to make its credentials, keeps those that it had", () => {
    const before = { ...declaredSource, credentialId: "operator:Contoso/credentials/1" };
    const sheet = sourceSheet({ ...declaredSource, crawlSource: false, credentialId: notKnownYet }, before);
    expect(between(linesOf(sheet))).toEqual(["Turn **Crawl Source** **ON → OFF**."]);
  });

  test("says which credentials someone found selected", () => {
    const before = { ...declaredSource, credentialId: "Someone else's" };
    expect(between(linesOf(sourceSheet(declaredSource, before)))[0]).toContain("in place of `Someone else's`.");
  });

  test("whose credentials have no declared name is told by their id", () => {
    const { credentialDisplayName: _, ...declared } = declaredSource;
    expect(linesOf(sourceSheet(declared)).join("\n")).toContain(`with the id \`${declared.credentialId}\``);
  });

  test("that may be there already is looked for, and noted down before it is changed", () => {
    const lines = linesOf(sourceSheet({ ...declaredSource, adoptExisting: true }));
    expect(lines[2]).toMatch(/^3\. Look on the \*\*Sources\*\* tab .* note down what it is set to.*edit it instead/);
    expect(lines[3]).toContain("click **Add**");
  });
});

describe("credentials", () => {
  test("get another secret before the one that they have ends", () => {
    const lines = linesOf(credentialSheet(declaredCredential, declaredCredential, oldSecret));
    expect(lines[2]).toBe(
      "3. On the **Credentials** tab, select the credentials `Contoso audit` and click the **Edit** icon.",
    );
    expect(between(lines)).toEqual([
      "**Client Secret**: paste the client secret with the Secret ID `key-2`, which ends at `2027-11-23T00:00:00Z`, in place of the " +
        "one with the Secret ID `key-1`. Do it before that one ends at `2026-12-24T00:00:00Z`; Entra keeps both until this is " +
        "attested. `pulumi stack output clientSecret --show-secrets --stack prod` prints it: run that where nobody else sees the " +
        "screen, paste it straight into the field, and keep it in no file, message or screenshot.",
    ]);
  });

  test("whose secret has no known end have no deadline", () => {
    const lines = linesOf(credentialSheet(declaredCredential, declaredCredential, { keyId: "key-1" }));
    expect(lines[3]).toContain("in place of the one with the Secret ID `key-1`; Entra keeps both");
  });

  test("of another app get that one's secret, whatever becomes of the other's", () => {
    const before = { ...declaredCredential, clientId: "ffffffff-bbbb-cccc-dddd-eeeeeeeeeeee" };
    const text = linesOf(credentialSheet(declaredCredential, before, oldSecret)).join("\n");
    expect(text).toContain("the Secret ID `key-2`");
    expect(text).not.toMatch(/key-1|Entra keeps both|before that one ends/);
  });

  test("are found by the name that they have, and change in the dialog's order", () => {
    const before = { ...declaredCredential, displayName: "Old", clientId: "ffffffff-bbbb-cccc-dddd-eeeeeeeeeeee" };
    const lines = linesOf(credentialSheet(declaredCredential, before));
    expect(lines[2]).toContain("`Old`");
    expect(between(lines)).toEqual([
      "**Client ID**: change it from `ffffffff-bbbb-cccc-dddd-eeeeeeeeeeee` to `aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee`.",
      "**Display Name**: change it from `Old` to `Contoso audit`.",
    ]);
  });

  test("take the secret from the stack output that the program names, quoted for the shell", () => {
    const clientSecretReference = { keyId: "key-2", stackOutput: "it's $(secret)" };
    const text = linesOf(credentialSheet({ ...declaredCredential, clientSecretReference })).join("\n");
    expect(text).toContain(String.raw`pulumi stack output 'it'\''s $(secret)' --show-secrets --stack prod`);
  });

  test("in a preview say what is not known yet", () => {
    const reference = notKnownYet as unknown as CredentialInputs["clientSecretReference"];
    const partly = { keyId: notKnownYet, endDate: notKnownYet, stackOutput: "clientSecret" };
    const [whole = "", part = ""] = [reference, partly].map((clientSecretReference) =>
      linesOf(credentialSheet({ ...declaredCredential, clientId: notKnownYet, clientSecretReference })).join("\n"),
    );
    for (const text of [whole, part]) {
      expect(text).toContain("**Client ID**: enter (known after `pulumi up`).");
      expect(text).toContain("the client secret with the Secret ID (known after `pulumi up`)");
      expect(text).not.toContain(notKnownYet);
    }
    expect(part).toContain("`pulumi stack output clientSecret --show-secrets --stack prod`");
  });
});

describe("a connector", () => {
  const off = { ...declaredConnector, exchangeOnlineActivity: false, collectNonOwnerMailboxAuditData: false };

  test("goes on before its checkbox is selected, which is only there then", () => {
    expect(between(linesOf(connectorSheet(declaredConnector, off)))).toEqual([
      "Turn **Exchange Online Activity** **OFF → ON**.",
      "Select the checkbox **Collect non-owner mailbox audit data** (not selected → selected).",
    ]);
  });

  test("goes off after its checkbox is cleared", () => {
    expect(between(linesOf(connectorSheet(off, declaredConnector)))).toEqual([
      "Clear the checkbox **Collect non-owner mailbox audit data** (selected → not selected).",
      "Turn **Exchange Online Activity** **ON → OFF**.",
    ]);
  });

  test("of a source that a program made is told by that source's id", () => {
    const lines = linesOf(connectorSheet({ ...declaredConnector, sourceId: "src_1" }));
    expect(lines[1]).toBe("2. Click the organization of the source `src_1`.");
    expect(lines[2]).toContain("edit the Exchange Online source `src_1`");
  });

  test("in a preview shows no part of a text that is not known yet", () => {
    const lines = linesOf(
      connectorSheet({ ...declaredConnector, sourceId: `operator:Audit ${notKnownYet}/${notKnownYet}` }),
    );
    expect(lines[1]).toContain("Click the organization (known after `pulumi up`).");
    expect(lines.join("\n")).not.toMatch(new RegExp(`Audit|${notKnownYet}`));
  });

  test("in a preview says that its source is not known yet", () => {
    const lines = linesOf(connectorSheet({ ...declaredConnector, sourceId: notKnownYet })).join("\n");
    expect(lines).toContain("Click the organization (known after `pulumi up`).");
    expect(lines).not.toContain(notKnownYet);
  });
});
