/**
 * One data source's crawl: what it sees, what copies it keeps, and how far it is. It moves with the sandbox's time whenever it is
 * looked at. While it runs, whatever it no longer sees is deleted from the product's copy; when it does not get in, nothing is.
 */
import type { Crawl, CrawlError, IngestionScope, Service, StoredDataSource } from "./model";

/** Something that is crawled as a whole. */
export interface Container {
  /** Unique in the tenant and service. */
  readonly name: string;
  readonly kind: "mailbox" | "calendar" | "drive" | "site";
  /** Email address of the user or group that it belongs to, lower case. */
  readonly owner: string;
  readonly items: number;
  /** Items by folder, for example `/Reports/2026`; those in no folder are not listed. */
  readonly folders?: Readonly<Record<string, number>>;
}

/** What a credential gets in Microsoft 365. */
export interface Access {
  /** Graph application permissions in the token, for example `Mail.Read`. */
  readonly permissions: readonly string[];
  /** Access that is not in the token (RBAC for Applications in Exchange): whether it has this container; undefined when it says nothing. */
  readonly alsoReads?: (container: Container) => boolean;
}

/** Microsoft 365 as the crawler meets it. */
export interface Microsoft365 {
  /** Undefined when Entra gives no token for this credential. */
  reach(tenantId: string, applicationId: string, clientSecret: string): Access | undefined;
  tenantItems(tenantId: string, service: Service): readonly Container[];
  /** Email addresses of a group's members, lower case. */
  members(tenantId: string, groupEmail: string): readonly string[];
}

/** Milliseconds that one round takes: found after a third, copied after two thirds, analysed at the end. */
export const roundMs = 60_000;

export interface Look {
  /** Whether Entra accepted the credential. */
  readonly accepted: boolean;
  /** Copies that were deleted, by name, with their items. */
  readonly lost: ReadonlyMap<string, number>;
}

const nothing: Look = { accepted: true, lost: new Map() };

export class CrawlRun {
  #state: Crawl["state"] = "idle";
  #started = false;
  #roundBegan = 0;
  #pausedAt = 0;
  #errors: CrawlError[] = [];
  #discovered = 0;
  /** What the last look saw. */
  #seen: ReadonlyMap<string, number> | undefined;
  readonly #copies = new Map<string, number>();
  readonly #analysed = new Set<string>();

  constructor(
    private readonly microsoft365: Microsoft365,
    private readonly now: () => number,
  ) {}

  get state(): Crawl["state"] {
    return this.#state;
  }

