/** What is true of every run-sheet of 1Secure, whatever is declared. */
import fc from "fast-check";
import MarkdownIt from "markdown-it";
import { type Handover, valuesOf } from "../../operator/handover";
import { linesOf, notKnownYet, type Sheet, type Step, worked } from "../../operator/sheet";
import type { ConnectorInputs } from "../connector";
import type { CredentialInputs } from "../credential";
import type { SourceInputs } from "../source";
import { connectorHandover } from "./connector";
import { credentialHandover } from "./credential";
import { sourceHandover } from "./source";
import { connectorSheet, credentialSheet, removalOf, sourceSheet } from "./testing/work";

const secret = "s3cr3t~of-the-app";

/** Names with all that Markdown, HTML, a table or a shell could take for its own. */
const nasty = fc.oneof(
  fc.string({ minLength: 1, unit: "grapheme" }),
  fc
    .array(
      fc.constantFrom(
        "`",
        "``",
        "|",
        "\n",
        "\r\n",
        "<b>",
        "</code>",
        "<!--",
        "**",
        "1. ",
        "\\",
        "&lt;",
        "a",
        " ",
        "$(",
      ),
      {
        minLength: 1,
      },
    )
    .map((parts) => parts.join("")),
);
const name = nasty.filter((text) => text.trim() !== "" && !text.includes("s3cr3t"));
const guid = fc.uuid();

const credential: fc.Arbitrary<CredentialInputs> = fc.record({
  organization: name,
  displayName: name,
  clientId: guid,
  clientSecret: fc.constant(secret),
  clientSecretReference: fc.record({ keyId: guid, endDate: fc.constant("2027-01-01T00:00:00Z"), stackOutput: name }),
});
const source: fc.Arbitrary<SourceInputs> = fc.record(
  {
    organization: name,
    sourceGroup: name,
    tenantId: guid,
    crawlSource: fc.boolean(),
    credentialId: name,
    credentialDisplayName: name,
    adoptExisting: fc.boolean(),
  },
  { requiredKeys: ["organization", "sourceGroup", "tenantId", "crawlSource", "credentialId", "adoptExisting"] },
);
const connector: fc.Arbitrary<ConnectorInputs> = fc
  .record({
    sourceId: fc.oneof(
      name,
      fc.tuple(name, guid).map(([organization, tenantId]) => `operator:${organization}/${tenantId}`),
    ),
    exchangeOnlineActivity: fc.boolean(),
    collectNonOwnerMailboxAuditData: fc.boolean(),
    adoptExisting: fc.boolean(),
  })
  .map((given) => ({
    ...given,
    collectNonOwnerMailboxAuditData: given.collectNonOwnerMailboxAuditData && given.exchangeOnlineActivity,
  }));

interface Case<I extends object> {
  readonly handover: Handover<I>;
  readonly any: fc.Arbitrary<I>;
  readonly sheet: (declared: I, before?: I) => Sheet;
}

/** Runs a check for each of the three kinds: of two declarations that may share some of their properties. */
function eachKind(check: <I extends object>(kind: Case<I>, declared: I, before: I) => void): void {
  const kinds = [
    run({ handover: credentialHandover, any: credential, sheet: credentialSheet }),
    run({ handover: sourceHandover, any: source, sheet: sourceSheet }),
    run({ handover: connectorHandover, any: connector, sheet: connectorSheet }),
  ];
  for (const kind of kinds) kind();

  function run<I extends object>(kind: Case<I>): () => void {
    return () => {
      const pairs = fc.tuple(kind.any, kind.any, fc.infiniteStream(fc.boolean())).map(([one, other, takes]) => {
        const mixed = Object.entries(one).map(([key, value]: [string, unknown]): [string, unknown] => [
          key,
          takes.next().value === true ? value : (other as Record<string, unknown>)[key],
        ]);
        return [one, Object.fromEntries(mixed) as I] as const;
      });
      fc.assert(fc.property(pairs, ([declared, before]) => check(kind, declared, before)));
    };
  }
}

function removal<I extends object>({ handover }: Case<I>, declared: I): Sheet {
  return removalOf(handover, declared, handover.idOf(declared, "urn:pulumi:a::b::c::d"), "vendor `id`");
}

function textOf(...sheets: readonly Sheet[]): string {
  return sheets.flatMap((sheet) => [sheet.title, ...linesOf(sheet)]).join("\n");
}

test("no sheet has the client secret in it", () => {
  eachKind((kind, declared, before) => {
    const sheets = [kind.sheet(declared), kind.sheet(declared, before), removal(kind, declared)];
    expect(JSON.stringify([sheets, worked(sheets)])).not.toContain("s3cr3t");
  });
});

test("there are steps exactly where something is otherwise than attested", () => {
  eachKind((kind, declared, before) => {
    const isSame =
      JSON.stringify(valuesOf(kind.handover, declared)) === JSON.stringify(valuesOf(kind.handover, before)) &&
      JSON.stringify((declared as Partial<CredentialInputs>).clientSecretReference?.keyId) ===
        JSON.stringify((before as Partial<CredentialInputs>).clientSecretReference?.keyId);
    expect(kind.sheet(declared, before).steps.length === 0).toBe(isSame);
    expect(kind.sheet(declared, declared).steps).toEqual([]);
    expect(kind.sheet(declared).steps).not.toEqual([]);
    expect(removal(kind, declared).steps).not.toEqual([]);
  });
});

