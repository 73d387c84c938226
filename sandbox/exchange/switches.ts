/** The switches of an organization, some of which take their time to show or to be in force. */
import type { ExchangeBehaviour } from "./behaviour";
import type { OrganizationSwitches } from "./model";

export class Switches {
  /** As they were set. */
  #set: OrganizationSwitches;
  #unifiedAuditLogBefore: { readonly value: boolean; readonly until: number } | undefined;
  #customizingUntil = -Infinity;

  constructor(
    dehydrated: boolean,
    private readonly now: () => number,
  ) {
    this.#set = { auditDisabled: false, unifiedAuditLogIngestionEnabled: true, isDehydrated: dehydrated };
  }

  /** As they were set, whatever reading shows. */
  get asSet(): OrganizationSwitches {
    return this.#set;
  }

  /** As reading shows them now. */
  shown({ isDehydratedMeanwhile }: ExchangeBehaviour): OrganizationSwitches {
    const before = this.#unifiedAuditLogBefore;
    return {
      ...this.#set,
      ...(before !== undefined && this.now() < before.until ? { unifiedAuditLogIngestionEnabled: before.value } : {}),
      ...(this.now() < this.#customizingUntil ? { isDehydrated: isDehydratedMeanwhile } : {}),
    };
  }

  /** Whether the organization's settings can be changed: it is not dehydrated, and has not been until a moment ago. */
  get areOpen(): boolean {
    return !this.#set.isDehydrated && this.now() >= this.#customizingUntil;
  }

  /** Sets some as they would be found, at once. */
  set(switches: Partial<OrganizationSwitches>): void {
    this.#set = { ...this.#set, ...switches };
    if (switches.unifiedAuditLogIngestionEnabled !== undefined) this.#unifiedAuditLogBefore = undefined;
    if (switches.isDehydrated !== undefined) this.#customizingUntil = -Infinity;
  }

  /** Switches the unified audit log as its cmdlet does. */
  switchUnifiedAuditLog(enabled: boolean, behaviour: ExchangeBehaviour): void {
    const value = this.shown(behaviour).unifiedAuditLogIngestionEnabled;
    this.set({ unifiedAuditLogIngestionEnabled: enabled });
    this.#unifiedAuditLogBefore = { value, until: this.now() + behaviour.unifiedAuditLogDelayMs };
  }

  /** Opens the organization for customization as the cmdlet does. */
  customize({ customizationDelayMs }: ExchangeBehaviour): void {
    this.set({ isDehydrated: false });
    this.#customizingUntil = this.now() + customizationDelayMs;
  }
}
