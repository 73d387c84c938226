/** What `nowprivacy.Office365DataSource` takes and gives. */
import { z } from "zod";
import type { ComponentContract } from "../core/contract";
import type { Problem } from "../core/errors";
import { appRegistrationArgs, appRegistrationProblems } from "../entra/appRegistration";
import { clientSecretProblems, clientSecretSettings } from "../entra/clientSecret";
import { preflightContract } from "../entra/preflightContract";
import { applicationScopeContract } from "../exchange/applicationScope/contract";
import { environments } from "../identity/environments";
import { operatorStatuses, stackOutputName } from "../operator/secretReference";
import { type Inputs, isDeferred, mustBePlain } from "../pulumi/arguments";
import { connectionContract } from "./connectionContract";
import { dataSourceContract } from "./dataSourceContract";
import { guid, text } from "./schemas";

/** What a new application, and its client secret, are called. */
export const defaultAppName = "NOW Privacy";

const source = dataSourceContract.inputs.shape;

const dataset = z
  .strictObject({
    /** Add to new Data Set: its name. It is made by this stack and goes with it. One of `name`, `existing` and `datasetId`. */
    name: text.optional(),
    /** The dropdown: the name of a dataset that is there already. It is used as it is, and stays when the stack goes. Must be a plain value. */
    existing: text.optional(),
    /** The `datasetId` of a `nowprivacy.Dataset` or of another data source of this program, for several data sources in one dataset. */
    datasetId: text.optional(),
    /**
     * Names of the security groups whose members see the data; they are made in the product. Only with `name`, which needs at least
     * one, or nobody would see the data.
     */
    securityGroups: z.array(text).optional(),
    /** That nobody is meant to see the data of a new dataset: no security group. Only with `name`. Default: false. */
    visibleToNobody: z.boolean().optional(),
  })
  .meta({ typeName: "DatasetChoice" });

export const office365DataSourceArgs = z.strictObject({
  /**
   * Directory (Tenant) ID: id of the Microsoft 365 tenant, a GUID. The azuread provider's credentials must be of this tenant, or nothing
   * is made. Changing it replaces the data source.
   */
  tenantId: guid,
  /**
   * The cloud that the tenant lives in: `public`, `usGovernment` (GCC High), `usGovernmentDod` or `china`. The azuread provider has a
   * setting of its own for it, `azuread:environment`. Default: `m365audit:environment`, else `public`.
   */
  environment: z.enum(environments).meta({ typeName: "Environment" }).optional(),
  /**
   * Which Office 365 service is crawled: `exchange`, `sharePoint` or `oneDrive`. It decides which permissions the application gets.
   * Changing it replaces the data source. Must be a plain value.
   */
  service: source.service,
  /** The dataset that the data source belongs to: a new one, or one that is there. Must be a plain object; the values in it may be Outputs. */
  dataset,
  /**
   * Ingestion scope: what of the tenant is crawled. For a distribution list it is `groupEmail`, for a shared mailbox `userEmail`. A
   * change that leaves out something that was crawled needs `allowDataLoss`.
   */
  ingestionScope: source.ingestionScope,
  /**
   * Folder Path, only for OneDrive: the folder to crawl, with those in it, for example `/Documents/Reports`; not in the form
   * `/personal/…`. Default: all folders. A change that leaves out folders that were crawled needs `allowDataLoss`.
   */
  folderPath: source.folderPath,
  /** Country of the data source, for the product's geographical views: the alpha-2 code of ISO 3166-1, in any case, for example `GB`. */
  country: source.country,
  /** Custom Description, unique among all data sources. Default: the description that the product makes itself. */
  customDescription: source.customDescription,
  /** Crawl priority, from 0.1 to 1.0. Required, because the product's documentation states no default. */
  crawlPriority: source.crawlPriority,
  /**
   * Whether the data is crawled `once` or in a `continuous` way: then a crawl that is over starts again by itself. One that is made
   * continuous while it is idle is started by the same update.
   */
  crawlMode: source.crawlMode,
  /**
   * Start Crawl Immediately: start the crawl as soon as the data source has been made. Else someone starts it in the product. Default:
   * false. It only matters when the data source is made.
   */
  startImmediately: source.startImmediately,
  /**
   * As the product's "Ignore this warning": a scope that is not there (yet) or is something else, and what could not be found out, become
   * warnings in `warnings`. A permission that is missing is an error in any case. Default: false, an error.
   */
  ignoreWarnings: z.boolean().default(false),
  /**
   * Let a change go on although NOW Privacy will delete part of its own copy of the data. Take it out again after that change. Default:
   * false.
   */
  allowDataLoss: source.allowDataLoss,
  /**
   * Only for `exchange`: the application can read only the mailboxes in scope. It gets no consent to Mail.Read and Calendars.Read, which
   * reach every mailbox of the tenant; in their place Exchange Online gives it both over the scope (RBAC for Applications). The identity
   * that deploys then needs Exchange.ManageAsApp and the role Exchange Administrator. Of a group only the direct members are in scope,
   * and an address has to be the primary one. Exchange Online takes note of a change within 30 minutes to 2 hours. Default: false. Must
   * be a plain value.
   */
  limitToScope: z.boolean().default(false),
  /** Seconds for which to wait for consent and credentials to arrive: 0 to 7200. Default: 600. */
  timeoutSeconds: preflightContract.inputs.shape.timeoutSeconds,
  /** The Entra application that NOW Privacy signs in as. Default: a new one named `NOW Privacy`. Must be a plain object. */
  app: appRegistrationArgs.meta({ typeName: "App" }).optional(),
  /**
   * Takes over consents that the application has already, without change and without "already exists". `pulumi destroy` leaves those.
   * Default: true with `app.existingClientId`, else false. Must be a plain value.
   */
  adoptExisting: z.boolean().optional(),
  /**
   * Permissions and roles that the application holds beyond what is declared: `remove` takes them away, `report` leaves them. Either way
   * a preview shows them. Default: `remove` for an application made here, `report` for one with `app.existingClientId`.
   */
  excessAccess: z.enum(["remove", "report"]).meta({ typeName: "ExcessAccess" }).optional(),
  /** The application's client secret that NOW Privacy gets. Default: one of 180 days, rotated 30 days before its end. Must be a plain object. */
  clientSecret: z
    .strictObject({
      ...clientSecretSettings,
      /**
       * What the secret is listed as under "Certificates & secrets". Default: `NOW Privacy`. A change makes a new secret, which overlaps
       * with the old one.
       */
      displayName: z.string().min(1).default(defaultAppName),
    })
    .meta({ typeName: "ClientSecretSettings" })
    .optional(),
  /**
   * Name of the stack output in which the program gives the client secret out (`export const clientSecret = mail.clientSecret`), for the
   * run-sheet of the operator backend. Default: `clientSecret`.
   */
  clientSecretOutput: stackOutputName.optional(),
  /**
   * With the operator backend, where a person enters what is declared in NOW Privacy: an update fails, after printing the open steps, as
   * long as something of it was not attested; what uses the outputs of NOW Privacy then waits. Default: false, a warning with their number.
   */
  requireAttested: z.boolean().default(false),
});

