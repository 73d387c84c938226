/** An Exchange Online organization: its mailboxes, bypass associations and switches. */
import type { AuditChange } from "./auditChange";
import { changedState } from "./auditChange";
import { defaultBehaviour, turnedRound, type BehaviourChange, type ExchangeBehaviour } from "./behaviour";
import { BypassDirectory } from "./bypassDirectory";
import { MailboxDirectory } from "./directory";
import type {
  BypassAssociation,
  ExchangeCounters,
  LogonType,
  Mailbox,
  MailboxAuditSettings,
  OrganizationSwitches,
} from "./model";
import { placeOf, serverOf, systemServer, type Place } from "./routing";
import { StoredMailboxes, wholeSeconds, type Change, type MailboxGlance, type Replica } from "./storedMailboxes";
import { Switches } from "./switches";

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
  /** Verified domains besides the initial one. Default: none. */
  readonly otherDomains?: readonly string[];
  /** What is left out is as {@link defaultBehaviour} says. */
  readonly behaviour?: BehaviourChange | undefined;
}

export interface ExchangeOrganization {
  readonly tenantId: string;
  readonly initialDomain: string;
  /** Verified domains, the initial one first. */
  readonly domains: readonly string[];
  /** Positions of the mailbox list run from 0 up to this, also those of mailboxes that were removed. */
  readonly mailboxCount: number;
  /** How many mailboxes there are. */
  readonly mailboxesLeft: number;
  readonly behaviour: ExchangeBehaviour;
  /** Turns some of the behaviour round, or all of it back with undefined. */
  setBehaviour(change: BehaviourChange | undefined): void;
  /** Whether the text is the tenant's id or one of its domains; any letter case. */
  isNamed(name: string): boolean;
  /** Where `X-AnchorMailbox` leads. Throws the service's error for a hint that leads nowhere. */
  placeOf(anchor: string): Place;
  /** The server that hosts a mailbox or an account by any of its names; undefined when there is none. */
  hostOf(identity: string): number | undefined;
  readonly counters: ExchangeCounters;
  resetCounters(): void;
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /**
   * A mailbox by GUID, Entra object id, user principal name, address, alias, name or distinguished name; any letter case.
   * @param replica whose copy is looked at; default: the one that was written
   */
  mailbox(identity: string, replica?: Replica): Mailbox | undefined;
  /** The mailbox at a position of the list, from 0 up to `mailboxCount`. Positions never change. */
  glance(position: number, replica?: Replica): MailboxGlance;
  /** Every mailbox, in the order in which they are listed. */
  each(): Iterable<Mailbox>;
  /** Takes a mailbox away, with the account that it belongs to. False when there is none. */
  removeMailbox(identity: string): boolean;
  /**
   * Sets audit properties as they would be found, without the rules of `Set-Mailbox`: for tampering. A list that is given takes
   * its logon type out of `defaultAuditSet`, unless `defaultAuditSet` is given too; `auditEnabled` sets what is set on the mailbox
   * itself. Throws when there is no such mailbox.
   * @param whenChanged when it is to have been changed, in milliseconds since the Unix epoch; default: now
   */
  setMailboxAudit(identity: string, audit: Partial<MailboxAuditSettings>, whenChanged?: number): Mailbox;
  /** What `Set-Mailbox` does: false when nothing changed. Throws the service's errors. */
  changeMailboxAudit(mailbox: Mailbox, change: AuditChange, behaviour?: ExchangeBehaviour): boolean;
  /** Every row of the bypass listing: mailboxes, accounts without one, system objects. */
  eachBypass(): Iterable<BypassAssociation>;
  /** The bypass row at a position, undefined where there is none, and where the positions end. */
  bypassAt(position: number, replica?: Replica): BypassAssociation | undefined;
  readonly bypassEnd: number;
  bypass(identity: string, replica?: Replica): BypassAssociation | undefined;
  /** Puts an account on audit bypass or takes it off. Throws when there is no such account. */
  setBypass(identity: string, bypass: boolean): BypassAssociation;
  /** What `Set-MailboxAuditBypassAssociation` does: late replicas hear of it later. */
  changeBypass(identity: string, bypass: boolean): void;
  /** Set at once, as they would be found: for tampering. */
  setAuditDisabled(disabled: boolean): void;
  setUnifiedAuditLog(enabled: boolean): void;
  setDehydrated(dehydrated: boolean): void;
  /** As they were set, whatever reading shows. */
  switches(): OrganizationSwitches;
  /** The same switches as the cmdlets read and set them, with the time that they take. */
  readonly timedSwitches: Switches;
}

