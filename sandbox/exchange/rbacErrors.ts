/** Failures of the cmdlets that manage role assignments. */
import { cmdletFailure, type AdminApiError } from "./errors";

export {
  badParameterValue,
  cmdletFailure,
  dehydrated,
  missingParameter,
  objectNotFound,
  unknownParameters,
} from "./errors";

const alreadyExists = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectAlreadyExistsException";

/** There is one with that name already. */
export function objectAlreadyExists(what: string, name: string): AdminApiError {
  return cmdletFailure(alreadyExists, `The ${what} '${name}' already exists. Please specify a different name.`);
}

/**
 * Exchange takes no second scope that says the same; that the text names RecipientRoot and RecipientFilter is what clients were seen
 * to look for.
 */
export function sameScopeExists(name: string): AdminApiError {
  return cmdletFailure(
    alreadyExists,
    `The management scope '${name}' has the same RecipientRoot, RecipientFilter and ScopeRestrictionType. Two management scopes can't be the same.`,
  );
}

/** Other objects refer to it: {@link https://learn.microsoft.com/powershell/module/exchangepowershell/remove-managementscope}. */
export function objectInUse(what: string, name: string): AdminApiError {
  return cmdletFailure(
    "System.InvalidOperationException",
    `The ${what} '${name}' can't be removed because it's associated with one or more management role assignments.`,
  );
}
