import { manualClock } from "../../core/clock";
import { AlreadyAudited, errorOf, errorsBesides, WrongServer } from "./errors";

const facts = { operation: "setting the audit actions of", subject: "ada@contoso.com" };
const clock = manualClock();

function error(status: number, body: unknown, headers: Record<string, string> = {}) {
  return errorOf({ status, body, header: (name) => headers[name] }, clock, facts);
}

function cmdlet(type: string, text: string, status = 400) {
  return error(status, {
    error: { code: "BadRequest", message: "Error executing cmdlet", details: [{ message: `Ex1|${type}|${text}` }] },
  });
}

test.each([
  ["Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException", "NotFound"],
  ["Microsoft.Exchange.Configuration.Tasks.RecipientTaskException", "Rejected"],
  ["Microsoft.Exchange.Data.Directory.InvalidOperationInDehydratedContextException", "Rejected"],
  ["Microsoft.Exchange.Data.Directory.SuitabilityDirectoryException", "Unavailable"],
  ["Microsoft.Exchange.Data.Storage.StorageTransientException", "Unavailable"],
  ["Microsoft.Exchange.Configuration.Tasks.CmdletProxyNotAvailableException", "Unavailable"],
])("the exception type decides, not the status: %s", (type, tag) => {
  expect(cmdlet(type, "It says why.", 400)).toMatchObject({ tag });
  expect(cmdlet(type, "It says why.", 500)).toMatchObject({ tag });
  expect(cmdlet(type, "It says why.").message).toBe("setting the audit actions of ada@contoso.com: It says why");
});

test("an id that is left out, and text with bars in it, do no harm", () => {
  const details = [{ message: "|System.InvalidOperationException|one | two" }];
  expect(error(400, { error: { details } })).toMatchObject({
    tag: "Rejected",
    exceptionType: "System.InvalidOperationException",
  });
  expect(error(400, { error: { details } }).message).toContain("one | two");
});

test("a 403 of NUL bytes is told by its diagnostics header", () => {
  const refused = error(403, "\0".repeat(1024), { "x-ms-diagnostics": '2000008;reason="no role"' });
  expect(refused).toMatchObject({ tag: "AccessRefused", status: 403 });
  expect(refused.message).toContain('2000008;reason="no role"');
  expect(refused.message).not.toContain("\0");
});

test("a 401 in JSON says which cmdlet was refused", () => {
  const body = { error: { code: "Unauthorized", message: "User is not allowed to call Get-Mailbox" } };
  expect(error(401, JSON.stringify(body)).message).toContain("User is not allowed to call Get-Mailbox");
});

test.each([
  [429, "", { "retry-after": "12" }, 12_000],
  [429, "", {}, undefined],
  [
    503,
    "You have reached the maximum number of concurrent requests per tenant. Please wait and try again",
    {},
    undefined,
  ],
])("%i %j is throttling", (status, body, headers, retryAfterMs) => {
  expect(error(status, body, headers as Record<string, string>)).toMatchObject({ tag: "Throttled", retryAfterMs });
});

test.each([500, 502, 503, 504, 408])("%i without a word passes by itself", (status) => {
  expect(error(status, undefined)).toMatchObject({ tag: "Unavailable" });
});

test("a page of HTML is told in one line", () => {
  const page = "<html><head><style>p { color: red }</style></head><body>\n<h1>Bad\nGateway</h1></body></html>";
  expect(error(502, page).message).toBe("setting the audit actions of ada@contoso.com: Bad Gateway");
});

test("the inner exception is told where there are no details", () => {
  const internalexception = {
    type: "Microsoft.Exchange.AdminApi.CommandInvocation.ParameterTransformationException",
    message: "Why.",
  };
  const failed = error(400, { error: { code: "BadRequest", message: "Error", innererror: { internalexception } } });
  expect(failed).toMatchObject({ tag: "Rejected", exceptionType: internalexception.type });
  expect(failed.message).toContain("Why");
});

