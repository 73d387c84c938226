import { operated } from "../provider/operated";
import {
  audit,
  changed,
  connector,
  credential,
  dataset,
  dataSource,
  type Ended,
  exportedState,
  newProject,
  source,
  stack,
  type TestProject,
  urnOf,
} from "./operator/testing/project";
import { runAttest } from "./runAttest";
import { runRunbook } from "./runRunbook";

let project: TestProject;
beforeEach(async () => {
  project = await newProject();
});
afterEach(() => project.close());

const options = { stack, state: "state.json" };

function runbook(): Promise<Ended> {
  return project.run((here) => runRunbook(options, here));
}

async function attest(): Promise<void> {
  const { code } = await project.run((here) => runAttest([], { ...options, all: true, by: "anna@contoso.com" }, here));
  expect(code).toBe(0);
}

const steps = (markdown: string): string[] => markdown.split("\n").filter((line) => line.startsWith("- [ ] "));

describe("m365audit runbook after a rename in the program", () => {
  it("says of what was only renamed in the program that it is the same thing in the product", async () => {
    await project.export(exportedState(audit));
    await attest();
    await project.export(exportedState([credential, { ...source, name: "renamed" }, connector]));
    const { errors } = await runbook();
    expect(errors).toMatch(/audit-source is no longer declared, and renamed declares the same thing .* attest both/);
  });

  describe("of a data source and its dataset that were renamed in the program", () => {
    const newDataset = { ...dataset, name: "post" };
    const newId = operated.get("m365audit:nowprivacy:Dataset")?.handover.idOf(dataset.inputs, urnOf(newDataset));
    const moved = { datasetId: newId, applicationId: "5b0c5d7e-0000-4000-8000-000000000001" };
    const newDataSource = { ...changed(dataSource, moved), name: "post-exchange" };
    const titles = (output: string): string[] => output.match(/^## .*/gm) ?? [];

    it("warns at the top and at each removal, though the app and the dataset's id are others", async () => {
      await project.export(exportedState([dataset, dataSource]));
      await attest();
      await project.export(exportedState([newDataset, newDataSource]));
      const { output, errors } = await runbook();
      expect(errors).toContain("mail is no longer declared, and post declares the same thing in the product.");
      expect(errors).toContain("mail-exchange is no longer declared, and post-exchange declares the same thing");
      expect(steps(output)).toContain(
        "- [ ] 1. Stop here if `mail-exchange` was only renamed to `post-exchange` in the program: that declares the same thing in the " +
          "product. Then leave out the steps of both, see that it is as `post-exchange` declares it, change what is not, and attest both.",
      );
      expect(steps(output)).toContainEqual(
        expect.stringMatching(/^- \[ \] 1\. Stop here if `mail` was only renamed to `post` /),
      );
    });

    it("removes the data source, then the dataset, before both are made anew", async () => {
      await project.export(exportedState([dataset, dataSource]));
      await attest();
      for (const declared of [
        [newDataset, newDataSource],
        [changed(newDataset, { securityGroups: ["Legal"] }), newDataSource],
      ]) {
        await project.export(exportedState(declared));
        expect(titles((await runbook()).output)).toEqual([
          expect.stringMatching(/^## 1\. Delete the Exchange data source .*, unless it was only renamed$/),
          "## 2. Delete the dataset `Mail`, unless it was only renamed",
          "## 3. Create the Exchange data source in the dataset `Mail`",
        ]);
      }
    });

    it("warns at a data source too that stays and only follows its dataset, and removes nothing after it is made", async () => {
      await project.export(exportedState([dataset, dataSource]));
      await attest();
      await project.export(exportedState([newDataset, changed(dataSource, { datasetId: newId })]));
      const { output, errors } = await runbook();
      expect(errors).toContain(
        "mail-exchange has another datasetId because mail is no longer declared and post is. If that was only renamed, ",
      );
      expect(steps(output)).toContain(
        "- [ ] 1. Leave out what follows from another `datasetId` if `mail` was only renamed to `post` in the program.",
      );
      expect(titles(output)).toEqual([
        "## 1. Delete the dataset `Mail`, unless it was only renamed",
        expect.stringMatching(/^## 2\. Replace the Exchange data source/),
      ]);
    });

    it("has no doubt about another dataset and another data source", async () => {
      await project.export(exportedState([dataset, dataSource]));
      await attest();
      const other = changed(newDataSource, {
        datasetName: "Post",
        ingestionScope: { type: "domain", domain: "x.com" },
      });
      await project.export(exportedState([changed(newDataset, { name: "Post" }), other]));
      const { output, errors } = await runbook();
      expect([errors, output]).toEqual([
        expect.not.stringContaining("the same thing"),
        expect.not.stringContaining("only renamed"),
      ]);
    });
  });

  it("warns at the removal of credentials that only another app's were declared in place of", async () => {
    await project.export(exportedState(audit));
    await attest();
    const renamed = { ...changed(credential, { clientId: "5b0c5d7e-0000-4000-8000-000000000001" }), name: "renamed" };
    await project.export(exportedState([renamed, source, connector]));
    const { output, errors } = await runbook();
    expect(errors).toContain("audit-credential is no longer declared, and renamed declares the same thing");
    expect(output).toContain("Delete the credentials `m365audit`, unless it was only renamed");
  });
});
