/** An Exchange Online organization: its mailboxes, bypass associations and switches. */
import { isAuditedByDefault } from "./auditActions";
import type { AuditChange } from "./auditChange";
import { changedState } from "./auditChange";
import type { AuditState } from "./auditState";
import { seededState, seededWhenChanged, sharedState } from "./auditState";
import { BypassDirectory } from "./bypassDirectory";
import { MailboxDirectory } from "./directory";
import type {
  BypassAssociation,
  ExchangeCounters,
  LogonType,
  Mailbox,
  MailboxAuditSettings,
  MailboxIdentity,
  OrganizationSwitches,
  RecipientType,
} from "./model";

export interface OrganizationOptions {
  readonly tenantId: string;
  /** For example `contoso.onmicrosoft.com`. */
  readonly initialDomain: string;
  /** How many mailboxes, of all types together. */
  readonly mailboxes: number;
  /** The same seed makes the same organization. */
  readonly seed: string;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Whether the organization starts dehydrated. Default false. */
  readonly dehydrated?: boolean;
}

/** What is found at a position of the mailbox list without making the whole mailbox: for filters over a large tenant. */
export interface MailboxGlance {
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

export interface ExchangeOrganization {
  readonly tenantId: string;
  readonly initialDomain: string;
  readonly mailboxCount: number;
  readonly counters: ExchangeCounters;
  resetCounters(): void;
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** A mailbox by GUID, Entra object id, user principal name, address, alias, name or distinguished name; any letter case. */
  mailbox(identity: string): Mailbox | undefined;
  /** The mailbox at a position of the list, from 0 up to `mailboxCount`. Positions never change. */
  glance(position: number): MailboxGlance;
  /** Every mailbox, in the order in which they are listed. */
  each(): Iterable<Mailbox>;
  /**
   * Sets audit properties as they would be found, without the rules of `Set-Mailbox`: for tampering. A list that is given takes
   * its logon type out of `defaultAuditSet`, unless `defaultAuditSet` is given too; `auditEnabled` sets what is set on the mailbox
   * itself. Throws when there is no such mailbox.
   * @param whenChanged when it is to have been changed, in milliseconds since the Unix epoch; default: now
   */
  setMailboxAudit(identity: string, audit: Partial<MailboxAuditSettings>, whenChanged?: number): Mailbox;
  /** What `Set-Mailbox` does: false when nothing changed. Throws the service's errors. */
  changeMailboxAudit(mailbox: Mailbox, change: AuditChange): boolean;
  /** Every row of the bypass listing: mailboxes, accounts without one, system objects. */
  eachBypass(): Iterable<BypassAssociation>;
  /** The bypass row at a position, undefined where there is none, and where the positions end. */
  bypassAt(position: number): BypassAssociation | undefined;
  readonly bypassEnd: number;
  bypass(identity: string): BypassAssociation | undefined;
  /** Puts an account on audit bypass or takes it off. Throws when there is no such account. */
  setBypass(identity: string, bypass: boolean): BypassAssociation;
  setAuditDisabled(disabled: boolean): void;
  setUnifiedAuditLog(enabled: boolean): void;
  setDehydrated(dehydrated: boolean): void;
  switches(): OrganizationSwitches;
}

/** A new organization, deterministic for its seed and size. */
export function createOrganization(options: OrganizationOptions): ExchangeOrganization {
  return new Organization(options);
}

interface Changed {
  readonly state: AuditState;
  readonly whenChanged: number;
}

class Organization implements ExchangeOrganization {
  readonly tenantId: string;
  readonly initialDomain: string;
  readonly counters = noCounts();
  readonly now: () => number;
  readonly #directory: MailboxDirectory;
  readonly #bypass: BypassDirectory;
  /** Mailboxes that are no longer as they were seeded. */
  readonly #changed = new Map<number, Changed>();
  #switches: OrganizationSwitches;

  constructor(options: OrganizationOptions) {
    if (!Number.isSafeInteger(options.mailboxes) || options.mailboxes < 0) {
      throw new RangeError(`mailboxes: ${String(options.mailboxes)} is not a number of mailboxes`);
    }
    this.tenantId = options.tenantId.toLowerCase();
    this.initialDomain = options.initialDomain;
    this.now = options.now;
    this.#directory = new MailboxDirectory({ ...options, size: options.mailboxes });
    this.#bypass = new BypassDirectory(this.#directory, options.seed, options.initialDomain);
    this.#switches = {
      auditDisabled: false,
      unifiedAuditLogIngestionEnabled: true,
      isDehydrated: options.dehydrated ?? false,
    };
  }

  get mailboxCount(): number {
    return this.#directory.size;
  }

  resetCounters(): void {
    Object.assign(this.counters, noCounts());
  }

  mailbox(identity: string): Mailbox | undefined {
    const position = this.#directory.find(identity);
    return position === undefined ? undefined : this.#mailboxAt(position);
  }

