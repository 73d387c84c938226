/**
 * The guard of the product's copy. NOW Privacy keeps a copy of what it crawls, and deletes of it what a later crawl no longer sees. So
 * whatever narrows what a crawl sees destroys data, and is refused unless that is declared to be meant.
 */
import type { Problem } from "../core";
import { notKnownYet } from "../operator/sheet";
import { type IngestionScope, covers, coversFolder, ingestionScope, scopeText } from "./ingestionScope";

export type Service = "exchange" | "sharePoint" | "oneDrive";

/** What decides about what a crawl sees, as declared or as found. */
export interface Sight {
  readonly service: Service;
  readonly tenantId: string;
  readonly datasetId?: string | undefined;
  readonly applicationId?: string | undefined;
  readonly ingestionScope: IngestionScope;
  readonly folderPath?: string | undefined;
  readonly reach?: readonly string[] | undefined;
  readonly crawlMode: "once" | "continuous";
}

/** How far the crawl is. */
export interface Held {
  readonly crawl: string;
  readonly progress: { readonly crawled: number; readonly containers: number };
  /** Nobody can read what the product holds, so `crawl` and `progress` are what was once declared. */
  readonly unreadable?: boolean;
}

/** A Graph permission such as `Mail.Read`. */
export const permission = /^[A-Za-z]+(?:\.[A-Za-z]+)+$/;

/**
 * Why a change would destroy part of the product's copy: one problem a property; none when it would not, or when nothing has been
 * copied yet. A crawl that is over counts too: the next one deletes. PURE. Values that are not known yet are taken for harmless; they
 * are judged again when they are known.
 */
export function lossesOf(wanted: Sight, found: Sight & Held): Problem[] {
  const copy = copyOf(found);
  if (copy === undefined) return [];
  const replaced = replacements(wanted, found);
  if (replaced.length > 0) {
    return replaced.map((path) => ({
      path,
      message: `another one makes a new data source, and the copy goes with the old one. ${copy}. ${allowed}`,
    }));
  }
  const narrowing = narrowed(wanted, found).map(({ path, what }) => ({
    path,
    message:
      `${what} makes NOW Privacy delete its own copy of what the next crawl no longer sees, and a crawl that goes on does so at once. ` +
      `${copy}; whatever of it is left out would be lost. ${allowed}`,
  }));
  return [...narrowing, ...switched(wanted, found, copy)];
}

const allowed = "Allowed: with `allowDataLoss: true`";

/** What there is to lose, as a sentence without its full stop; undefined when nothing has been copied. */
function copyOf({ progress, service, crawl, unreadable = false }: Sight & Held): string | undefined {
  if (unreadable) return "It cannot be read what it holds";
  if (progress.crawled > 0) return `It holds ${held(progress, service)}`;
  // It may have copied a lot since it was looked at.
  return isGoingOn(crawl) ? "The crawl goes on, and it cannot be read what it holds by now" : undefined;
}

/** A paused crawl is resumed by the next update. */
function isGoingOn(crawl: string): boolean {
  return crawl === "running" || crawl === "paused";
}

/** Whether it is known to be another one. A letter's case is no difference. */
function isOther(wanted: string | undefined, found: string | undefined): boolean {
  if (typeof wanted !== "string" || found === undefined || wanted === notKnownYet) return false;
  return wanted.toLowerCase() !== found.toLowerCase();
}

function replacements(wanted: Sight, found: Sight): string[] {
  return (["datasetId", "service", "tenantId"] as const).filter((name) => isOther(wanted[name], found[name]));
}

/** An app that Exchange Online limits opens no mailbox until Exchange has taken note of it, and a crawl meanwhile sees none. */
function switched(wanted: Sight, found: Sight & Held, copy: string): Problem[] {
  const { unreadable = false, crawl } = found;
  const isContinuous = wanted.crawlMode === "continuous" || found.crawlMode === "continuous";
  // Someone may have started a crawl that nobody can see.
  const goesOn = isContinuous || unreadable || isGoingOn(crawl);
  if (!goesOn || !isLimited(wanted) || !isOther(wanted.applicationId, found.applicationId)) return [];
  return [
    {
      path: "applicationId",
      message:
        "another app gets its access to the mailboxes in scope from Exchange Online, which takes 30 minutes to 2 hours; a crawl until " +
        `then sees nothing, and NOW Privacy deletes its own copy of what it no longer sees. ${copy}. ${allowed}`,
    },
  ];
}

/** Reads mail, but not by a permission in its token. */
function isLimited({ service, reach }: Sight): boolean {
  return (
    service === "exchange" &&
    Array.isArray(reach) &&
    !reach.some((one) => one === "Mail.Read" || one === "Mail.ReadWrite")
  );
}

interface Narrowing {
  readonly path: string;
  readonly what: string;
}

function narrowed(wanted: Sight, found: Sight): Narrowing[] {
  const problems: Narrowing[] = [];
  const scope = ingestionScope.safeParse(wanted.ingestionScope);
  if (scope.success && !covers(scope.data, found.ingestionScope)) {
    const what = `changing the scope from ${scopeText(found.ingestionScope)} to ${scopeText(scope.data)}`;
    problems.push({ path: "ingestionScope", what });
  }
  if (!coversFolder(wanted.folderPath, found.folderPath)) {
    const what = `changing the folder from ${found.folderPath ?? "all folders"} to ${wanted.folderPath ?? "all folders"}`;
    problems.push({ path: "folderPath", what });
  }
  const taken = takenAway(wanted, found);
  if (taken.length > 0) problems.push({ path: "reach", what: `taking ${taken.join(", ")} away` });
  return problems;
}

/** Permissions that the service reads with and that the credential will no longer have. */
function takenAway({ reach: wanted, service }: Sight, { reach: found = [] }: Sight): string[] {
  if (!Array.isArray(wanted) || !wanted.every((one) => typeof one === "string" && permission.test(one))) return [];
  const left = new Set<string>(wanted);
  return found.filter(
    (one) =>
      !belongsElsewhere[service].test(one) && !left.has(one) && !left.has(one.replace(/\.Read(?=\.|$)/, ".ReadWrite")),
  );
}

/** Permissions on data that the service does not read: taking them away loses nothing. */
const belongsElsewhere: Readonly<Record<Service, RegExp>> = {
  exchange: /^(Files|Sites)\./,
  oneDrive: /^(Mail|Calendars)\./,
  sharePoint: /^(Mail|Calendars)\./,
};

const containers: Readonly<Record<Service, string>> = {
  exchange: "mailboxes and calendars",
  oneDrive: "drives",
  sharePoint: "sites",
};

function held({ crawled, containers: count }: Held["progress"], service: Service): string {
  const number = new Intl.NumberFormat("en");
  return `${number.format(crawled)} items of ${number.format(count)} ${containers[service]}, as it was last read`;
}
