/**
 * The least that an app needs for what it is to do, as the products document it. Pure: the components grant it, preflight proves it.
 *
 * Netwrix 1Secure (repository `netwrix/docs`): `docs/1secure/configuration/registerconfig/permissions.md` and `registerconfig.md`, and
 * `docs/1secure/configuration/exchangeonlinenonowner.md`. NOW Privacy: the pages "exchange365-new-application" and
 * "onedrive-new-application" of {@link https://support.exonar.net/help/latest/}.
 */
import { InvalidInput, type Problem } from "../core/errors";
import { exchangeOnline, microsoftGraph, office365Management, type WellKnownApi } from "./wellKnown";

/** Application permissions of one API. */
export interface ApiPermissions {
  readonly api: WellKnownApi;
  /** By value, for example `ActivityFeed.Read`. */
  readonly values: readonly [string, ...string[]];
}

/** What an app has to be given. */
export interface RequiredAccess {
  /** Each API once. */
  readonly permissions: readonly ApiPermissions[];
  /** Name of a built-in directory role; undefined when none is needed. */
  readonly directoryRole: "Exchange Administrator" | undefined;
}

/** What 1Secure is to do with an Exchange Online tenant, as far as the app's access depends on it. */
export interface ExchangeOnlineFeatures {
  /** Who sets up the auditing of non-owner mailbox access: this app, someone elsewhere (by hand, another app), or nobody. */
  readonly nonOwnerAuditing: "thisApp" | "elsewhere" | "off";
  /**
   * The vendor's pages disagree about `Exchange.ManageAsApp`. The permission table asks for it only where Entra ID is audited, and the
   * page on non-owner access for that set-up; `registerconfig.md` asks for it "when auditing Microsoft Entra ID or Exchange Online".
   * Undefined: the smaller reading. `true`: the larger, without a directory role, for which neither page asks. `false`: never.
   */
  readonly exchangeManageAsApp?: boolean | undefined;
}

/** What is wrong with a combination of features. `at` is put before the property path. */
export function requiredAccessProblems(features: ExchangeOnlineFeatures, at = ""): Problem[] {
  if (features.nonOwnerAuditing !== "thisApp" || features.exchangeManageAsApp !== false) return [];
  return [
    {
      path: `${at}exchangeManageAsApp`,
      message:
        "false was given; allowed: true, or left out, while this app sets up the auditing of non-owner access: it signs in to Exchange Online with Exchange.ManageAsApp",
    },
  ];
}

/**
 * The least for an Exchange Online source of 1Secure: `ActivityFeed.Read` always, from which every cloud connector collects;
 * `Exchange.ManageAsApp` and a directory role only where this app itself sets up non-owner auditing.
 *
 * Of the two roles that the vendor offers for that, Exchange Administrator is the smaller; Global Administrator is never needed.
 *
 * @throws InvalidInput for a combination that cannot work, see {@link requiredAccessProblems}
 */
export function requiredAccess(features: ExchangeOnlineFeatures): RequiredAccess {
  const problems = requiredAccessProblems(features);
  if (problems.length > 0) throw new InvalidInput("the access of an app for Exchange Online", problems);
  const setsUp = features.nonOwnerAuditing === "thisApp";
  const managesExchange = setsUp || features.exchangeManageAsApp === true;
  return {
    permissions: [
      { api: office365Management, values: ["ActivityFeed.Read"] },
      ...(managesExchange ? [{ api: exchangeOnline, values: ["Exchange.ManageAsApp"] } as const] : []),
    ],
    directoryRole: setsUp ? "Exchange Administrator" : undefined,
  };
}

/** The Office 365 services that NOW Privacy crawls. */
export const nowPrivacyServices = ["Exchange", "SharePoint", "OneDrive"] as const;
export type NowPrivacyService = (typeof nowPrivacyServices)[number];

/** Permissions of Microsoft Graph for one service of NOW Privacy. */
export interface NowPrivacyServiceAccess {
  readonly values: readonly [string, ...string[]];
  /** True where the product's documentation has no page for the service and the permissions are concluded from what it does. */
  readonly inferred: boolean;
}

/** Each service's permissions, all of Microsoft Graph. None of them needs a directory role. */
export const nowPrivacyServiceAccess: Readonly<Record<NowPrivacyService, NowPrivacyServiceAccess>> = {
  // "exchange365-new-application". Mail.Read reaches every mailbox of the tenant: the product's own scope is only a filter in the product.
  Exchange: { values: ["Directory.Read.All", "Mail.Read", "Calendars.Read"], inferred: false },
  // No page was found: what reading sites and naming their people takes.
  SharePoint: { values: ["Sites.Read.All", "Directory.Read.All"], inferred: true },
  // "onedrive-new-application".
  OneDrive: { values: ["Directory.Read.All", "Files.Read.All"], inferred: false },
};

/**
 * The least for NOW Privacy to crawl the given services: what each asks for, each permission once, in alphabetical order.
 * @throws InvalidInput when no service is given
 */
export function nowPrivacyAccess(services: readonly NowPrivacyService[]): RequiredAccess {
  const [first, ...more] = [...new Set(services.flatMap((service) => nowPrivacyServiceAccess[service].values))].sort();
  if (first === undefined) {
    const message = `nothing was given; allowed: one or more of ${nowPrivacyServices.join(", ")}`;
    throw new InvalidInput("the access of an app for NOW Privacy", [{ path: "services", message }]);
  }
  return { permissions: [{ api: microsoftGraph, values: [first, ...more] }], directoryRole: undefined };
}
