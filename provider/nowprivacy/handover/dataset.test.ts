import * as fc from "fast-check";
import { linesOf, notKnownYet } from "../../operator/sheet";
import { datasetContract, type DatasetInputs } from "../dataset";
import { datasetHandover } from "./dataset";
import { labels } from "./datasetFields";
import { datasetWork, mail, mailId, stack } from "./testing/work";

const declare = (more: object): DatasetInputs => datasetContract.inputs.parse({ name: "Mail", ...more });
const linesFor = (declared: DatasetInputs, was?: DatasetInputs): string[] =>
  linesOf(datasetHandover.sheet(datasetWork(declared, was)));
const toGroups = /From the main menu select \*\*System\*\* and click \*\*Security Groups\*\*/;

test("a dataset alone is made under New Data Set, and then added to its security groups", () => {
  expect(linesFor(mail)).toEqual([
    "1. From the main menu select **Data Sources**.",
    "2. Click **New…** > **New Data Set**.",
    "3. In the **New Data Set** dialog, type `Mail`.",
    "4. Click **Add Data Set**.",
    expect.stringMatching(toGroups),
    "6. Add the dataset `Mail` to the security group `Privacy team`.",
  ]);
});

test("one that nobody is meant to see is added to no group", () => {
  expect(linesFor(declare({ visibleToNobody: true }))[4]).toBe(
    "5. Add the dataset `Mail` to no security group: nobody is meant to see its data.",
  );
});

test("one that is taken over is looked for, never made", () => {
  const check =
    "1. From the main menu select **Data Sources** and check that the dataset `Mail` is there: it is taken over. If it is not, stop: either the name is wrong, or `adoptExisting` has to go from the declaration, so that the dataset is made.";
  expect(linesFor(declare({ adoptExisting: true }))).toEqual([
    check,
    "2. Leave the dataset `Mail` in the security groups that it is in.",
  ]);
  expect(linesFor(declare({ adoptExisting: true, securityGroups: ["A", "B"] }))).toEqual([
    check,
    expect.stringMatching(toGroups),
    "3. Add the dataset `Mail` to the security group `A`.",
    "4. Add the dataset `Mail` to the security group `B`.",
    "5. If the dataset `Mail` is in any other security group, take it out of that.",
  ]);
  expect(linesFor(declare({ adoptExisting: true, visibleToNobody: true }))[1]).toContain("out of every group");
});

test("an update renames and regroups, and says nothing of what stays", () => {
  expect(linesFor(declare({ name: "Post", securityGroups: ["Privacy team"] }), mail)).toEqual([
    "1. From the main menu select **Data Sources** and open the settings of the dataset `Mail`.",
    "2. Data Set: rename it, `Mail` → `Post`.",
  ]);
  expect(
    linesFor(declare({ securityGroups: ["Legal", "Audit"] }), declare({ securityGroups: ["Legal", "IT"] })),
  ).toEqual([
    expect.stringMatching(toGroups),
    "2. Add the dataset `Mail` to the security group `Audit`.",
    "3. Take the dataset `Mail` out of the security group `IT`.",
  ]);
  expect(linesFor(declare({ visibleToNobody: true }), mail)).toEqual([
    "1. From the main menu select **System** and click **Security Groups**.",
    "2. Take the dataset `Mail` out of the security group `Privacy team`.",
    "3. Visible to nobody: no → yes. See under **System** > **Security Groups** that the dataset `Mail` is in no group: nobody is meant to see its data.",
  ]);
});

test("groups that are no longer declared stay, and groups declared for the first time are the only ones", () => {
  const adopted = declare({ adoptExisting: true });
  const grouped = declare({ adoptExisting: true, securityGroups: ["A"] });
  expect(linesFor(adopted, grouped)).toEqual([
    "1. **Security Groups**: leave the dataset `Mail` in those that it is in; they are no longer declared.",
  ]);
  expect(linesFor(grouped, adopted)).toEqual([
    expect.stringMatching(toGroups),
    "2. Add the dataset `Mail` to the security group `A`.",
    "3. If the dataset `Mail` is in any other security group, take it out of that.",
  ]);
});

test("whether it was taken over decides what a removal does, so a change of that is attested", () => {
  const taken = declare({ adoptExisting: true, securityGroups: ["Privacy team"] });
  expect(linesFor(taken, mail)).toEqual([
    "1. Taken over: no → yes. There is nothing to do in NOW Privacy: make sure, and attest, that the dataset `Mail` was there before, so that it stays when it is no longer declared.",
  ]);
  expect(linesFor(mail, taken)[0]).toContain("Taken over: yes → no.");
});

test("the order of the groups is no change", () => {
  const [one, other] = [
    ["A", "B"],
    ["B", "A"],
  ].map((securityGroups) => declare({ securityGroups }));
  expect(linesFor(one ?? mail, other)).toEqual([]);
});