  glance(position: number): MailboxGlance {
    const directory = this.#directory;
    const changed = this.#changed.get(position);
    return {
      get recipientTypeDetails() {
        return directory.type(position);
      },
      get explicitAuditEnabled() {
        return (changed?.state ?? seededState(directory, position)).enabled;
      },
      get persistedCapabilities() {
        return directory.capabilities(position);
      },
      get whenChanged() {
        return changed?.whenChanged ?? seededWhenChanged(directory, position);
      },
      get whenCreated() {
        return directory.whenCreated(position);
      },
      get alias() {
        return directory.alias(position);
      },
      mailbox: () => this.#mailboxAt(position),
    };
  }

  *each(): Iterable<Mailbox> {
    for (let position = 0; position < this.mailboxCount; position++) yield this.#mailboxAt(position);
  }

  setMailboxAudit(identity: string, audit: Partial<MailboxAuditSettings>, whenChanged = this.now()): Mailbox {
    const position = this.#directory.find(identity);
    if (position === undefined) throw new RangeError(`no mailbox '${identity}'`);
    const before = this.#stateAt(position);
    const lists = { Admin: audit.auditAdmin, Delegate: audit.auditDelegate, Owner: audit.auditOwner };
    const given = (logonType: LogonType): boolean => lists[logonType] !== undefined;
    const state = {
      enabled: audit.auditEnabled ?? before.enabled,
      lists: {
        Admin: lists.Admin ?? before.lists.Admin,
        Delegate: lists.Delegate ?? before.lists.Delegate,
        Owner: lists.Owner ?? before.lists.Owner,
      },
      managed: audit.defaultAuditSet ?? before.managed.filter((logonType) => !given(logonType)),
      ageLimitDays: audit.auditLogAgeLimitDays ?? before.ageLimitDays,
    };
    this.#store(position, state, whenChanged);
    return this.#mailboxAt(position);
  }

  changeMailboxAudit(mailbox: Mailbox, change: AuditChange): boolean {
    const position = this.#directory.find(mailbox.guid);
    if (position === undefined) throw new RangeError(`no mailbox '${mailbox.guid}'`);
    return this.#store(position, changedState(mailbox, this.#stateAt(position), change));
  }

  *eachBypass(): Iterable<BypassAssociation> {
    for (let position = 0; position < this.bypassEnd; position++) {
      const row = this.#bypass.row(position);
      if (row !== undefined) yield row;
    }
  }

  get bypassEnd(): number {
    return this.#bypass.end;
  }

  bypassAt(position: number): BypassAssociation | undefined {
    return position < this.#bypass.end ? this.#bypass.row(position) : undefined;
  }

  bypass(identity: string): BypassAssociation | undefined {
    const position = this.#bypass.find(identity);
    return position === undefined ? undefined : this.#bypass.row(position);
  }

  setBypass(identity: string, bypass: boolean): BypassAssociation {
    const position = this.#bypass.find(identity);
    if (position !== undefined) this.#bypass.set(position, bypass, wholeSeconds(this.now()));
    const row = position === undefined ? undefined : this.#bypass.row(position);
    if (row === undefined) throw new RangeError(`no account '${identity}'`);
    return row;
  }

  setAuditDisabled(disabled: boolean): void {
    this.#switches = { ...this.#switches, auditDisabled: disabled };
  }

  setUnifiedAuditLog(enabled: boolean): void {
    this.#switches = { ...this.#switches, unifiedAuditLogIngestionEnabled: enabled };
  }

  setDehydrated(dehydrated: boolean): void {
    this.#switches = { ...this.#switches, isDehydrated: dehydrated };
  }

  switches(): OrganizationSwitches {
    return this.#switches;
  }

  #stateAt(position: number): AuditState {
    return this.#changed.get(position)?.state ?? seededState(this.#directory, position);
  }

  #store(position: number, state: AuditState, whenChanged = this.now()): boolean {
    const shared = sharedState(state);
    if (shared === this.#stateAt(position)) return false;
    this.#changed.set(position, { state: shared, whenChanged: wholeSeconds(whenChanged) });
    return true;
  }

  #mailboxAt(position: number): Mailbox {
    const state = this.#stateAt(position);
    const type = this.#directory.type(position);
    const onByDefault = isAuditedByDefault(type) && !this.#switches.auditDisabled;
    // Assigned in place: making copies of mailboxes is most of the work of listing a large tenant.
    return Object.assign<MailboxIdentity, Omit<Mailbox, keyof MailboxIdentity>>(this.#directory.identity(position), {
      auditEnabled: onByDefault || state.enabled,
      explicitAuditEnabled: state.enabled,
      auditAdmin: state.lists.Admin,
      auditDelegate: state.lists.Delegate,
      auditOwner: state.lists.Owner,
      defaultAuditSet: state.managed,
      auditLogAgeLimitDays: state.ageLimitDays,
      whenChanged: this.#changed.get(position)?.whenChanged ?? seededWhenChanged(this.#directory, position),
    });
  }
}

/** The directory keeps times to the second. */
function wholeSeconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) * 1000;
}

function noCounts(): ExchangeCounters {
  return { requests: 0, batches: 0, listPages: 0, mailboxPages: 0, cmdletReads: 0, cmdletWrites: 0, throttled: 0 };
}
