/**
 * Failures as the admin API puts them on the wire: the useful text sits in `details` (as `ErrorId|Exception.Type|text`) and in
 * `innererror.internalexception`; the outer message says the same whatever went wrong.
 */

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
  readonly code: "BadRequest" | "NotFound" | "Unauthorized";
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

/** There is no such cmdlet. */
export function unknownCmdlet(name: string): AdminApiError {
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
export function expiredPage(): AdminApiError {
  return failure({
    status: 400,
    code: "BadRequest",
    outer: "Invalid Operation",
    type: "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
    text: "Expired or Invalid pagination request. Default Expiry time is 00:30:00",
  });
}

/** The request reached a server that can't run the cmdlet; another anchor mailbox leads to the right one. */
export function needsProxy(): AdminApiError {
  const text =
    "Cmdlet needs proxy. Current Server FQDN : AM8PR04MB1862.EURPR04.PROD.OUTLOOK.COM, Required Server FQDN : GV1PR04MB2019.EURPR04.PROD.OUTLOOK.COM";
  return failure({
    status: 400,
    code: "BadRequest",
    outer: text,
    type: "Microsoft.Exchange.Configuration.CmdletProxy.CmdletProxyNotAvailableException",
    text,
  });
}

/** The caller's roles don't include the cmdlet. */
export function cmdletNotAllowed(name: string): AdminApiError {
  return failure({
    status: 401,
    code: "Unauthorized",
    outer: `User is not allowed to call ${name}`,
    type: "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
    text: `User is not allowed to call ${name}`,
  });
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