/** Arguments of `Office365DataSource`. */
export type Office365DataSourceArgs = Inputs<z.input<typeof office365DataSourceArgs>>;

const { description, progress, crawlErrors } = dataSourceContract.outputs.shape;
const { mayCrawl, found, warnings } = connectionContract.outputs.shape;

export const office365DataSourceContract = {
  token: "m365audit:nowprivacy:Office365DataSource",
  description:
    "An Office 365 data source of NOW Privacy, end to end: the Entra application with the least permissions for the service and a client " +
    "secret that is rotated, the product's Test Credentials and Test Connection made real, the dataset, and the data source with its crawl.",
  args: office365DataSourceArgs,
  outputs: z.object({
    /** The tenant, once the azuread provider has proven to work in it. */
    tenantId: z.string(),
    /** The application's client id. */
    clientId: z.string(),
    /** Object id of the application's service principal. */
    servicePrincipalObjectId: z.string(),
    /** The client secret in use, which NOW Privacy gets. A secret. */
    clientSecret: z.string().meta({ secret: true }),
    /** When the client secret in use ends, RFC 3339 in UTC. */
    clientSecretEndDate: z.string(),
    /** The credentials that are rotated here, and when. Known in a preview. */
    rotations: z.array(
      z
        .object({
          /** `client secret`. */
          credential: z.string(),
          /** Which generation is in use, from 1. */
          generation: z.int(),
          /** From when on an update makes the next one, RFC 3339 in UTC. */
          rotatesOn: z.string(),
        })
        .meta({ typeName: "RotationSummary" }),
    ),
    /** Id of the dataset in NOW Privacy. */
    datasetId: z.string(),
    /** Id of the data source in NOW Privacy. */
    dataSourceId: z.string(),
    /** What the product shows: the custom description, or its own. */
    description,
    /** How the crawl stands: `running`, `paused`, `idle`, `notStarted` or `awaitingStart`. */
    crawl: dataSourceContract.settled.shape.crawl,
    /** How far the crawl is, as it was last read. */
    progress,
    /** What went wrong in the last crawl. */
    crawlErrors,
    /** Test Credentials: permission by permission, what the application's credential was proven to reach before NOW Privacy was told of it. */
    reach: preflightContract.outputs.shape.reach,
    /** Test Credentials: what the credential may crawl, service by service. */
    mayCrawl,
    /** Test Connection: what was looked for, and what was found. */
    found,
    /** What a person should look at: what `ignoreWarnings` let through, and what no test can tell. */
    warnings,
    /** What Exchange Online said of a mailbox in scope and of one out of scope. Only with `limitToScope`. */
    scopeProof: applicationScopeContract.outputs.shape.proof.optional(),
    /** With the operator backend, of dataset and data source together: `awaitingOperator`, `attested` or `drifted`. */
    status: z.enum(operatorStatuses).meta({ typeName: "OperatorStatus" }).optional(),
    /** With the operator backend: how many steps are open for a person. Known in a preview. 0 with others. */
    openSteps: z.int(),
  }),
} satisfies ComponentContract;

