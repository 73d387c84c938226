/** What a cmdlet is given and what it gives. */
import type { ExchangeOrganization } from "../organization";
import type { PageRequest } from "../paging";
import type { Parameters } from "../parameters";
import type { WireProperty } from "../properties";
import { row } from "../properties";

export interface CmdletCall {
  readonly organization: ExchangeOrganization;
  readonly parameters: Parameters;
  /** `X-AnchorMailbox`, empty when there is none. */
  readonly anchor: string;
  readonly pageRequest: PageRequest;
}

export interface CmdletResult {
  readonly rows: readonly Record<string, unknown>[];
  readonly warnings: readonly string[];
  readonly nextToken?: string | undefined;
}

export interface Cmdlet {
  readonly name: string;
  /** Besides those that every cmdlet takes. */
  readonly parameters: readonly string[];
  /** Throws the service's errors. */
  run(call: CmdletCall): CmdletResult;
}

export const truncated =
  "There are more results available than are currently displayed. To view them, increase the value for the ResultSize parameter.";

/** What a change says that changed nothing. */
export function unchanged(name: string): CmdletResult {
  return {
    rows: [],
    warnings: [`The command completed successfully but no settings of '${name}' have been modified.`],
  };
}

/** What a change says. */
export const changed: CmdletResult = { rows: [], warnings: [] };

/** One object as the only row. */
export function single<T>(object: T, properties: readonly WireProperty<T>[]): CmdletResult {
  return { rows: [row(object, properties)], warnings: [] };
}
