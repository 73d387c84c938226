/** The gateway's answers, as far as this package reads them. An answer that does not fit is refused, not half understood. */
import { z } from "zod";
import type { DataSource, Dataset } from "../backend";

export const datasetAnswer: z.ZodType<Dataset> = z.looseObject({
  id: z.string().min(1),
  name: z.string(),
  securityGroups: z.array(z.string()),
  idempotencyKey: z.string().exactOptional(),
});
export const datasetsAnswer = z.looseObject({ value: z.array(datasetAnswer) });

const ingestionScope = z.discriminatedUnion("type", [
  z.object({ type: z.literal("everything") }),
  z.object({ type: z.literal("domain"), domain: z.string() }),
  z.object({ type: z.literal("groupEmail"), domain: z.string(), email: z.string() }),
  z.object({ type: z.literal("userEmail"), domain: z.string(), email: z.string() }),
]);

const count = z.int().min(0);

export const dataSourceAnswer: z.ZodType<DataSource> = z.looseObject({
  id: z.string().min(1),
  datasetId: z.string(),
  type: z.literal("office365"),
  service: z.enum(["exchange", "sharePoint", "oneDrive"]),
  applicationId: z.string(),
  tenantId: z.string(),
  ingestionScope,
  folderPath: z.string().exactOptional(),
  country: z.string(),
  description: z.string(),
  customDescription: z.string().exactOptional(),
  crawlPriority: z.number(),
  crawlMode: z.enum(["once", "continuous"]),
  crawl: z.looseObject({
    state: z.enum(["running", "idle", "paused"]),
    started: z.boolean(),
    discovered: count,
    crawled: count,
    analysed: count,
    containers: count,
    errors: z.array(z.looseObject({ at: z.string(), message: z.string() })),
  }),
  idempotencyKey: z.string().exactOptional(),
});
export const dataSourcesAnswer = z.looseObject({ value: z.array(dataSourceAnswer) });
