/** The data source as a person makes it. */
import { isDeepStrictEqual } from "node:util";
import type { Change } from "../../core";
import { nowprivacy } from "../../operator/products";
import type { Handover } from "../../operator/handover";
import { operatorId } from "../../operator/ids";
import { notKnownYet, shown, type Sheet, type Work } from "../../operator/sheet";
import type { DataSourceDesired } from "../dataSourceContract";
import { type Declared, entered, fields } from "./dataSourceFields";
import { creation, dataSourceText, deletion, replacing, update } from "./dataSourceSteps";
import { inWords, serviceWords, shortHash, tasks } from "./words";

export const dataSourceHandover: Handover<DataSourceDesired> = {
  token: "m365audit:nowprivacy:DataSource",
  product: nowprivacy,
  entered,
  hasSecret: true,
  idOf: (_, declaration) => operatorId("dataSource", shortHash(declaration)),

  sheet(work) {
    const { id, stack, found, secretBefore, changes } = work;
    const declared: Declared = work.declared;
    const task = tasks.dataSource(id);
    const names = new Set(
      changes
        .map(({ path }) => path.split(/[.[]/)[0] ?? path)
        .filter((name) => name === "clientSecret" || (entered as readonly string[]).includes(name)),
    );
    if (names.size === 0) return { task, title: title("Nothing to do for", work), steps: [] };
    const isReplaced = found !== undefined && changes.some(isReplacement);
    if (found !== undefined && !isReplaced) {
      return {
        task,
        title: `Change ${dataSourceText(found)}`,
        steps: update({ declared, found, stack, names, secretBefore }),
        afterAll: names.has("customDescription") ? [tasks.dataSourceRemovals] : [],
      };
    }
    return {
      task: isReplaced ? tasks.dataSourceReplacement(id) : task,
      title: title(isReplaced ? "Replace" : "Create", work),
      steps: [...(isReplaced ? deletion(found, undefined, 0) : []), ...creation(declared, stack)],
      // Made in this dialog, which needs its name.
      ...(declared.datasetName === undefined ? {} : { takesIn: [tasks.dataset(declared.datasetId)] }),
      after: [tasks.dataset(declared.datasetId)],
      afterAll: [tasks.dataSourceRemovals],
    };
  },

  removal: ({ id, found, vendorId }): Sheet => ({
    task: tasks.dataSourceRemoval(id),
    title: `Delete ${dataSourceText(found, vendorId)}`,
    steps: deletion(found, vendorId, 1),
  }),

  // Neither the dataset nor the app counts: where a component was renamed, both are others.
  isSameThing: (declared, found) =>
    (declared["customDescription"] ?? found["customDescription"]) === undefined
      ? seen.every((name) => isDeepStrictEqual(declared[name], found[name]))
      : declared["customDescription"] === found["customDescription"],

  // Nobody can read how far the crawl is, or what description the product makes.
  outputs: (id, { customDescription }, attestation) => ({
    dataSourceId: id,
    description: customDescription ?? "",
    progress: { discovered: 0, crawled: 0, analysed: 0, containers: 0 },
    crawlErrors: { count: 0, sample: [] },
    ...(attestation?.id === undefined ? {} : { vendorId: attestation.id }),
  }),

  fields,
};

/** By which two data sources without a description of their own would be the same. */
const seen = ["service", "ingestionScope", "tenantId", "folderPath"] as const;

/** A value that is not known yet may turn out to be what is there. */
function isReplacement({ path, to }: Change): boolean {
  return replacing.has(path) && to !== notKnownYet;
}

function title(verb: string, { declared }: Work<DataSourceDesired>): string {
  const { customDescription, service, datasetName }: Declared = declared;
  const where = datasetName === undefined ? "" : ` in the dataset ${shown(datasetName)}`;
  const name = customDescription === undefined ? "" : ` ${shown(customDescription)}`;
  return `${verb} the ${inWords(serviceWords, service)} data source${name}${where}`;
}