  start(): void {
    if (this.#state !== "idle") return;
    this.#state = "running";
    this.#started = true;
    this.#roundBegan = this.now();
    this.#errors = [];
    this.#seen = undefined;
  }

  pause(): void {
    if (this.#state !== "running") return;
    this.#state = "paused";
    this.#pausedAt = this.now();
  }

  resume(): void {
    if (this.#state !== "paused") return;
    this.#state = "running";
    this.#roundBegan += this.now() - this.#pausedAt;
  }

  /** Ends it, as a person does in the product. */
  stop(): void {
    this.#state = "idle";
  }

  /** Goes on to the present. */
  look(source: StoredDataSource): Look {
    if (this.#state !== "running") return nothing;
    const elapsed = this.now() - this.#roundBegan;
    if (source.crawlMode === "once" && elapsed >= roundMs && this.#seen !== undefined) {
      // It was over before whatever has changed since.
      this.#copy([...this.#seen], 1);
      this.#endRound(source, elapsed);
      return nothing;
    }
    const access = this.microsoft365.reach(source.tenantId, source.applicationId, source.clientSecret);
    if (access === undefined) {
      this.#errors = [
        { at: new Date(this.now()).toISOString(), message: "Microsoft Entra gave no token for the credentials." },
      ];
      this.#endRound(source, elapsed);
      return { accepted: false, lost: new Map() };
    }
    this.#errors = [];
    const seen = visible(this.microsoft365, source, access);
    this.#seen = seen;
    const lost = this.#forget(seen);
    this.#copy([...seen], Math.min(1, elapsed / roundMs));
    this.#endRound(source, elapsed);
    return { accepted: true, lost };
  }

  view(): Crawl {
    const analysed = [...this.#copies].filter(([name]) => this.#analysed.has(name));
    return {
      state: this.#state,
      started: this.#started,
      discovered: this.#discovered,
      crawled: sum(this.#copies.values()),
      analysed: sum(analysed.map(([, items]) => items)),
      containers: this.#copies.size,
      errors: [...this.#errors],
    };
  }

  #forget(seen: ReadonlyMap<string, number>): Map<string, number> {
    const lost = new Map<string, number>();
    for (const [name, items] of this.#copies) {
      const left = seen.get(name) ?? 0;
      if (left >= items) continue;
      lost.set(name, items - left);
      if (left > 0) this.#copies.set(name, left);
      else {
        this.#copies.delete(name);
        this.#analysed.delete(name);
      }
    }
    return lost;
  }

  #copy(seen: readonly (readonly [string, number])[], share: number): void {
    if (share >= 1 / 3) this.#discovered = sum(seen.map(([, items]) => items));
    for (const [name, items] of seen.slice(0, Math.floor(Math.min(1, share * 1.5) * seen.length))) {
      this.#copies.set(name, items);
    }
    for (const [name] of seen.slice(0, Math.floor(share * seen.length))) this.#analysed.add(name);
  }

  #endRound({ crawlMode }: StoredDataSource, elapsed: number): void {
    if (elapsed < roundMs) return;
    if (crawlMode === "once") this.#state = "idle";
    else this.#roundBegan = this.now() - (elapsed % roundMs);
  }
}

/** Items by container, as far as scope and permissions go. */
function visible(microsoft365: Microsoft365, source: StoredDataSource, access: Access): Map<string, number> {
  const { tenantId, service, ingestionScope, folderPath } = source;
  const inScope = scopeFilter(microsoft365, tenantId, ingestionScope);
  const listed = access.permissions.includes("Directory.Read.All");
  const seen = microsoft365
    .tenantItems(tenantId, service)
    .filter((container) => listed && inScope(container) && mayRead(access, container))
    .map((container): [string, number] => [container.name, itemsIn(container, folderPath)]);
  return new Map(seen.filter(([, items]) => items > 0));
}

function scopeFilter(
  microsoft365: Microsoft365,
  tenantId: string,
  scope: IngestionScope,
): (container: Container) => boolean {
  switch (scope.type) {
    case "everything":
      return () => true;
    case "domain":
      return ({ owner }) => owner.endsWith(`@${scope.domain.toLowerCase()}`);
    case "groupEmail": {
      const members = new Set(microsoft365.members(tenantId, scope.email.toLowerCase()));
      return ({ owner }) => members.has(owner);
    }
    case "userEmail":
      return ({ owner }) => owner === scope.email.toLowerCase();
  }
}

const permissionFor: Readonly<Record<Container["kind"], readonly string[]>> = {
  mailbox: ["Mail.Read", "Mail.ReadWrite"],
  calendar: ["Calendars.Read", "Calendars.ReadWrite"],
  drive: ["Files.Read.All", "Files.ReadWrite.All"],
  site: ["Sites.Read.All", "Sites.ReadWrite.All", "Sites.FullControl.All"],
};

function mayRead({ permissions, alsoReads }: Access, container: Container): boolean {
  if (permissionFor[container.kind].some((permission) => permissions.includes(permission))) return true;
  return alsoReads?.(container) === true;
}

function itemsIn({ items, folders = {} }: Container, folderPath: string | undefined): number {
  if (folderPath === undefined) return items;
  const wanted = folderPath.toLowerCase();
  const within = (folder: string): boolean => folder === wanted || folder.startsWith(`${wanted}/`);
  return sum(Object.entries(folders).map(([folder, count]) => (within(folder.toLowerCase()) ? count : 0)));
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((total, one) => total + one, 0);
}