/** A new organization, deterministic for its seed and size. */
export function createOrganization(options: OrganizationOptions): ExchangeOrganization {
  return new Organization(options);
}

class Organization implements ExchangeOrganization {
  readonly tenantId: string;
  readonly initialDomain: string;
  readonly counters = noCounts();
  readonly now: () => number;
  readonly #mailboxes: StoredMailboxes;
  readonly #bypass: BypassDirectory;
  #changes = 0;
  #behaviour: ExchangeBehaviour;
  readonly domains: readonly string[];
  readonly timedSwitches: Switches;

  constructor(options: OrganizationOptions) {
    if (!Number.isSafeInteger(options.mailboxes) || options.mailboxes < 0) {
      throw new RangeError(`mailboxes: ${String(options.mailboxes)} is not a number of mailboxes`);
    }
    this.tenantId = options.tenantId.toLowerCase();
    this.initialDomain = options.initialDomain;
    this.now = options.now;
    const directory = new MailboxDirectory({ ...options, size: options.mailboxes });
    const isOnByDefault = (): boolean => this.#behaviour.auditEnabledShowsDefault && !this.switches().auditDisabled;
    this.#mailboxes = new StoredMailboxes(directory, isOnByDefault);
    this.#bypass = new BypassDirectory(directory, options.seed, options.initialDomain);
    this.domains = [options.initialDomain, ...(options.otherDomains ?? [])];
    this.#behaviour = turnedRound(defaultBehaviour, options.behaviour ?? {});
    this.timedSwitches = new Switches(options.dehydrated ?? false, options.now);
  }

  get behaviour(): ExchangeBehaviour {
    return this.#behaviour;
  }

  setBehaviour(change: BehaviourChange | undefined): void {
    this.#behaviour = change === undefined ? defaultBehaviour : turnedRound(this.#behaviour, change);
  }

  isNamed(name: string): boolean {
    const wanted = name.toLowerCase();
    return wanted === this.tenantId || this.domains.some((domain) => domain.toLowerCase() === wanted);
  }

