/** What a cmdlet is given and what it gives. */
import type { ExchangeBehaviour } from "../behaviour";
import type { ExchangeOrganization } from "../organization";
import type { Replica } from "../storedMailboxes";
import type { Mailbox } from "../model";
import type { PageRequest } from "../paging";
import type { Parameters } from "../parameters";
import type { WireProperty } from "../properties";
import { row } from "../properties";

export interface CmdletCall {
  readonly organization: ExchangeOrganization;
  readonly parameters: Parameters;
  /** The organization's, unless a fault has it otherwise. */
  readonly behaviour: ExchangeBehaviour;
  /** The copy that a reader meets; undefined for the one that is written to. */
  readonly replica: Replica | undefined;
  /** Is told of each mailbox that a list shows. */
  readonly listed: (mailbox: Mailbox) => void;
  readonly pageRequest: PageRequest;
}

export interface CmdletResult {
  readonly rows: readonly Record<string, unknown>[];
  readonly warnings: readonly string[];
  readonly nextToken?: string | undefined;
  /** A change that changed nothing. */
  readonly isUnchanged?: true;
}

export interface Cmdlet {
  readonly name: string;
  /** Besides those that every cmdlet takes. */
  readonly parameters: readonly string[];
  /** The server that has to carry it out; undefined for any. What isn't there is any server's to say. */
  readonly server?: (organization: ExchangeOrganization, parameters: Parameters) => number | undefined;
  /** Throws the service's errors. */
  run(call: CmdletCall): CmdletResult;
}

export const truncated =
  "There are more results available than are currently displayed. To view them, increase the value for the ResultSize parameter.";

/** The warning of a change that changed nothing. */
export function unmodified(name: string): string {
  return `The command completed successfully but no settings of '${name}' have been modified.`;
}

/** What a change says that changed nothing. */
export function unchanged(name: string): CmdletResult {
  return { rows: [], warnings: [unmodified(name)], isUnchanged: true };
}

/** What a change says. */
export const changed: CmdletResult = { rows: [], warnings: [] };

/** One object as the only row. */
export function single<T>(object: T, properties: readonly WireProperty<T>[]): CmdletResult {
  return { rows: [row(object, properties)], warnings: [] };
}

/** The server of the mailbox or account that `Identity` names, for what changes one. */
export function hostOfIdentity(organization: ExchangeOrganization, parameters: Parameters): number | undefined {
  if (!organization.behaviour.changesNeedTheirServer) return undefined;
  return organization.hostOf(parameters.text("Identity") ?? "");
}
