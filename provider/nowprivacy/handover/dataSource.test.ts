import * as fc from "fast-check";
import { linesOf, notKnownYet, worked } from "../../operator/sheet";
import type { DataSourceInputs } from "../dataSourceContract";
import { datasetHandover } from "./dataset";
import { dataSourceHandover } from "./dataSource";
import { labels } from "./dataSourceFields";
import {
  clientSecret,
  dataSourceWork,
  datasetWork,
  declaredSource,
  finance,
  keyId,
  mail,
  mailId,
} from "./testing/work";

const before = { keyId: "44444444-4444-4444-4444-444444444444", endDate: "2026-12-01T10:00:00Z" };
const id = dataSourceHandover.idOf(finance, "urn:pulumi:contoso::audit::x::finance");

const sheetFor = (...given: Parameters<typeof dataSourceWork>): ReturnType<typeof dataSourceHandover.sheet> =>
  dataSourceHandover.sheet(dataSourceWork(...given));
const linesFor = (...given: Parameters<typeof dataSourceWork>): string[] => linesOf(sheetFor(...given));
const textFor = (...given: Parameters<typeof dataSourceWork>): string => linesFor(...given).join("\n");

test("a new data source in a new dataset is one walk through the product's dialog, the security groups at its end", () => {
  const tasks = worked([datasetHandover.sheet(datasetWork(mail)), sheetFor(finance)]);
  expect(tasks.map(({ title, tasks: names }) => [title, names.length])).toEqual([
    ["Create the Exchange data source `Finance mail` in the dataset `Mail`", 2],
  ]);
  expect(`${tasks.flatMap(linesOf).join("\n")}\n`).toBe(`\
1. From the main menu select **Data Sources**.
2. Click **New** > **New Data Source**.
3. In the **New Data Source** dialog, choose the dataset \`Mail\` from the dropdown; only if it is new and not there yet, click **Add to new Data Set** and type \`Mail\`.
4. Click **Next**.
5. Select the **Office 365** data source and click **Next**.
6. Select the Office 365 service **Exchange**.
7. **Application (Client) ID**: enter \`11111111-1111-1111-1111-111111111111\`.
8. **Client Secret**: paste the client secret with the Secret ID \`33333333-3333-3333-3333-333333333333\`, which ends at \`2027-05-22T10:00:00Z\`. \`pulumi stack output clientSecret --show-secrets --stack contoso\` prints it: run that where nobody else sees the screen, paste it straight into the field, and keep it in no file, message or screenshot.
9. **Directory (Tenant) ID**: enter \`22222222-2222-2222-2222-222222222222\`.
10. Optionally click **Test Credentials**: it has to show that the credentials allow to crawl mailboxes and calendars. If it does not, contact the Azure administrator before going on. Where the program has a \`Connection\` (\`Office365DataSource\` has), that has made the same test with the same secret: what passed there and fails here was most likely mistyped.
11. Click **Next**.
12. Choose the ingestion scope **Group email**.
13. Fill in the domain \`contoso.com\` and the email \`finance@contoso.com\`.
14. Optionally click **Test Connection**: it has to find what the scope names, as the \`Connection\` did. Check **Ignore this warning** only if the \`Connection\` gave the same warning (\`warnings\`), or if Microsoft 365 cannot be reached right now.
15. Select the country \`United Kingdom\` (\`GB\`) and click **Next**.
16. Click **Add Custom Description** and enter \`Finance mail\`.
17. Set the **Crawl priority** to \`0.5\`.
18. Whether to crawl once or continuously: choose **Continuous**.
19. Click **Start Crawl Immediately**.
20. Click **Create Data Source**.
21. From the main menu select **System** and click **Security Groups**: nobody sees a dataset's data but the members of its groups. A group that is not there yet is made with the blue plus icon: enter its name and a description and click **Create Security Group**, then add its users.
22. Add the dataset \`Mail\` to the security group \`Privacy team\`.
`);
});

test("a dataset is made with the first of its data sources; the next ones find it in the dropdown", () => {
  const other = { ...sheetFor(declaredSource({ service: "oneDrive" })), task: "dataSource other" };
  const first = sheetFor(finance);
  const tasks = worked([other, datasetHandover.sheet(datasetWork(mail)), first]);
  expect(tasks.map(({ tasks: names }) => names)).toEqual([[other.task, `dataset ${mailId}`], [first.task]]);
});

