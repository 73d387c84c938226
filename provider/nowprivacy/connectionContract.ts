/** The contract of the kind `m365audit:nowprivacy:Connection`. */
import { z } from "zod";
import type { Contract } from "../core";
import { proofDefaults } from "../entra/preflight/proofDefaults";
import { environments } from "../identity/environments";
import { folderPath, ingestionScope } from "./ingestionScope";
import { services } from "./preflight/service";
import { guid, text } from "./schemas";

export type { Environment } from "../identity/environments";

const answer = z.enum(["yes", "no", "unknown"]).meta({ typeName: "ConnectionAnswer" });

/** The values that both tests work on, for whoever else offers them. */
export const connectionShape = {
  /** Directory (Tenant) ID, a GUID. Every token has to be of it. A change makes a new test in place of the old one. */
  tenantId: guid.meta({ replaces: true }),
  /**
   * The cloud that the tenant lives in: `public`, `usGovernment` (GCC High), `usGovernmentDod` or `china`. Default:
   * `m365audit:environment`, else `public`. A change makes a new test in place of the old one.
   */
  environment: z.enum(environments).meta({ typeName: "Environment", replaces: true }).optional(),
  /**
   * Application (Client) ID, a GUID. The data source takes it from here (`applicationId`), so that it comes after the test. A change
   * tests again.
   */
  applicationId: guid,
  /**
   * Client Secret of that app. The data source takes it from here, so that it comes after the test. A change tests again.
   */
  clientSecret: text.meta({ secret: true }),
  /** The Office 365 service that is to be crawled. A change tests again. */
  service: z.enum(services).meta({ typeName: "Office365Service" }),
  /** What of the tenant is to be crawled, as in the data source. A change tests again. */
  ingestionScope,
  /** Folder Path, only for OneDrive. It is looked for where the scope is one user. Default: all folders. A change tests again. */
  folderPath: folderPath.optional(),
  /**
   * Exchange Online gives Mail.Read and Calendars.Read over the mailboxes of the scope alone (RBAC for Applications), in place of consent
   * in Entra. No token shows that, so a mailbox is opened: the user's where the scope is one user, else `mailboxInScope`. It is tried for
   * `timeoutSeconds`, because Exchange takes note of a scope within 30 minutes to 2 hours. Consent to them is pointed out. A change tests
   * again. Default: false, they are in the token.
   */
  limitedToScope: z.boolean().default(false),
  /**
   * Email address of a mailbox in scope, to be opened with `limitedToScope` where the scope is not one user; for example
   * `proof.inside.mailbox` of `exchange.ApplicationScope`. A change tests again. Default: none is opened, and a warning says so.
   */
  mailboxInScope: z.email("allowed: an email address such as sales@contoso.com").toLowerCase().optional(),
} as const;

interface OfService {
  readonly service: string;
  readonly folderPath?: string | undefined;
  readonly limitedToScope: boolean;
}

/** Said together with whatever else is wrong, as soon as the value and the service are there. */
function ofService(property: "folderPath" | "limitedToScope", service: string, allowed: string) {
  const both = z.looseObject({ service: z.string(), [property]: z.union([z.string(), z.boolean()]) });
  return {
    path: [property],
    params: { dependsOn: ["service"] },
    error: ({ input }: { readonly input?: unknown }) =>
      `${JSON.stringify(both.parse(input)[property])} was given; allowed: ${allowed} ${service}`,
    when: ({ value }: { readonly value: unknown }) => both.safeParse(value).success,
  };
}

/** What the values of {@link connectionShape} have to be together. */
export function withServiceRules<S extends z.ZodType<OfService>>(schema: S): S {
  return schema
    .refine(
      ({ folderPath, service }) => folderPath === undefined || service === "oneDrive",
      ofService("folderPath", "oneDrive", "a folder path only with the service"),
    )
    .refine(
      ({ limitedToScope, service }) => !limitedToScope || service === "exchange",
      ofService("limitedToScope", "exchange", "true only with the service"),
    );
}

export const connectionContract = {
  token: "m365audit:nowprivacy:Connection",
  description:
    "NOW Privacy's Test Credentials and Test Connection, made with the data source's own credential before the product is told anything: " +
    "what the credential may crawl by the permissions in its token, and whether the domain, group or user of the ingestion scope is there " +
    "and is what the scope says. What is missing is an error with both tables. Office 365 cannot be fully validated without crawling it.",
  inputs: withServiceRules(
    z.strictObject({
      ...connectionShape,
      /**
       * Whatever the test rests on: ids of consents, role assignments and credentials (key ids). Each new value tests again. Default:
       * nothing.
       */
      evidence: z.array(z.string()).default([]),
      /**
       * As the product's "Ignore this warning": a scope that is not there (yet) or is something else, and what could not be found out,
       * become warnings in `warnings`. A permission that is missing is an error in any case. A change tests again only if it is switched
       * off and something was excused. Default: false, an error.
       */
      ignoreWarnings: z.boolean().default(false),
      /**
       * Seconds for which to wait for permissions that are missing: new consent takes minutes to arrive. A scope that is not there is not
       * waited for. 0 to 7200. A change alone tests nothing again. Default: 600.
       */
      timeoutSeconds: z.int().min(0).max(7_200).default(proofDefaults.timeoutSeconds),
      /**
       * How many times in a row the permissions have to be seen, each time with a new token: 1 to 20. A change alone tests nothing again.
       * Default: 3.
       */
      inARow: z.int().min(1).max(20).default(proofDefaults.inARow),
    }),
  ),
  outputs: z.strictObject({
    /** What the credential may crawl, service by service, whichever the data source is for. */
    mayCrawl: z.array(
      z
        .strictObject({
          /** The service, as the product writes it. */
          service: z.string(),
          /** `mailboxes`, `calendars`, `sites` or `drives`. */
          crawls: z.string(),
          /** Whether the token's permissions allow it. */
          answer,
          /** The permissions that allow it, or what is missing. */
          why: z.string(),
        })
        .meta({ typeName: "ConnectionCrawl" }),
    ),
    /** What was looked for, in order, and what was found. */
    found: z.array(
      z
        .strictObject({
          /** For example `groupEmail finance@contoso.com`. */
          lookedFor: z.string(),
          /** Whether it is there as declared. */
          answer,
          /** For example `Microsoft 365 group “Finance”, 12 members`. */
          found: z.string(),
        })
        .meta({ typeName: "ConnectionFinding" }),
    ),
    /** What a person should look at: what was excused; an empty group, a disabled user and the like; and what no test can tell. */
    warnings: z.array(z.string()),
    /** How many of the warnings would have been errors without `ignoreWarnings`. */
    excused: z.int(),
    /** When it was tested: RFC 3339 in UTC. */
    testedAt: z.string(),
  }),
} satisfies Contract;

/** What is declared, with what may be left out filled in. */
export type ConnectionInputs = z.output<typeof connectionContract.inputs>;
export type ConnectionOutputs = z.output<typeof connectionContract.outputs>;
/** What is recorded. No token is. */
export type ConnectionState = ConnectionInputs & ConnectionOutputs;
