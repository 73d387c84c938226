/**
 * NOW Privacy through its bulk-upload file: the one machine-readable way in that the product documents. A person uploads the file (Data
 * Sources > New > Add Multiple Data Sources), so this backend can prepare new data sources and nothing else.
 */
import { readFile } from "node:fs/promises";
import { InvalidInput } from "../core";
import type { CreateOnlyBackend, DataSource } from "./backend";
import { putRow, removeRow } from "./bulkFile/file";
import { preparedId } from "./bulkFile/id";
import { renderRow } from "./bulkFile/row";
import { readTemplate } from "./bulkFile/template";

export interface BulkFileOptions {
  /** Path of the template that the user's instance offers. */
  readonly template: string;
  /** Path of the file to write. It holds client secrets in clear text. */
  readonly file: string;
  readonly report: (line: string) => void;
}

export function createBulkFileBackend({ template, file, report }: BulkFileOptions): CreateOnlyBackend {
  const say = (line: string): void => {
    report(`NOW Privacy: ${line}`);
  };
  return {
    createOnly: true,

    // A data set is made by the first row that names it.
    addDataset: ({ name, securityGroups }) => {
      if (securityGroups.length > 0) {
        say(
          `after the upload, give dataset "${name}" the security groups ${securityGroups.join(", ")}; the file cannot say it`,
        );
      }
      return Promise.resolve({ object: { id: name, name, securityGroups }, isNew: true });
    },

    addDataSource: async (dataSource, idempotencyKey) => {
      const { startCrawlImmediately, clientSecret: _, ...shown } = dataSource;
      const known = await readTemplate(await templateText(template), dataSource.service);
      const row = await renderRow(known, dataSource, dataSource.datasetId);
      const id = preparedId(idempotencyKey);
      await putRow(file, known.head, { id, line: row.line, description: dataSource.customDescription });
      say(
        `upload ${file} under Data Sources > New > Add Multiple Data Sources` +
          `${row.byHand.map((step) => `, ${step}`).join("")}; then delete it, because it holds the client secret`,
      );
      return {
        object: {
          ...shown,
          id,
          type: "office365",
          description: shown.customDescription ?? "",
          crawl: { ...noProgress, state: startCrawlImmediately ? "running" : "idle", started: startCrawlImmediately },
        },
        isNew: true,
      };
    },

    forgetDataSource: async (id) => {
      await removeRow(file, id);
      say(`delete the data source of ${id} in the product; the file cannot say it`);
    },
  };
}

/** Nobody can read how far it is. */
const noProgress: DataSource["crawl"] = {
  state: "idle",
  started: false,
  discovered: 0,
  crawled: 0,
  analysed: 0,
  containers: 0,
  errors: [],
};

async function templateText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    throw new InvalidInput("NOW Privacy's bulk-upload template", [
      { path: "m365audit:nowprivacyBulkTemplate", message: `${path} cannot be read (${String(code)})` },
    ]);
  }
}