test("without the dataset's name in the declaration, the dataset is made by its own sheet, before", () => {
  const nameless = sheetFor(declaredSource({ datasetName: undefined }));
  const tasks = worked([nameless, datasetHandover.sheet(datasetWork(mail))]);
  expect(tasks.map(({ task }) => task)).toEqual([`dataset ${mailId}`, nameless.task]);
  expect(linesOf(nameless)[2]).toBe(
    `3. In the **New Data Source** dialog, choose the dataset with the id \`${mailId}\` from the dropdown. Its own run-sheet has its name.`,
  );
});

test("a dataset that is not declared here is there, so nobody is told to make it", () => {
  expect(textFor(declaredSource({ datasetId: "ds-1" }))).not.toContain("Add to new Data Set");
});

test("OneDrive has a Folder Path, blank for all folders, and no other service has", () => {
  expect(textFor(declaredSource({ service: "oneDrive", folderPath: "/Documents/Reports" }))).toContain(
    "**Folder Path**: enter `/Documents/Reports`.",
  );
  expect(textFor(declaredSource({ service: "oneDrive" }))).toContain(
    "**Folder Path**: leave it blank, for all folders.",
  );
  expect(textFor(finance)).not.toContain("Folder Path");
});

test("the scope Everything asks for no domain, and a crawl that is not to start is left alone", () => {
  const text = textFor(declaredSource({ ingestionScope: { type: "everything" }, startImmediately: false }));
  expect(text).not.toContain("Fill in");
  expect(text).toContain("Leave **Start Crawl Immediately** off.");
});

test("of an app that Exchange Online limits, Test Credentials may miss the mail", () => {
  expect(textFor(declaredSource({ reach: ["Directory.Read.All"] }))).toContain("mail may be missing there");
  expect(textFor(finance)).not.toContain("mail may be missing there");
});

test("an update says what changes and nothing else", () => {
  expect(linesFor(finance, declaredSource({ crawlPriority: 0.2, country: "DE" }))).toEqual([
    "1. From the main menu select **Data Sources** and select the data source `Finance mail`.",
    "2. Open the data source's settings.",
    "3. Country: `Germany` (`DE`) → `United Kingdom` (`GB`).",
    "4. **Crawl priority**: `0.2` → `0.5`.",
    "5. Save the settings.",
  ]);
});

test("a data source without a custom description is named by service, scope and tenant", () => {
  const was = declaredSource({ customDescription: undefined });
  expect(linesFor(finance, was).slice(0, 3)).toEqual([
    "1. From the main menu select **Data Sources** and select the Exchange data source with the scope Group email, domain `contoso.com`, email `finance@contoso.com` of the tenant `22222222-2222-2222-2222-222222222222`.",
    "2. Open the data source's settings.",
    "3. Custom Description: none, so that NOW Privacy's own shows → `Finance mail`.",
  ]);
});

test("a new client secret is entered while the crawl is paused, before the old one ends", () => {
  expect(linesFor(finance, finance, before)).toEqual([
    "1. From the main menu select **Data Sources** and select the data source `Finance mail`.",
    "2. If its crawl is running, or is set to go on by itself (**Continuous**), pause it before anything is changed: a crawl that meets a credential that is about to go loses sight of the data, and NOW Privacy deletes its own copy of what a crawl no longer sees.",
    "3. Open the data source's settings.",
    "4. **Client Secret**: paste the client secret with the Secret ID `33333333-3333-3333-3333-333333333333`, which ends at `2027-05-22T10:00:00Z`, in place of the one with the Secret ID `44444444-4444-4444-4444-444444444444`. Do it before that one ends at `2026-12-01T10:00:00Z`; Entra keeps both until this is attested. `pulumi stack output clientSecret --show-secrets --stack contoso` prints it: run that where nobody else sees the screen, paste it straight into the field, and keep it in no file, message or screenshot.",
    "5. If the settings offer **Test Credentials**, click it, and save only when it shows that the new credentials may crawl what the old ones could.",
    "6. Save the settings.",
    "7. If you paused the crawl, resume it.",
  ]);
});

