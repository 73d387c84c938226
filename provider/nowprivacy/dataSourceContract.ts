/** What is declared of an Office 365 data source, and what comes out. */
import { z } from "zod";
import type { Contract } from "../core";
import { country } from "./countries";
import { settledCrawl } from "./crawlState";
import { permission } from "./dataLoss";
import { folderPath, ingestionScope } from "./ingestionScope";
import { clientSecretReference, operatorSettled, operatorStatuses } from "../operator/secretReference";
import { guid, text, trimmed } from "./schemas";

const progress = z
  .strictObject({
    /** Discovered: items found in the crawl that is under way or was the last. */
    discovered: z.int(),
    /** Crawled: items of which the product has a copy. */
    crawled: z.int(),
    /** Analysed: those of them that have been analysed. */
    analysed: z.int(),
    /** Mailboxes and calendars (Exchange), drives (OneDrive) or sites (SharePoint) that the copies are of. */
    containers: z.int(),
  })
  .meta({ typeName: "CrawlProgress" });

const crawlErrors = z
  .strictObject({
    /** How many errors the last crawl had. */
    count: z.int(),
    /** The first five of them, in the product's words. */
    sample: z.array(z.string()),
  })
  .meta({ typeName: "CrawlErrors" });

export const dataSourceContract = {
  token: "m365audit:nowprivacy:DataSource",
  description:
    "An Office 365 data source of NOW Privacy: a service (Exchange, SharePoint or OneDrive) of a Microsoft 365 tenant, what of it is " +
    "crawled, and how. The product keeps its own copy of what it has crawled and deletes of it what a later crawl no longer sees, so a " +
    "change that narrows what is seen is refused unless `allowDataLoss` is true.",
  inputs: z
    .strictObject({
      /**
       * The `datasetId` of the dataset that the data source belongs to. Required. A change makes a new data source in place of the old
       * one, because the product asks for the dataset when a data source is made and nothing says that it can be moved. It needs `allowDataLoss` once something has been copied.
       */
      datasetId: text.meta({ replaces: true }),
      /**
       * Which Office 365 service is crawled. Required. A change makes a new data source in place of the old one: it is other data, read
       * with other permissions. It needs `allowDataLoss` once something has been copied.
       */
      service: z.enum(["exchange", "sharePoint", "oneDrive"]).meta({ typeName: "Office365Service", replaces: true }),
      /** Application (Client) ID of the app registered in Microsoft Entra ID, a GUID. Required. A change updates in place. */
      applicationId: guid,
      /**
       * Client Secret of that app. Required. A change updates in place: a crawl that is running is paused, the secret switched, and the
       * crawl resumed, so that no crawl ever runs with half of a credential; Entra has to hold both secrets until then. The product
       * never shows it again, so a secret that someone replaced there is not seen.
       */
      clientSecret: text.meta({ secret: true, writeOnly: true }),
      /**
       * Which client secret that is, for the run-sheet and the fingerprint of the operator backend, which requires it. The product is not
       * told. A change updates in place.
       */
      clientSecretReference: clientSecretReference.optional(),
      /** Name of the dataset, for the run-sheet of the operator backend. The product is not told. A change updates in place. */
      datasetName: text.optional(),
      /**
       * Directory (Tenant) ID: the Microsoft 365 tenant, a GUID. A stack that names its tenant (`m365audit:tenantId`) refuses any other.
       * Required. A change makes a new data source in place of the old one: it is other data. It needs `allowDataLoss` once something
       * has been copied.
       */
      tenantId: guid.meta({ replaces: true }),
      /**
       * Ingestion scope: what of the tenant is crawled. For a distribution list it is `groupEmail`, for a shared mailbox `userEmail`.
       * Required, because the product's documentation states no default. A change updates in place; one that leaves out something that
       * was crawled needs `allowDataLoss`.
       */
      ingestionScope,
      /**
       * Folder Path, only for OneDrive: the folder to crawl, with those in it, for example `/Documents/Reports`; not in the form
       * `/personal/…`. Default: all folders. A change updates in place; one that leaves out folders that were crawled needs
       * `allowDataLoss`.
       */
      folderPath: folderPath.optional(),
      /**
       * Country of the data source, for the product's geographical views: the alpha-2 code of ISO 3166-1, in any case, for example
       * `GB`. Required. A change updates in place.
       */
      country,
      /**
       * Custom Description, unique among all data sources; blanks at its ends do not count. Default: the description that the product
       * makes itself. A change updates in place.
       */
      customDescription: trimmed.optional(),
      /**
       * Crawl priority, from 0.1 to 1.0. Required, because the product's documentation states no default. A change updates in place.
       */
      crawlPriority: z.number().min(0.1).max(1),
      /**
       * Whether the data is crawled `once` or in a `continuous` way: then a crawl that is over starts again by itself. Required. A change
       * updates in place. The product does not start a crawl that is made continuous while it is idle; the change does, and shows so
       * (`crawl`).
       */
      crawlMode: z.enum(["once", "continuous"]).meta({ typeName: "CrawlMode" }),
      /**
       * Start the crawl as soon as the data source has been made. Else someone starts it in the product. Default: false. It only matters
       * when the data source is made: a later change updates in place and does nothing.
       */
      startImmediately: z.boolean().default(false),
      /**
       * Microsoft Graph permissions that the credential has, for example `Mail.Read`. The product is not told; with it, a permission
       * that is taken away is known before it is taken away, and needs `allowDataLoss`. Default: nothing is known of the permissions.
       * A change updates in place.
       */
      reach: z
        .array(z.string().regex(permission, "allowed: a Microsoft Graph permission such as Mail.Read"))
        .optional(),
      /**
       * Let a change go on although NOW Privacy will delete part of its own copy of the data. Take it out again after that change.
       * Default: false.
       */
      allowDataLoss: z.boolean().default(false),
    })
    .refine(({ folderPath, service }) => folderPath === undefined || service === "oneDrive", {
      path: ["folderPath"],
      params: { dependsOn: ["service"] },
      error: ({ input }) => {
        const { folderPath } = input as { readonly folderPath?: unknown };
        return `${JSON.stringify(folderPath)} was given; allowed: a folder path only with the service oneDrive`;
      },
      // Said together with whatever else is wrong, as soon as both values are there.
      when: ({ value }) => z.looseObject({ folderPath: z.string(), service: z.string() }).safeParse(value).success,
    }),
  settled: settledCrawl.extend(operatorSettled),
  outputs: z.strictObject({
    /** The product's id. */
    dataSourceId: z.string(),
    /** What the product shows: the custom description, or its own. */
    description: z.string(),
    /** How far the crawl is, as it was last read. */
    progress,
    /** What went wrong in the last crawl. */
    crawlErrors,
    /** How it stands with the operator backend: `awaitingOperator`, `attested` or `drifted`. Absent with others. */
    status: z.enum(operatorStatuses).meta({ typeName: "OperatorStatus" }).optional(),
    /** The product's own id of it, as it was attested. Only with the operator backend. */
    vendorId: z.string().optional(),
  }),
  // A custom description is unique, so the old data source has to go before its replacement is made.
  deleteBeforeReplace: true,
} as const satisfies Contract;

export type DataSourceInputs = z.output<typeof dataSourceContract.inputs>;
type Settled = z.output<typeof dataSourceContract.settled>;
export type DataSourceDesired = DataSourceInputs & Partial<Settled>;

/** What is recorded. The secret is what was last set, and is missing where nobody knows it. */
export type DataSourceState = Omit<DataSourceInputs, "clientSecret"> &
  Partial<Pick<DataSourceInputs, "clientSecret">> &
  Settled &
  z.output<typeof dataSourceContract.outputs>;
