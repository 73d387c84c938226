import { manualClock } from "../../core/clock";
import { errorOf } from "./errors";

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
  ["Microsoft.Exchange.Configuration.CmdletProxy.CmdletProxyNotAvailableException", "Unavailable"],
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
