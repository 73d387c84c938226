/**
 * Failures as the admin API puts them on the wire: the useful text sits in `details` (as `ErrorId|Exception.Type|text`) and in
 * `innererror.internalexception`; the outer message says the same whatever went wrong.
 */
import type { ExchangeBehaviour } from "./behaviour";

/** Ends the work on one request, or on one item of a batch. */
export class AdminApiError extends Error {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, body: unknown, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = "AdminApiError";
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

interface Failure {
  readonly status: number;
  readonly code: "BadRequest" | "NotFound" | "Unauthorized" | "ErrorIncorrectRoutingHint";
  /** The outer message. */
  readonly outer: string;
  readonly origin?: "Client" | "Context";
  readonly errorId?: string;
  /** Full name of the .NET exception type. */
  readonly type: string;
  readonly text: string;
}

function failure({ status, code, outer, origin, errorId = "", type, text }: Failure): AdminApiError {
  const details =
    origin === undefined ? {} : { details: [{ code: origin, target: "", message: `${errorId}|${type}|${text}` }] };
  const body = {
    error: {
      code,
      message: outer,
      ...details,
      innererror: {
        message: outer,
        type: "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
        stacktrace: "",
        internalexception: { message: text, type, stacktrace: "" },
      },
      "adminapi.warnings@odata.type": "#Collection(String)",
      "@adminapi.warnings": [],
    },
  };
  return new AdminApiError(status, text, body, {
    "x-exceptiontype": type.slice(type.lastIndexOf(".") + 1),
    "x-exceptiontargettype": "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
  });
}

/** A cmdlet ran and refused. */
export function cmdletFailure(type: string, text: string): AdminApiError {
  return failure({
    status: 400,
    code: "BadRequest",
    outer: "Error executing cmdlet",
    origin: "Context",
    type,
    text,
  });
}

/** A cmdlet of the recipient tasks refused the values. */
export function recipientTaskFailure(text: string): AdminApiError {
  return cmdletFailure("Microsoft.Exchange.Management.Tasks.RecipientTaskException", text);
}

/** Nothing has that identity. */
export function objectNotFound(identity: string): AdminApiError {
  return failure({
    status: 404,
    code: "NotFound",
    outer: "Error executing cmdlet",
    origin: "Context",
    errorId: "Ex6F9304",
    type: "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
    text: `The operation couldn't be performed because object '${identity}' couldn't be found on 'AM0PR04A001DC002.EURPR04A001.PROD.OUTLOOK.COM'.`,
  });
}

/** The caller's role is held for other recipients. */
export function outOfWriteScope(name: string): AdminApiError {
  return cmdletFailure(
    "System.InvalidOperationException",
    `The operation on mailbox "${name}" failed because it's out of the current user's write scope. '${name}' isn't within your current write scopes. Can't perform save operation.`,
  );
}

/** The organization must be opened for customization first. */
export function dehydrated(): AdminApiError {
  return cmdletFailure(
    "Microsoft.Exchange.Configuration.Tasks.InvalidOperationInDehydratedContextException",
    "The command you tried to run isn't currently allowed in your organization. To run this command, you first need to run the command: Enable-OrganizationCustomization.",
  );
}

/** The length of the run of NUL bytes that the service sends in place of a reason. */
export const silence = "\0".repeat(1024);

/**
 * A cmdlet that does not exist, or that the caller's roles do not have: the service makes no difference between the two. What
 * `x-ms-diagnostics` says then is unknown.
 */
function silentlyRefused(reason: string): AdminApiError {
  const diagnostics = `2000008;reason="${reason.replace(/["\r\n]/g, " ")}";error_category="invalid_grant"`;
  return new AdminApiError(403, reason, silence, { "x-ms-diagnostics": diagnostics });
}

/** There is no such cmdlet. */
export function unknownCmdlet(name: string, form: ExchangeBehaviour["refusedCmdlet"]): AdminApiError {
  if (form === "nulBytes") return silentlyRefused(notAllowed(name));
  return failure({
    status: 400,
    code: "BadRequest",
    outer: "Invalid Operation",
    origin: "Client",
    type: "System.Management.Automation.CommandNotFoundException",
    text: `The term '${name}' is not recognized as a name of a cmdlet, function, script file, or executable program.`,
  });
}

/** The cmdlet has no such parameter, or not together with the others. */
export function unknownParameters(names: readonly string[]): AdminApiError {
  return failure({
    status: 400,
    code: "BadRequest",
    outer: "Invalid Operation",
    origin: "Client",
    type: "Microsoft.Exchange.AdminApi.CommandInvocation.AmbiguousParameterSetException",
    text: `Parameter set cannot be resolved using the specified named parameters. Invalid cmdlet parameters specified. ${names.join(", ")}`,
  });
}

/** A mandatory parameter isn't there. */
export function missingParameter(name: string): AdminApiError {
  return failure({
    status: 400,
    code: "BadRequest",
    outer: "Invalid Operation",
    origin: "Client",
    type: "System.Management.Automation.ParameterBindingException",
    text: `Cannot process command because of one or more missing mandatory parameters: ${name}.`,
  });
}

/** A parameter's value can't be turned into the parameter's type. */
export function badParameterValue(parameter: string, text: string): AdminApiError {
  return failure({
    status: 400,
    code: "BadRequest",
    outer: "Invalid Operation",
    type: "Microsoft.Exchange.AdminApi.CommandInvocation.ParameterTransformationException",
    text: `Cannot process argument transformation on parameter '${parameter}'. ${text}`,
  });
}

/** The names that an enumeration has, in the words of the service. */
export function notAnEnumerator(value: string, type: string, names: readonly string[]): string {
  return `Cannot convert value "${value}" to type "${type}". Error: "Unable to match the identifier name ${value} to a valid enumerator name. Specify one of the following enumerator names and try again: ${names.join(", ")}"`;
}

/** The request itself is wrong: its body, its query or its filter. */
export function badRequest(text: string, type = "Microsoft.OData.ODataException"): AdminApiError {
  return failure({ status: 400, code: "BadRequest", outer: text, type, text });
}

/** The page link is of another back end, of another request, or too old. */
export function expiredPage(type: string): AdminApiError {
  return failure({
    status: 400,
    code: "BadRequest",
    outer: "Invalid Operation",
    type,
    text: "Expired or Invalid pagination request. Default Expiry time is 00:30:00",
  });
}

/**
 * The request reached a server that does not host what is to be changed; another anchor mailbox leads to the right one. Form and type as
 * captured (KelvinTegelaar/CIPP#2661); the HTTP status is that of the other failures of cmdlets.
 */
export function needsProxy(current: string, required: string): AdminApiError {
  return failure({
    status: 400,
    code: "BadRequest",
    outer: "Error executing cmdlet",
    origin: "Context",
    type: "Microsoft.Exchange.Configuration.Tasks.CmdletProxyNotAvailableException",
    text: `Cmdlet needs proxy. Current Server FQDN: ${current}, Required Server FQDN: ${required}.`,
  });
}

/** The anchor mailbox leads nowhere. The code is documented; the words are our own. */
export function incorrectRoutingHint(anchor: string): AdminApiError {
  return failure({
    status: 400,
    code: "ErrorIncorrectRoutingHint",
    outer: `The routing hint${anchor === "" ? "" : ` '${anchor}'`} does not lead to the mailbox.`,
    type: "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
    text: "The value of X-AnchorMailbox is no routing hint for the mailbox.",
  });
}

/** Another form of the wrong server, which an anchor cures (mardahl/ExchangeOnlineScripts#2). */
export function noWritePermission(current: string): AdminApiError {
  return cmdletFailure(
    "Microsoft.Exchange.Data.Directory.ADOperationException",
    `Active Directory operation failed: source server ${current} doesn't have write permission to target DC.`,
  );
}

/** The object is there, but this directory server has not heard of it or can't be asked (Microsoft Q&A 1523006). It passes. */
export function notYetReplicated(identity: string): AdminApiError {
  return failure({
    status: 404,
    code: "NotFound",
    outer: "Error executing cmdlet",
    origin: "Context",
    errorId: "Ex4215D1",
    type: "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
    text: `The object '${identity}' couldn't be read from domain controller 'AM0PR04A001DC002.EURPR04A001.PROD.OUTLOOK.COM'. This may be due to replication delays. Try again later.`,
  });
}

/** A transient failure inside a permanent-looking one (michevnew/PowerShell#9): only the text says what it was. */
export function domainControllersChanged(cmdlet: string): AdminApiError {
  return cmdletFailure(
    "Microsoft.Exchange.Configuration.CmdletProxyException",
    `Error on proxy command '${cmdlet}' to server AM8PR04MB1862.EURPR04.PROD.OUTLOOK.COM: Cmdlet error with following error message: Microsoft.Exchange.Data.Directory.ADServerSettingsChangedException: An error caused a change in the current set of domain controllers.`,
  );
}

/** Throttling in the form of a cmdlet's failure, seen on EWS. The HTTP status is unknown. */
export function overBudget(): AdminApiError {
  return cmdletFailure(
    "Microsoft.Exchange.Data.Directory.OverBudgetException",
    "This operation exceeds the throttling budget for policy part 'PowerShellCmdlets': the request was throttled.",
  );
}

/** `@{Add=…}` of what is on the list already (OfficeDocs-o365seccomp#385). */
export function alreadyAudited(actions: readonly string[]): AdminApiError {
  return recipientTaskFailure(`The input audit operation(s) ${actions.join(", ")} is/are already being audited.`);
}

/** A comparison in `$filter` of two types that don't go together, in OData's words. */
export function incompatibleOperands(left: string, right: string, operatorKind: string): AdminApiError {
  return badRequest(
    `A binary operator with incompatible types was detected. Found operand types '${left}' and '${right}' for operator kind '${operatorKind}'.`,
  );
}

/** The caller's roles don't include the cmdlet. */
export function cmdletNotAllowed(name: string, form: ExchangeBehaviour["refusedCmdlet"]): AdminApiError {
  if (form === "nulBytes") return silentlyRefused(notAllowed(name));
  return failure({
    status: 401,
    code: "Unauthorized",
    outer: notAllowed(name),
    type: "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
    text: notAllowed(name),
  });
}

function notAllowed(name: string): string {
  return `User is not allowed to call ${name}`;
}

/** There is nothing at that address. */
export function noSuchResource(path: string): AdminApiError {
  return failure({
    status: 404,
    code: "NotFound",
    outer: `Resource not found for the segment '${path}'.`,
    type: "Microsoft.OData.UriParser.ODataUnrecognizedPathException",
    text: `Resource not found for the segment '${path}'.`,
  });
}