test("another app pauses the crawl too, and a limited one is waited for", () => {
  const was = declaredSource({ applicationId: "55555555-5555-5555-5555-555555555555" });
  expect(textFor(finance, was)).toMatch(/pause it before[^]*Application \(Client\) ID[^]*resume it\.$/);
  expect(textFor(declaredSource({ reach: ["Directory.Read.All"] }), was)).toContain("30 minutes to 2 hours");
});

test("a crawl that is made continuous is started by hand if it is not running; one made single is not", () => {
  const start = "If the crawl is not running, start it by hand once";
  expect(textFor(finance, declaredSource({ crawlMode: "once" }))).toContain(start);
  expect(textFor(declaredSource({ crawlMode: "once" }), finance)).not.toContain(start);
});

test("a narrower scope or folder says in clear words what is deleted; a wider one deletes nothing", () => {
  const deletes = "This deletes data";
  const wide = declaredSource({ ingestionScope: { type: "everything" } });
  expect(textFor(finance, wide)).toContain(deletes);
  expect(textFor(wide, finance)).not.toContain(deletes);
  const [all, one] = [{}, { folderPath: "/Reports" }].map((more) => declaredSource({ service: "oneDrive", ...more }));
  expect(textFor(one ?? finance, all)).toContain(deletes);
  expect(textFor(all ?? finance, one)).not.toContain(deletes);
  expect(textFor(all ?? finance, one)).toContain("**Folder Path**: `/Reports` → blank, for all folders.");
});

test.each([
  ["datasetId", { datasetId: "operator:dataset/00000000" }],
  ["service", { service: "sharePoint" }],
  ["tenantId", { tenantId: "66666666-6666-6666-6666-666666666666" }],
])("another %s is the old one deleted, with the product's copy, and then a new one", (_, more) => {
  const lines = linesFor(finance, declaredSource({ ...more, customDescription: "Old" }));
  expect(lines.slice(0, 2)).toEqual([
    "1. From the main menu select **Data Sources** and select the data source `Old`.",
    "2. Delete that data source. This deletes data: NOW Privacy's own copy of what it has crawled goes with it. Nothing in Microsoft 365 is deleted.",
  ]);
  expect(lines.slice(2).map((line) => line.replace(/^\d+/, ""))).toEqual(
    linesFor(finance).map((line) => line.replace(/^\d+/, "")),
  );
});

test("a removal names the data source by description and id, and says that the copy goes", () => {
  const { found = {} } = dataSourceWork(finance, finance);
  const sheet = dataSourceHandover.removal({ id, stack: "contoso", found, vendorId: "ds-7" });
  expect(sheet.task).toBe(`dataSource removal ${id}`);
  expect(linesOf(sheet)).toEqual([
    "1. From the main menu select **Data Sources** and select the data source `Finance mail`, id `ds-7`.",
    "2. Delete that data source. This deletes data: NOW Privacy's own copy of what it has crawled goes with it. Nothing in Microsoft 365 is deleted.",
  ]);
});

describe("what has to be gone first", () => {
  const gone = (declared: DataSourceInputs): ReturnType<typeof dataSourceHandover.removal> =>
    dataSourceHandover.removal({ id, stack: "contoso", found: dataSourceWork(declared, declared).found ?? {} });
  const datasetGone = (name: string, heir?: object): ReturnType<typeof datasetHandover.removal> =>
    datasetHandover.removal(
      { id: `operator:dataset/${name}`, stack: "contoso", found: { ...mail, name } },
      heir as never,
    );
  const order = (sheets: Parameters<typeof worked>[0]): string[] => worked(sheets).map(({ task }) => task);
  const every = <T>(items: readonly T[]): T[][] =>
    items.length < 2
      ? [[...items]]
      : items.flatMap((one, at) => every(items.filter((_, other) => other !== at)).map((rest) => [one, ...rest]));

  test("is the data source and the dataset of the same name, before both are made anew, however the sheets come", () => {
    const [made, source] = [sheetFor(finance), datasetHandover.sheet(datasetWork(mail))];
    for (const sheets of every([made, source, gone(finance), datasetGone("Mail")])) {
      expect(order(sheets)).toEqual([gone(finance).task, datasetGone("Mail").task, made.task]);
    }
  });

  test("is a data source that moves to another dataset, before the one that it leaves", () => {
    const moved = sheetFor(finance, declaredSource({ datasetId: "operator:dataset/Old" }));
    for (const sheets of every([moved, datasetHandover.sheet(datasetWork(mail)), datasetGone("Old")])) {
      expect(order(sheets)).toEqual([moved.task, datasetGone("Old").task]);
    }
  });

  test("is a dataset whose name another one gets, before every data source that is made there anew", () => {
    const moved = sheetFor(finance, declaredSource({ datasetId: "operator:dataset/Mail" }));
    const second = { ...moved, task: `${moved.task} second` };
    const dataset = datasetHandover.sheet(datasetWork(mail));
    const heirs = every([moved, second, dataset, datasetGone("Mail", mail)]);
    for (const sheets of heirs) expect(order(sheets)[0]).toBe(datasetGone("Mail").task);
  });

  test("is a data source whose description another one gets", () => {
    const renamed = sheetFor(finance, declaredSource({ customDescription: "Other" }));
    expect(order([renamed, gone(finance)])).toEqual([gone(finance).task, renamed.task]);
  });
});