  placeOf(anchor: string): Place {
    const hosting = {
      tenantId: this.tenantId,
      isNamed: (name: string) => this.isNamed(name),
      position: (identity: string) => this.#mailboxes.find(identity),
      names: (position: number) => this.#mailboxes.directory.identity(position),
    };
    return placeOf(anchor, hosting, this.#behaviour);
  }

  /** That accounts without a mailbox are hosted with the system mailbox is unknown. */
  hostOf(identity: string): number | undefined {
    const position = this.#mailboxes.find(identity);
    if (position !== undefined) return serverOf(this.tenantId, position, this.#behaviour);
    return this.bypass(identity) === undefined ? undefined : systemServer;
  }

  get mailboxCount(): number {
    return this.#mailboxes.directory.size;
  }

  get mailboxesLeft(): number {
    return this.#mailboxes.count;
  }

  resetCounters(): void {
    Object.assign(this.counters, noCounts());
  }

  mailbox(identity: string, replica?: Replica): Mailbox | undefined {
    const position = this.#mailboxes.find(identity);
    return position === undefined ? undefined : this.#mailboxes.mailbox(position, replica);
  }

  glance(position: number, replica?: Replica): MailboxGlance {
    return this.#mailboxes.glance(position, replica);
  }

  *each(): Iterable<Mailbox> {
    for (let position = 0; position < this.mailboxCount; position++) {
      if (this.#mailboxes.has(position)) yield this.#mailboxes.mailbox(position);
    }
  }

  removeMailbox(identity: string): boolean {
    const position = this.#mailboxes.find(identity);
    if (position !== undefined) this.#mailboxes.remove(position);
    return position !== undefined;
  }

  setMailboxAudit(identity: string, audit: Partial<MailboxAuditSettings>, whenChanged = this.now()): Mailbox {
    const position = this.#mailboxes.find(identity);
    if (position === undefined) throw new RangeError(`no mailbox '${identity}'`);
    const before = this.#mailboxes.state(position);
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
    this.#mailboxes.set(position, state, whenChanged);
    return this.#mailboxes.mailbox(position);
  }

  changeMailboxAudit(mailbox: Mailbox, change: AuditChange, behaviour = this.#behaviour): boolean {
    const position = this.#mailboxes.find(mailbox.guid);
    if (position === undefined) throw new RangeError(`no mailbox '${mailbox.guid}'`);
    const state = changedState(mailbox, this.#mailboxes.state(position), change, behaviour);
    return this.#mailboxes.change(position, state, this.#nextChange(), behaviour.auditChangesMoveWhenChanged);
  }

  #nextChange(): Change {
    return { number: ++this.#changes, at: this.now() };
  }

  *eachBypass(): Iterable<BypassAssociation> {
    for (let position = 0; position < this.bypassEnd; position++) {
      const row = this.bypassAt(position);
      if (row !== undefined) yield row;
    }
  }

  get bypassEnd(): number {
    return this.#bypass.end;
  }

  bypassAt(position: number, replica?: Replica): BypassAssociation | undefined {
    if (position >= this.#bypass.end || !this.#mailboxes.has(position)) return undefined;
    const row = this.#bypass.row(position, replica);
    if (row === undefined || row.auditBypassEnabled !== undefined || this.#behaviour.bypassMayBeAbsent) return row;
    return { ...row, auditBypassEnabled: false };
  }

  bypass(identity: string, replica?: Replica): BypassAssociation | undefined {
    const position = this.#bypass.find(identity);
    return position === undefined ? undefined : this.bypassAt(position, replica);
  }

  setBypass(identity: string, bypass: boolean): BypassAssociation {
    return this.#setBypass(identity, bypass, undefined);
  }

  changeBypass(identity: string, bypass: boolean): void {
    this.#setBypass(identity, bypass, this.#nextChange());
  }

  #setBypass(identity: string, bypass: boolean, change: Change | undefined): BypassAssociation {
    const position = this.#bypass.find(identity);
    if (position !== undefined) this.#bypass.set(position, bypass, wholeSeconds(this.now()), change);
    const row = position === undefined ? undefined : this.bypassAt(position);
    if (row === undefined) throw new RangeError(`no account '${identity}'`);
    return row;
  }

  setAuditDisabled(disabled: boolean): void {
    this.timedSwitches.set({ auditDisabled: disabled });
  }

  setUnifiedAuditLog(enabled: boolean): void {
    this.timedSwitches.set({ unifiedAuditLogIngestionEnabled: enabled });
  }

  setDehydrated(dehydrated: boolean): void {
    this.timedSwitches.set({ isDehydrated: dehydrated });
  }

  switches(): OrganizationSwitches {
    return this.timedSwitches.asSet;
  }
}

function noCounts(): ExchangeCounters {
  return {
    requests: 0,
    batches: 0,
    listPages: 0,
    mailboxPages: 0,
    cmdletReads: 0,
    cmdletWrites: 0,
    changes: 0,
    misrouted: 0,
    throttled: 0,
  };
}
