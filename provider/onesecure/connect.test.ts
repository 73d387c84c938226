import { InvalidInput, manualClock } from "../core";
import { connectBackend, idempotencyKey } from "./connect";

function context(settings: Record<string, string>, declaration?: string): Parameters<typeof connectBackend>[0] {
  return {
    clock: manualClock(),
    settings: { get: (name) => settings[name] },
    report: () => undefined,
    ...(declaration === undefined ? {} : { declaration }),
  };
}

async function problemsWith(settings: Record<string, string>): Promise<InvalidInput> {
  const error: unknown = await connectBackend(context(settings)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InvalidInput);
  return error as InvalidInput;
}

test("settings that are missing are named together, each with its configuration key and environment variable", async () => {
  const { problems, message } = await problemsWith({});
  expect(problems.map(({ path }) => path)).toEqual(["m365audit:onesecureEndpoint", "m365audit:onesecureToken"]);
  expect(message).toContain("M365AUDIT_ONESECURE_ENDPOINT");
  expect(message).toContain("pulumi config set --secret m365audit:onesecureToken");
});

test.each(["http://gateway.example/onesecure/v1", "ftp://localhost/x", "not a URL"])(
  "the token is not sent to %s",
  async (onesecureEndpoint) => {
    const { problems, message } = await problemsWith({ onesecureEndpoint, onesecureToken: "tok-123" });
    expect(problems).toEqual([expect.objectContaining({ path: "m365audit:onesecureEndpoint" })]);
    expect(message).not.toContain("tok-123");
  },
);

test.each(["https://gateway.example/v1", "http://localhost:8443/v1", "http://127.0.0.1:1/v1", "http://[::1]:1/v1"])(
  "%s is a possible endpoint",
  async (onesecureEndpoint) => {
    await expect(connectBackend(context({ onesecureEndpoint, onesecureToken: "t" }))).resolves.toBeDefined();
  },
);

test("the idempotency key of a declaration is the same in every run and fits the contract", () => {
  const key = idempotencyKey(context({}, "urn:a"), "source", "Contoso");
  expect(idempotencyKey(context({}, "urn:a"), "source", "Contoso")).toBe(key);
  expect(key).toMatch(/^[0-9a-f]{64}$/);
});

test("two declarations of the same thing have two keys, as has one declaration of another thing", () => {
  const keys = [
    idempotencyKey(context({}, "urn:a"), "source", "Contoso"),
    idempotencyKey(context({}, "urn:b"), "source", "Contoso"),
    idempotencyKey(context({}, "urn:a"), "source", "Fabrikam"),
    idempotencyKey(context({}, "urn:a"), "sourceContoso"),
  ];
  expect(new Set(keys).size).toBe(4);
});

test("where the declaration is not known, no two keys are the same", () => {
  expect(idempotencyKey(context({}), "source")).not.toBe(idempotencyKey(context({}), "source"));
});
