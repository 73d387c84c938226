import { ProbedTenant, type Answer, type Between } from "../testing/tenant";
import { fileText, forScripts, table } from "../report";
import { Redactor } from "./redactor";

const planted = {
  people: ["Zsófia Okonkwo-Brandt", "Will Grant", "Mark Page", "Quibbleworth"],
  addresses: ["zsofia.okonkwo@quibbleworth.example", "will.grant+audit@tailspin-toys.example"],
  domains: ["quibbleworth.example", "tailspin-toys.example"],
  ids: ["5f0f6a3e-9c1d-4b7e-8a55-0d6c2b7e91aa", "{7C9E6679-7425-40DE-944B-E07FC1F90AE7}"],
  names: [
    "CN=Zsofia Okonkwo,OU=quibbleworth.onmicrosoft.com,OU=Microsoft Exchange Hosted Organizations,DC=EURPR07A004,DC=PROD,DC=OUTLOOK,DC=COM",
    "VI1PR07MB4461.eurprd07.prod.outlook.com",
    "Payroll of Quibbleworth",
  ],
  secrets: [
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJ0aWQiOiI1ZjBmNmEzZSJ9.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg",
    "q8Q~kP3xZr7vLmN0tYwBcDfGhJ2sV5aX9eUiO1pR",
    "203.0.113.77",
    "4915550123456",
  ],
};
const values = Object.values(planted).flat();

/** Each value, and the parts of names, in the forms in which it may come back. */
function formsOf(value: string): readonly string[] {
  const parts = [
    value,
    ...value.split(/[ ,=@]/).filter((part) => /okonkwo|brandt|quibble|zsófia|tailspin|payroll/i.test(part)),
  ];
  return parts.flatMap((part) => [
    part,
    part.toLowerCase(),
    part.toUpperCase(),
    part.replaceAll("-", ""),
    encodeURIComponent(part),
    JSON.stringify(part).slice(1, -1),
    Buffer.from(part).toString("base64"),
    Buffer.from(part).toString("base64url"),
    Buffer.from(part).toString("hex"),
    Buffer.from(part, "utf16le").toString("base64"),
  ]);
}

const sentence = values.map((value) => `the object '${value}' (${value}) of ${value}, "${value}"|${value}`).join(". ");
const encoded = values.map((value) => Buffer.from(value).toString("base64")).join(" ");

/** Puts the values into a JSON answer: as values, as names, in messages, in texts that are JSON themselves, in lists, encoded. */
function laden(json: unknown, depth = 0): unknown {
  if (Array.isArray(json)) return json.map((item: unknown) => laden(item, depth + 1));
  if (typeof json !== "object" || json === null) return json;
  const own = Object.entries(json).map(([name, value]) => {
    if (name === "message") return [name, `${String(value)} ${sentence} ${encoded}`] as const;
    return [name, name === "requests" ? value : laden(value, depth + 1)] as const;
  });
  const more = values.flatMap((value, index) => [
    [`Extension${value}`, true] as const,
    [value, value] as const,
    [
      `Note${String(index)}`,
      JSON.stringify({ inner: { message: value, DisplayName: value, [value]: [value] } }),
    ] as const,
    [`Blob${String(index)}`, Buffer.from(`{"name":"${value}"}`).toString("base64")] as const,
  ]);
  return Object.fromEntries([
    ...own,
    ...more,
    ["DisplayName", values],
    ["reason", JSON.stringify({ error: { message: sentence, details: values } })],
    ["@adminapi.errors", [sentence, encoded]],
    ["code", values[0]],
    ["type", `Microsoft.Exchange.${planted.people.join("").replace(/[^A-Za-z]/g, "")}Exception`],
    ["stacktrace", sentence],
    ["exportedCmdlets", `Get-Mailbox,${values.join(",")}`],
    [
      "@odata.context",
      `https://${planted.domains[0] ?? ""}/adminapi/beta/${planted.ids[0] ?? ""}/$metadata#${encodeURIComponent(values[0] ?? "")}?x=${encodeURIComponent(sentence)}`,
    ],
  ]);
}

const ladenHeaders = (): Readonly<Record<string, string>> =>
  Object.fromEntries([
    ["x-exceptiontype", planted.people.join("").replace(/[^A-Za-z]/g, "")],
    ["x-ms-diagnostics", `2000008;reason="${sentence.replaceAll('"', " ")}";error_category="${values[0] ?? ""}"`],
    [
      "www-authenticate",
      `Bearer client_id="${planted.ids[0] ?? ""}", realm="${planted.domains[0] ?? ""}", error="${values[3] ?? ""}"`,
    ],
    ["x-calculatedbetarget", planted.names[1] ?? ""],
    ["request-id", planted.ids[0] ?? ""],
    ["set-cookie", encoded],
    ["x-forwarded-for", planted.secrets[2] ?? ""],
    ["rate-limit-limit", planted.secrets[3] ?? ""],
    ["content-type", `application/json; name="${values[0] ?? ""}"`],
  ]);

/** Every third refusal is no JSON. */
function ladenAnswers(): Between {
  let refusals = 0;
  return async (asked, send) => {
    const answer = await send(asked);
    const headers = { ...answer.headers, ...ladenHeaders() };
    const isPlain = answer.status >= 400 && ++refusals % 3 === 0;
    if (isPlain) return { ...answer, headers, text: `<html><title>${sentence}</title>${encoded}</html>` };
    if (answer.text.startsWith("<")) {
      return {
        ...answer,
        headers,
        text: answer.text.replace(
          "<Property ",
          `<Property Name="${values[0] ?? ""}" Type="Edm.${values[3] ?? ""}"/><Property `,
        ),
      };
    }
    if (!answer.text.startsWith("{")) return { ...answer, headers };
    return { ...answer, headers, text: JSON.stringify(merged(answer)) };
  };
}