test("a removal comes after every open data source and says that the copy goes; one that was taken over stays", () => {
  const removalOf = (declared: DatasetInputs): ReturnType<typeof datasetHandover.removal> =>
    datasetHandover.removal({ id: mailId, stack, found: datasetWork(declared, declared).found ?? {}, vendorId: "d-1" });
  expect(removalOf(mail)).toMatchObject({
    task: `dataset removal "Mail" ${mailId}`,
    afterAll: ["dataSource removal ", "dataSource replacement "],
  });
  expect(linesOf(removalOf(mail))).toEqual([
    "1. From the main menu select **Data Sources** and check that no data source belongs to the dataset `Mail`, id `d-1` any more. If one does that you want to keep, stop.",
    "2. Delete the dataset `Mail`, id `d-1`. This deletes data: NOW Privacy's own copy of whatever is in it goes with it.",
  ]);
  expect(removalOf(declare({ adoptExisting: true }))).toMatchObject({
    title: "Leave the dataset `Mail`, id `d-1` as it is: it was taken over, so it stays",
    steps: [],
  });
});

test("a dataset waits for the removal of another one of the name that it gets, and of no other", () => {
  const afterAll = ['dataset removal "Mail" '];
  expect(datasetHandover.sheet(datasetWork(mail)).afterAll).toEqual(afterAll);
  expect(datasetHandover.sheet(datasetWork(mail, declare({ ...mail, name: "Post" }))).afterAll).toEqual(afterAll);
  expect(datasetHandover.sheet(datasetWork(mail, declare({ securityGroups: ["A"] }))).afterAll).toEqual([]);
});

test("a dataset under another declaration is the same with the same name, whatever its groups", () => {
  expect(datasetHandover.isSameThing?.({ ...mail }, { name: "Mail", securityGroups: ["A"] })).toBe(true);
  expect(datasetHandover.isSameThing?.({ ...mail }, { ...mail, name: "Post" })).toBe(false);
  expect(datasetHandover.isSameThing?.({}, {})).toBe(false);
});

test("what is recorded are the declared groups, and whether it was taken over", () => {
  expect(datasetHandover.outputs(mailId, declare({ securityGroups: ["B", "A", "B"] }), undefined)).toEqual({
    datasetId: mailId,
    visibleTo: ["A", "B"],
    adopted: false,
  });
  expect(mailId).toMatch(/^operator:dataset\/[0-9a-f]{8}$/);
});

test("what is not known yet says so, and its stand-in is never shown", () => {
  for (const name of [...datasetHandover.entered, "group"]) {
    const property = name === "group" ? { securityGroups: [notKnownYet] } : { [name]: notKnownYet };
    for (const was of [undefined, declare({ securityGroups: ["A"] })]) {
      const { title, steps } = datasetHandover.sheet(datasetWork({ ...mail, ...property }, was));
      const text = [title, ...linesOf({ steps })].join("\n");
      expect(text).not.toContain(notKnownYet);
      if (was !== undefined || !["visibleToNobody", "adoptExisting"].includes(name)) {
        expect(text).toContain("(known after `pulumi up`)");
      }
    }
  }
});

const names = fc.string({ minLength: 1 });
const declarations = fc
  .record({
    name: names,
    securityGroups: fc.option(fc.array(names, { minLength: 1, maxLength: 3 }), { nil: undefined }),
    adoptExisting: fc.boolean(),
  })
  .map(({ securityGroups, ...rest }) =>
    declare(securityGroups === undefined ? { ...rest, visibleToNobody: true } : { ...rest, securityGroups }),
  );

test("there are steps if and only if something changes, and an update names all of it", () => {
  fc.assert(
    fc.property(declarations, fc.option(declarations, { nil: undefined }), (declared, was) => {
      const work = datasetWork(declared, was);
      const { steps } = datasetHandover.sheet(work);
      expect(steps.length > 0).toBe(work.changes.length > 0);
      const text = linesOf({ steps }).join("\n");
      for (const { path } of was === undefined ? [] : work.changes) {
        expect(text).toContain(labels[path as keyof typeof labels]);
      }
    }),
  );
});

test("what stands there is read as what is declared, whatever the groups are called", () => {
  fc.assert(
    fc.property(declarations, (declared) => {
      for (const { property, shown, read } of datasetHandover.fields) {
        const text = shown(declared);
        const value = declared[property as keyof DatasetInputs];
        expect(text === undefined ? undefined : read(text, declared)).toEqual(value);
      }
    }),
  );
});

test("groups are typed with commas, in any case; what does not pair is no list", () => {
  const read = (typed: string): unknown =>
    datasetHandover.fields.find(({ property }) => property === "securityGroups")?.read(typed, mail);
  expect(read(" PRIVACY  team ")).toEqual(["Privacy team"]);
  expect(read('Zoo; "Legal, UK", privacy team')).toEqual(["Legal, UK", "Privacy team", "Zoo"]);
  expect(read('"Legal')).toBeUndefined();
  expect(read("")).toBeUndefined();
});