/** Arguments of which the value, or the presence of properties, decides which resources there are. */
const decideShape = ["service", "dataset", "limitToScope", "app", "adoptExisting", "clientSecret"] as const;

/**
 * What holds between the arguments, those of the children included: a child that refused its arguments later would do so after
 * its siblings were registered.
 */
export function office365DataSourceProblems(args: Office365DataSourceArgs): Problem[] {
  return [
    ...decideShape.flatMap((name) => mustBePlain(name, args[name])),
    ...mustBePlain("dataset.existing", plain(args.dataset)["existing"]),
    ...(isPlainObject(args.dataset) ? datasetProblems(args.dataset) : []),
    ...serviceProblems(args),
    ...appRegistrationProblems(plain(args.app), "app."),
    ...clientSecretProblems(plain(args.clientSecret), "clientSecret."),
  ];
}

/** Whether it can be looked into now. Whatever it is else is told already. */
function isPlainObject(argument: unknown): argument is Readonly<Record<string, unknown>> {
  return typeof argument === "object" && argument !== null && !isDeferred(argument);
}

function plain(argument: unknown): Readonly<Record<string, unknown>> {
  return isPlainObject(argument) ? argument : {};
}

const ways = ["name", "existing", "datasetId"] as const;

function datasetProblems(given: Readonly<Record<string, unknown>>): Problem[] {
  const which = ways.filter((way) => given[way] !== undefined);
  const one = "allowed: one of name (a new dataset), existing (the name of one that is there) and datasetId";
  if (which.length !== 1) {
    const were = which.length === 0 ? "none was given" : `${which.join(" and ")} were given`;
    return [{ path: "dataset", message: `${were}; ${one}` }];
  }
  return which[0] === "name" ? visibilityProblems(given) : notForExisting(given, which[0] ?? "existing");
}

function visibilityProblems({ securityGroups, visibleToNobody }: Readonly<Record<string, unknown>>): Problem[] {
  if (isDeferred(securityGroups) || isDeferred(visibleToNobody)) return [];
  const groups = Array.isArray(securityGroups) ? securityGroups.length : 0;
  const path = "dataset.securityGroups";
  if (groups > 0 && visibleToNobody === true) {
    const message = "security groups were given together with dataset.visibleToNobody: true; allowed: one of the two";
    return [{ path, message }];
  }
  if (groups > 0 || visibleToNobody === true) return [];
  const message =
    "none was given; allowed: at least one security group, because without one nobody sees the data; " +
    "dataset.visibleToNobody: true says that this is meant";
  return [{ path, message }];
}

function notForExisting(given: Readonly<Record<string, unknown>>, way: string): Problem[] {
  return ["securityGroups", "visibleToNobody"]
    .filter((name) => given[name] !== undefined)
    .map((name) => ({
      path: `dataset.${name}`,
      message: `not allowed together with dataset.${way}: the dataset is used as it is`,
    }));
}

function serviceProblems({ service, folderPath, limitToScope }: Office365DataSourceArgs): Problem[] {
  if (typeof service !== "string") return [];
  return [
    ...(folderPath !== undefined && service !== "oneDrive"
      ? [
          {
            path: "folderPath",
            message: `${isDeferred(folderPath) ? "a path" : JSON.stringify(folderPath)} was given; allowed: a folder path only with the service oneDrive`,
          },
        ]
      : []),
    ...(limitToScope === true && service !== "exchange"
      ? [
          {
            path: "limitToScope",
            message: `true was given; allowed: only with the service exchange, because nothing limits what an application reads of ${service} to a scope`,
          },
        ]
      : []),
  ];
}