describe("a data source under another declaration", () => {
  const isSame = (one: object, other: object): boolean | undefined =>
    dataSourceHandover.isSameThing?.({ ...finance, ...one }, { ...finance, ...other });

  test("is the same with the same description, whatever its dataset, app and scope", () => {
    expect(isSame({ datasetId: "a", applicationId: "b", ingestionScope: { type: "everything" } }, {})).toBe(true);
    expect(isSame({}, { customDescription: "Other" })).toBe(false);
    expect(isSame({}, { customDescription: undefined })).toBe(false);
    expect(isSame({ customDescription: undefined }, {})).toBe(false);
  });

  test("without a description is the same with service, scope, tenant and folder", () => {
    const none = { customDescription: undefined };
    expect(isSame({ ...none, datasetId: "a", applicationId: "b", country: "DE" }, none)).toBe(true);
    for (const more of [
      { service: "oneDrive" },
      { tenantId: "66666666-6666-6666-6666-666666666666" },
      { folderPath: "/Reports" },
      { ingestionScope: { type: "everything" } },
    ]) {
      expect(isSame({ ...none, ...more }, none)).toBe(false);
    }
  });
});

test("what is only declared is no work for a person", () => {
  const work = dataSourceWork(finance);
  const changes = ["crawl", "startImmediately", "reach", "allowDataLoss", "datasetName", "clientSecretReference"].map(
    (path) => ({ path, from: 1, to: 2, replaces: false, secret: false }),
  );
  expect(dataSourceHandover.sheet({ ...work, changes }).steps).toEqual([]);
  expect(dataSourceHandover.sheet({ ...work, found: {}, changes }).steps).toEqual([]);
});

test("what is recorded is what nobody can read: no progress, no errors, no description of the product's own", () => {
  const entry = { resource: "", action: "entered", fingerprint: "", values: {}, by: "", at: "", id: "ds-7" } as const;
  expect(dataSourceHandover.outputs(id, finance, undefined)).toEqual({
    dataSourceId: id,
    description: "Finance mail",
    progress: { discovered: 0, crawled: 0, analysed: 0, containers: 0 },
    crawlErrors: { count: 0, sample: [] },
  });
  expect(dataSourceHandover.outputs(id, declaredSource({ customDescription: undefined }), entry)).toMatchObject({
    description: "",
    vendorId: "ds-7",
  });
});

test("the id is the same in each run and another for each declaration", () => {
  expect(id).toMatch(/^operator:dataSource\/[0-9a-f]{8}$/);
  expect(dataSourceHandover.idOf(finance, "urn:pulumi:contoso::audit::x::finance")).toBe(id);
  expect(dataSourceHandover.idOf(finance, "urn:pulumi:contoso::audit::x::other")).not.toBe(id);
});

const unknown = (more: object): DataSourceInputs => ({ ...finance, ...more });

