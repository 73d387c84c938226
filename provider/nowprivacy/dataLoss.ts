/**
 * The guard of the product's copy. NOW Privacy keeps a copy of what it crawls, and deletes of it what a later crawl no longer sees. So
 * whatever narrows what a crawl sees destroys data, and is refused unless that is declared to be meant.
 */
import type { Problem } from "../core";
import { type IngestionScope, covers, coversFolder, ingestionScope, scopeText } from "./ingestionScope";

export type Service = "exchange" | "sharePoint" | "oneDrive";

/** What decides about what a crawl sees, as declared or as found. */
export interface Sight {
  readonly service: Service;
  readonly tenantId: string;
  readonly ingestionScope: IngestionScope;
  readonly folderPath?: string | undefined;
  readonly reach?: readonly string[] | undefined;
  readonly crawlMode: "once" | "continuous";
}

/** How far the crawl is. */
export interface Held {
  readonly crawl: string;
  readonly progress: { readonly crawled: number; readonly containers: number };
}

/** A Graph permission such as `Mail.Read`. */
export const permission = /^[A-Za-z]+(?:\.[A-Za-z]+)+$/;

/**
 * Why a change would destroy part of the product's copy: one problem a property; none when it would not, or when nothing has been
 * copied yet. PURE. Values that are not known yet are taken for harmless; they are judged again when they are known.
 */
export function lossesOf(wanted: Sight, found: Sight & Held): Problem[] {
  const { progress, service } = found;
  // Another tenant or service is another data source.
  if (wanted.tenantId !== found.tenantId || wanted.service !== service || progress.crawled === 0) return [];
  const goesOn = wanted.crawlMode === "continuous" || found.crawlMode === "continuous" || found.crawl === "running";
  if (!goesOn) return [];
  return narrowed(wanted, found).map(({ path, what }) => ({
    path,
    message:
      `${what} while the crawl goes on makes NOW Privacy delete its own copy of what it no longer sees. It holds ` +
      `${held(progress, service)}; whatever of it is left out would be lost. Allowed: with \`allowDataLoss: true\``,
  }));
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
