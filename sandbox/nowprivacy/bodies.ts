/** The request bodies of the contract. The compiler holds each schema against the type that is generated from the contract. */
import { z } from "zod";
import type { DataSourceChange, DatasetChange, IngestionScope, NewDataSource, NewDataset } from "./model";
import { invalid } from "./problems";

const given = z.string().min(1);
const guid = z.guid();
const groups = z.array(given).refine((names) => new Set(names).size === names.length, "Each group once.");

const ingestionScope = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("everything") }),
  z.strictObject({ type: z.literal("domain"), domain: given }),
  z.strictObject({ type: z.literal("groupEmail"), domain: given, email: given }),
  z.strictObject({ type: z.literal("userEmail"), domain: given, email: given }),
]) satisfies z.ZodType<IngestionScope>;

const service = z.enum(["exchange", "sharePoint", "oneDrive"]);
const country = z.string().regex(/^[A-Z]{2}$/);
const crawlPriority = z.number().min(0.1).max(1);
const crawlMode = z.enum(["once", "continuous"]);
const folderPath = given.refine((path) => !/^\/?personal(\/|$)/i.test(path), "The form /personal/… is not taken.");

export const newDataset = z.strictObject({
  name: given,
  securityGroups: groups,
  visibleToNobody: z.boolean().exactOptional(),
}) satisfies z.ZodType<NewDataset>;

export const datasetChange = z.strictObject({
  name: given.exactOptional(),
  securityGroups: groups.exactOptional(),
  visibleToNobody: z.boolean().exactOptional(),
}) satisfies z.ZodType<DatasetChange>;

export const newDataSource = z.strictObject({
  datasetId: given,
  type: z.literal("office365"),
  service,
  applicationId: guid,
  clientSecret: given,
  tenantId: guid,
  ingestionScope,
  folderPath: folderPath.exactOptional(),
  country,
  customDescription: given.exactOptional(),
  crawlPriority,
  crawlMode,
  startCrawlImmediately: z.boolean(),
}) satisfies z.ZodType<NewDataSource>;

export const dataSourceChange = z.strictObject({
  applicationId: guid.exactOptional(),
  clientSecret: given.exactOptional(),
  ingestionScope: ingestionScope.exactOptional(),
  folderPath: folderPath.nullable().exactOptional(),
  country: country.exactOptional(),
  customDescription: given.nullable().exactOptional(),
  crawlPriority: crawlPriority.exactOptional(),
  crawlMode: crawlMode.exactOptional(),
}) satisfies z.ZodType<DataSourceChange>;

/** The body when it fits. Throws a 422 that names every property at fault and never repeats a value. */
export function checked<T extends z.ZodType>(schema: T, body: unknown): z.output<T> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw invalid(result.error.issues.flatMap((issue) => fieldProblems(issue)));
}

function fieldProblems(issue: z.core.$ZodIssue): { pointer: string; detail: string }[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ pointer: pointer([...issue.path, key]), detail: "There is no such property." }));
  }
  return [{ pointer: pointer(issue.path), detail: issue.message }];
}

function pointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