const labels: Readonly<Record<string, string>> = {
  sourceGroup: "**Source Group**",
  crawlSource: "**Crawl Source**",
  credentialId: "**Credentials**",
  clientId: "**Client ID**",
  displayName: "**Display Name**",
  exchangeOnlineActivity: "**Exchange Online Activity**",
  collectNonOwnerMailboxAuditData: "**Collect non-owner mailbox audit data**",
};

test("every property that changes is named as on the screen", () => {
  eachKind((kind, declared, before) => {
    const text = textOf(kind.sheet(declared, before));
    for (const property of kind.handover.entered) {
      const label = labels[property];
      const [to, from] = [declared, before].map((one) => (one as Record<string, unknown>)[property]);
      if (label !== undefined && to !== from) expect(text).toContain(label);
    }
  });
});

test("a change names no property that stays as it is", () => {
  eachKind((kind, declared, before) => {
    const replacing = ["organization", "tenantId", "sourceId"];
    const kept = Object.entries(before).filter(([key]) => !replacing.includes(key));
    const there = { ...declared, ...Object.fromEntries(kept) };
    const changes = kind.handover.entered.filter(
      (key) => (declared as Record<string, unknown>)[key] !== (there as Record<string, unknown>)[key],
    );
    const text = textOf(kind.sheet(declared, there)).replace(/`+[^`]*`+/g, "");
    for (const [property, label] of Object.entries(labels)) {
      // "Credentials" is the name of a tab too.
      if (property === "credentialId" || changes.includes(property)) continue;
      expect(text).not.toContain(label);
    }
  });
});

const markdown = new MarkdownIt({ html: true });
const skeletonOf = (steps: readonly Step[]): string =>
  markdown.render(linesOf({ steps }).join("\n")).replace(/<code>[^<]*<\/code>/g, "<code/>");

/** The same with names that nothing can be taken for. */
function tame<I extends object>(declared: I): I {
  const tamed = Object.entries(declared).map(([key, value]: [string, unknown]): [string, unknown] => {
    if (typeof value === "object") return [key, { ...value, stackOutput: "clientSecret" }];
    if (typeof value !== "string" || key === "tenantId" || key === "clientId") return [key, value];
    if (key === "sourceId") return [key, /^operator:.*\//s.test(value) ? "operator:Tame/id" : "id"];
    return [key, "Tame"];
  });
  return Object.fromEntries(tamed) as I;
}

test("nothing that is declared, or was attested, breaks out of its code span", () => {
  eachKind((kind, evil) => {
    const benign = tame(evil);
    const other = { ...evil, displayName: "Other", sourceGroup: "Other", crawlSource: "neither", clientId: "other" };
    const moved = { ...other, organization: "Other", tenantId: "other", sourceId: "other" };
    const same = { ...other, ...("sourceId" in benign ? { sourceId: benign.sourceId } : {}), organization: "Tame" };
    expect(skeletonOf(kind.sheet(evil).steps)).toBe(skeletonOf(kind.sheet(benign).steps));
    expect(skeletonOf(removal(kind, evil).steps)).toBe(skeletonOf(removal(kind, benign).steps));
    expect(skeletonOf(kind.sheet(moved, evil).steps)).toBe(
      skeletonOf(kind.sheet({ ...moved }, { ...benign, ...kept(evil) }).steps),
    );
    expect(skeletonOf(kind.sheet(same, { ...evil, ...placed(benign) }).steps)).toBe(
      skeletonOf(kind.sheet(same, { ...benign, ...kept(evil) }).steps),
    );
  });

  /** What decides which steps there are, so that only the names are tame. */
  function kept(evil: object): object {
    return "credentialId" in evil ? { credentialId: evil.credentialId } : {};
  }
  function placed(benign: object): object {
    return { organization: "Tame", ...("sourceId" in benign ? { sourceId: benign.sourceId } : {}) };
  }
});

test("a preview shows the sentinel of what is not known yet nowhere", () => {
  const unknownSome = <I extends object>(declared: I, takes: Iterator<boolean>): I =>
    Object.fromEntries(
      Object.entries(declared).map(([key, value]: [string, unknown]) => {
        if (takes.next().value === true) return [key, notKnownYet];
        return [key, typeof value === "object" && value !== null ? unknownSome(value, takes) : value];
      }),
    ) as I;
  const check = <I extends object>(kind: Case<I>): void => {
    fc.assert(
      fc.property(kind.any, kind.any, fc.infiniteStream(fc.boolean()), (declared, before, takes) => {
        const partly = unknownSome(declared, takes);
        const text = textOf(kind.sheet(partly), kind.sheet(partly, before));
        expect(text).not.toContain(notKnownYet);
      }),
    );
  };
  check({ handover: credentialHandover, any: credential, sheet: credentialSheet });
  check({ handover: sourceHandover, any: source, sheet: sourceSheet });
  check({ handover: connectorHandover, any: connector, sheet: connectorSheet });
});