/** What the answer says comes last, so that the probe finds its way. */
function merged({ text }: Answer): unknown {
  const json = JSON.parse(text) as object;
  return {
    ...(laden(json) as object),
    "@adminapi.warnings": [...((json as { "@adminapi.warnings"?: string[] })["@adminapi.warnings"] ?? []), sentence],
  };
}

describe("what the probe writes down", () => {
  let tenant: ProbedTenant;
  beforeAll(async () => {
    tenant = await ProbedTenant.start(60);
  });
  afterAll(() => tenant.stop());

  it.each([
    ["of answers as the sandbox gives them", undefined],
    ["of answers that are full of names, ids, tokens and addresses", ladenAnswers],
  ])("says nothing of whose tenant it is, %s", async (_, between) => {
    const { sandbox, tenant: info } = tenant;
    const probed = await tenant.probe({ writeOne: tenant.writable.userPrincipalName, between: between?.() });
    const written = [
      fileText(probed, "2026-01-01"),
      table(probed.outcomes),
      JSON.stringify(forScripts(probed.outcomes)),
    ];
    const identifying = [
      info.id,
      info.initialDomain,
      info.deployer.clientId,
      ...sandbox.control.issuedSecrets(),
      ...sandbox.control
        .mailboxes(info.id)
        .flatMap((mailbox) => [
          mailbox.guid,
          mailbox.exchangeGuid,
          mailbox.externalDirectoryObjectId,
          mailbox.alias,
          mailbox.displayName,
          mailbox.distinguishedName,
        ]),
      ...sandbox.control.bypassAssociations(info.id).flatMap(({ guid, name }) => [guid, name]),
      "PROD.OUTLOOK.COM",
      "onmicrosoft",
      "Grant",
      "Mark",
      ...values.flatMap(formsOf),
    ];
    expect(probed.exchanges.length).toBeGreaterThan(60);
    for (const text of written) {
      expect(identifying.filter((one) => one.length > 3 && text.includes(one))).toEqual([]);
      const lower = text.toLowerCase();
      expect(identifying.filter((one) => one.length > 8 && lower.includes(one.toLowerCase()))).toEqual([]);
    }
  });

  it("keeps what says how the service behaves", async () => {
    const { exchanges, token } = await tenant.probe({ writeOne: tenant.writable.userPrincipalName });
    const of = (name: string): unknown => exchanges.find((exchange) => exchange.name === name);
    expect(token).toMatchObject({
      audience: "https://outlook.office365.com",
      roles: ["Exchange.ManageAsApp"],
      proof: "1",
    });
    expect(of("nobody")).toMatchObject({
      request: { method: "POST", anchor: expect.stringMatching(/^APP:SystemMailbox\{bb558c35-[\w-]+\}@<guid-\d+>$/) },
      answer: {
        status: 404,
        headers: {
          "x-exceptiontype": "ManagementObjectNotFoundException",
          "x-calculatedbetarget": expect.stringMatching(/^<host-\d+>$/),
        },
        body: {
          json: {
            error: {
              code: "NotFound",
              message: "Error executing cmdlet",
              details: [
                {
                  code: "Context",
                  message: expect.stringMatching(
                    /^Ex6F9304\|Microsoft\.Exchange\.Configuration\.Tasks\.ManagementObjectNotFoundException\|The operation couldn't be performed because object '<guid-\d+>' couldn't be found on '<host-\d+>'\.$/,
                  ),
                },
              ],
            },
          },
        },
      },
    });
    expect(of("strangeCmdlet")).toMatchObject({ answer: { status: 403, body: { kind: "nul" } } });
    expect(of("metadata")).toMatchObject({
      answer: { body: { kind: "metadata", types: { WhenChangedUTC: "Edm.String" } } },
    });
    expect(of("foreignAction")).toMatchObject({
      answer: {
        body: {
          json: {
            error: {
              details: [
                {
                  message: expect.stringContaining(
                    "Supported audit operations for Delegate are None, Update, Move, MoveToDeletedItems, SoftDelete, HardDelete, FolderBind,",
                  ),
                },
              ],
            },
          },
        },
      },
    });
    expect(of("sameBySystem")).toMatchObject({
      answer: {
        body: {
          json: {
            error: {
              details: [
                {
                  message: expect.stringMatching(
                    /^\|Microsoft\.Exchange\.Configuration\.Tasks\.CmdletProxyNotAvailableException\|Cmdlet needs proxy\. Current Server FQDN ?: <host-\d+>, Required Server FQDN ?: <host-\d+>\.?$/,
                  ),
                },
              ],
            },
          },
        },
      },
    });
  });

  it("has one placeholder for one value, whatever its letter case, and others for others", () => {
    const redactor = new Redactor();
    expect(
      redactor.json({
        Guid: "5F0F6A3E-9C1D-4B7E-8A55-0D6C2B7E91AA",
        Id: "5f0f6a3e-9c1d-4b7e-8a55-0d6c2b7e91aa",
        Name: "x",
      }),
    ).toEqual({
      Guid: "<guid-1>",
      Id: "<guid-1>",
      Name: "<word-1>",
    });
  });

  it("keeps the parts of an unknown type or property that are words, and no others", () => {
    const redactor = new Redactor();
    expect(redactor.json({ AuditOkonkwoEnabled: true })).toEqual({ "Audit<word-1>Enabled": true });
    expect(redactor.sentence("|Microsoft.Exchange.Data.Okonkwo.ServerBusyException|Try again")).toBe(
      "|Microsoft.Exchange.Data.<word-1>.ServerBusyException|Try again",
    );
  });
});
