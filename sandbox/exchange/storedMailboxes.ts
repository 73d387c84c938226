/** The mailboxes of an organization as they stand: those that are as they were seeded take no room. */
import { isAuditedByDefault } from "./auditActions";
import type { AuditState } from "./auditState";
import { seededState, seededWhenChanged, sharedState } from "./auditState";
import type { MailboxDirectory } from "./directory";
import type { Replicated } from "./hooks";
import type { Mailbox, MailboxIdentity, RecipientType } from "./model";

/** A change as the service made it. */
export interface Change {
  /** Tells the changes of an organization apart. */
  readonly number: number;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

/** A copy of the directory that hears of changes late. */
export interface Replica {
  /** Whether it still shows what was there before a change. */
  isLate(of: Replicated, change: Change): boolean;
  /** Is told of everything that was read. */
  wasRead(of: Replicated): void;
}

/** What is found at a position of the mailbox list without making the whole mailbox: for filters over a large tenant. */
export interface MailboxGlance {
  /** False when the mailbox was removed. */
  readonly exists: boolean;
  readonly recipientTypeDetails: RecipientType;
  readonly explicitAuditEnabled: boolean;
  readonly persistedCapabilities: readonly string[];
  /** Milliseconds since the Unix epoch, whole seconds. */
  readonly whenChanged: number;
  readonly whenCreated: number;
  readonly alias: string;
  /** Makes the whole mailbox. */
  mailbox(): Mailbox;
}

/** What was stored of a mailbox. */
interface Stored {
  readonly state: AuditState;
  readonly whenChanged: number;
}

interface Changed extends Stored {
  /** What it was before the service last changed it; undefined when someone else did. */
  readonly before?: Stored & { readonly change: Change };
}

/** Mailboxes are named by their position in the list, which never changes. */
export class StoredMailboxes {
  /** Those that are no longer as they were seeded. */
  readonly #changed = new Map<number, Changed>();
  readonly #removed = new Set<number>();

  /** @param isOnByDefault whether mailboxes of the types that auditing on by default covers are shown as audited, now */
  constructor(
    readonly directory: MailboxDirectory,
    private readonly isOnByDefault: () => boolean,
  ) {}

  /** How many there are. */
  get count(): number {
    return this.directory.size - this.#removed.size;
  }

  has(position: number): boolean {
    return !this.#removed.has(position);
  }

  /** The position of a mailbox that is there, by any of its names. */
  find(identity: string): number | undefined {
    const position = this.directory.find(identity);
    return position === undefined || this.#removed.has(position) ? undefined : position;
  }

  remove(position: number): void {
    this.#removed.add(position);
  }

  mailbox(position: number, replica?: Replica): Mailbox {
    return this.#whole(position, this.#seen(position, replica));
  }

  glance(position: number, replica?: Replica): MailboxGlance {
    const { directory } = this;
    const stored = this.#seen(position, replica);
    return {
      exists: this.has(position),
      get recipientTypeDetails() {
        return directory.type(position);
      },
      get explicitAuditEnabled() {
        return (stored?.state ?? seededState(directory, position)).enabled;
      },
      get persistedCapabilities() {
        return directory.capabilities(position);
      },
      get whenChanged() {
        return stored?.whenChanged ?? seededWhenChanged(directory, position);
      },
      get whenCreated() {
        return directory.whenCreated(position);
      },
      get alias() {
        return directory.alias(position);
      },
      mailbox: () => this.#whole(position, stored),
    };
  }

  state(position: number): AuditState {
    return this.#changed.get(position)?.state ?? seededState(this.directory, position);
  }

  /** Stores a state as if it had always been there for every reader. */
  set(position: number, state: AuditState, whenChanged: number): void {
    this.#store(position, { state: sharedState(state), whenChanged });
  }

  /** Stores a state as a change that readers may see late. False when nothing changes. */
  change(position: number, state: AuditState, change: Change, movesWhenChanged: boolean): boolean {
    const before = {
      state: this.state(position),
      whenChanged: this.#changed.get(position)?.whenChanged ?? seededWhenChanged(this.directory, position),
      change,
    };
    const whenChanged = movesWhenChanged ? change.at : before.whenChanged;
    return this.#store(position, { state: sharedState(state), whenChanged, before });
  }

  #store(position: number, changed: Changed): boolean {
    if (changed.state === this.state(position)) return false;
    this.#changed.set(position, { ...changed, whenChanged: wholeSeconds(changed.whenChanged) });
    return true;
  }

  /** What a reader sees of a mailbox that is not as it was seeded. */
  #seen(position: number, replica: Replica | undefined): Stored | undefined {
    const changed = this.#changed.get(position);
    const before = changed?.before;
    if (replica === undefined || before === undefined) return changed;
    const of = { part: "mailbox", guid: this.directory.guid(position) } as const;
    return replica.isLate(of, before.change) ? before : changed;
  }

  #whole(position: number, stored: Stored | undefined): Mailbox {
    const state = stored?.state ?? seededState(this.directory, position);
    const isOn = isAuditedByDefault(this.directory.type(position)) && this.isOnByDefault();
    // Assigned in place: making copies of mailboxes is most of the work of listing a large tenant.
    return Object.assign<MailboxIdentity, Omit<Mailbox, keyof MailboxIdentity>>(this.directory.identity(position), {
      auditEnabled: isOn || state.enabled,
      explicitAuditEnabled: state.enabled,
      auditAdmin: state.lists.Admin,
      auditDelegate: state.lists.Delegate,
      auditOwner: state.lists.Owner,
      defaultAuditSet: state.managed,
      auditLogAgeLimitDays: state.ageLimitDays,
      whenChanged: stored?.whenChanged ?? seededWhenChanged(this.directory, position),
    });
  }
}

/** The directory keeps times to the second. */
export function wholeSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}