/** The forms in which the live service, or its documentation, has them (reports on GitHub and Microsoft Q&A). */
describe("what others captured", () => {
  const details = (message: string): unknown => ({
    error: {
      code: "BadRequest",
      message: "Error executing cmdlet",
      details: [{ code: "Context", target: "", message }],
    },
  });

  test("CmdletProxyNotAvailableException, its id left out, is another server's work (CIPP issue 2661)", () => {
    const message =
      "|Microsoft.Exchange.Configuration.Tasks.CmdletProxyNotAvailableException|Cmdlet needs proxy. Current Server FQDN : AM8.PROD.OUTLOOK.COM, Required Server FQDN : GV1.PROD.OUTLOOK.COM";
    expect(error(400, details(message))).toBeInstanceOf(WrongServer);
  });

  test("ErrorIncorrectRoutingHint is another server's work", () => {
    const body = { error: { code: "ErrorIncorrectRoutingHint", message: "The routing hint is not the mailbox GUID." } };
    expect(error(400, body)).toBeInstanceOf(WrongServer);
  });

  test("a domain controller that may not be written to is another server's work (mardahl/ExchangeOnlineScripts issue 2)", () => {
    const message =
      "Ex94914C|Microsoft.Exchange.Data.Directory.ADOperationException|Active Directory operation failed on DB6. The current server doesn't have write permission to target DC.";
    expect(error(400, details(message))).toBeInstanceOf(WrongServer);
  });

  test("a proxy that failed because the directory's settings changed passes by itself (michevnew/PowerShell issue 9)", () => {
    const message =
      "|Microsoft.Exchange.Configuration.Tasks.CmdletProxyException|Error on proxy command 'Get-Mailbox': Server: 'DB6', Exception: Microsoft.Exchange.Data.Directory.ADServerSettingsChangedException: An Active Directory server setting changed.";
    const failed = error(400, details(message));
    expect(failed).toMatchObject({ tag: "Unavailable" });
    expect(failed).not.toBeInstanceOf(WrongServer);
  });

  test("an object that one domain controller cannot read yet passes by itself (Microsoft Q&A 1523006)", () => {
    const message =
      "Ex4215D1|Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException|The object 'x' couldn't be read from domain controller 'DB6'. This may be due to replication delays. Switch out of Forest mode.";
    expect(error(404, details(message))).toMatchObject({ tag: "Unavailable" });
  });

  test("a budget that is used up is throttling", () => {
    const message =
      "|Microsoft.Exchange.Data.Directory.OverBudgetException|The request was throttled because the budget of the caller is used up.";
    expect(error(400, details(message), { "retry-after": "30" })).toMatchObject({
      tag: "Throttled",
      retryAfterMs: 30_000,
    });
  });

  test("a list that holds what is added says so as an error (OfficeDocs-o365seccomp issue 385)", () => {
    const message =
      "|Microsoft.Exchange.Management.Tasks.RecipientTaskException|The input audit operation(s) is/are already being audited.";
    expect(error(400, details(message))).toBeInstanceOf(AlreadyAudited);
  });

  test("the exception counts wherever it stands: in the details, in the inner exception, in a header", () => {
    const type = "Microsoft.Exchange.Data.Storage.ServerBusyException";
    const internalexception = { type, message: "Try later." };
    expect(
      error(400, { error: { code: "BadRequest", message: "Error", innererror: { internalexception } } }),
    ).toMatchObject({ tag: "Unavailable" });
    expect(error(400, "", { "x-exceptiontype": "ServerBusyException" })).toMatchObject({ tag: "Unavailable" });
    expect(error(400, details(`Ex1|System.InvalidOperationException|Inner: ${type}`))).toMatchObject({
      tag: "Unavailable",
    });
  });
});

test("errors beside a success are read like a failure's details", () => {
  const text = "Ex1|Microsoft.Exchange.Configuration.Tasks.RecipientTaskException|Invalid audit operation specified.";
  expect(errorsBesides({ value: [] })).toBeUndefined();
  expect(errorsBesides({ value: [], "@adminapi.errors": [] })).toBeUndefined();
  for (const one of [text, { message: text }]) {
    const failed = error(200, errorsBesides({ value: [], "@adminapi.errors": [one] }));
    expect(failed).toMatchObject({ tag: "Rejected", status: 200 });
    expect(failed.message).toContain("Invalid audit operation specified");
  }
});