test.each([
  ...dataSourceHandover.entered.map((name) => ({
    [name]: notKnownYet,
    ...(name === "datasetId" ? { datasetName: undefined } : {}),
  })),
  { datasetName: notKnownYet },
  { startImmediately: notKnownYet },
  { ingestionScope: { type: "domain", domain: notKnownYet } },
  { ingestionScope: { type: notKnownYet } },
  { clientSecretReference: notKnownYet },
  { clientSecretReference: { keyId: notKnownYet, endDate: notKnownYet, stackOutput: notKnownYet } },
])("what is not known yet says so, and its stand-in is never shown: %j", (property) => {
  const created = textFor(unknown(property));
  expect(created).toContain("(known after `pulumi up`)");
  const changed = textFor(unknown(property), declaredSource({ country: "DE" }), before);
  for (const text of [created, changed, sheetFor(unknown(property)).title]) expect(text).not.toContain(notKnownYet);
});

test("a dataset, service or tenant that is not known yet is not taken for another one", () => {
  expect(linesFor(unknown({ datasetId: notKnownYet }), finance)[2]).toBe(
    `3. Data Set: whether it stays \`${mailId}\` is (known after \`pulumi up\`). Another one makes a new data source in place of this one.`,
  );
  for (const property of ["datasetId", "service", "tenantId"]) {
    expect(textFor(unknown({ [property]: notKnownYet }), finance)).not.toContain("Delete");
  }
});

const guid = fc.uuid();
const description = fc.option(
  fc.string({ minLength: 1 }).filter((text) => text.trim() !== ""),
  { nil: undefined },
);
const scope = fc.constantFrom(
  { type: "everything" },
  { type: "domain", domain: "contoso.com" },
  { type: "groupEmail", domain: "contoso.com", email: "finance@contoso.com" },
  { type: "userEmail", domain: "contoso.com", email: "ada@contoso.com" },
);
const declarations = fc
  .record({
    service: fc.constantFrom("exchange", "sharePoint", "oneDrive"),
    folderPath: fc.constantFrom(undefined, "/Documents", "/Documents/Reports"),
    applicationId: guid,
    tenantId: guid,
    ingestionScope: scope,
    country: fc.constantFrom("GB", "DE", "CI", "US"),
    customDescription: description,
    crawlPriority: fc.constantFrom(0.1, 0.25, 1),
    crawlMode: fc.constantFrom("once", "continuous"),
    startImmediately: fc.boolean(),
  })
  .map((more) => declaredSource({ ...more, folderPath: more.service === "oneDrive" ? more.folderPath : undefined }));
const standing = fc.option(declarations, { nil: undefined });
const secretMark = fc.constantFrom(undefined, before);

test("no sheet holds the client secret; each that enters one names it", () => {
  fc.assert(
    fc.property(declarations, standing, secretMark, (declared, was, old) => {
      const work = dataSourceWork(declared, was, old);
      const sheet = dataSourceHandover.sheet(work);
      expect(JSON.stringify(sheet)).not.toContain(clientSecret);
      if (work.changes.some(({ path }) => path === "clientSecret")) expect(JSON.stringify(sheet)).toContain(keyId);
    }),
  );
});

test("there are steps if and only if something has to be entered, each place in order", () => {
  fc.assert(
    fc.property(declarations, standing, secretMark, (declared, was, old) => {
      const work = dataSourceWork(declared, was, old);
      const { steps } = dataSourceHandover.sheet(work);
      expect(steps.length > 0).toBe(work.changes.length > 0);
      expect(steps.map(({ order }) => order)).toEqual(
        steps.map(({ order }) => order).sort((one, other) => one - other),
      );
    }),
  );
  expect(sheetFor(finance, finance).steps).toEqual([]);
});

test("an update names every property that changes, and no other", () => {
  fc.assert(
    fc.property(declarations, declarations, (declared, other) => {
      const was = { ...other, service: declared.service, tenantId: declared.tenantId };
      if (was.folderPath !== undefined && was.service !== "oneDrive") return;
      const { changes, ...work } = dataSourceWork(declared, was);
      const { steps } = dataSourceHandover.sheet({ ...work, changes });
      const changed = new Set(changes.map(({ path }) => path));
      for (const [name, label] of Object.entries(labels)) {
        expect(steps.some(({ text }) => text.replaceAll("*", "").startsWith(`${label}: `))).toBe(changed.has(name));
      }
    }),
  );
});
