/** What the service says of its types, and what can be filtered by. */
import { beliefsAbout } from "./belief";

export const filters = beliefsAbout([
  {
    id: "metadata-is-there",
    what: "$metadata describes the type Mailbox.",
    source: "christophwille/talkingtoexorestapi, docs/metadata.xml",
    standing: "captured",
    tests: [
      "sandbox/exchange/otherResources.test.ts: types Mailbox as reading shows it, its dates as text, and says what can't be filtered by",
    ],
    behaviour: ["otherResources"],
    asked: "read",
  },
  {
    id: "dates-are-text-in-metadata",
    what: "$metadata gives WhenChangedUTC of Mailbox the type Edm.String.",
    source: "christophwille/talkingtoexorestapi, docs/metadata.xml",
    standing: "captured",
    tests: [
      "sandbox/exchange/otherResources.test.ts: types Mailbox as reading shows it, its dates as text, and says what can't be filtered by",
    ],
    behaviour: ["whenProperties"],
    asked: "read",
  },
  {
    id: "bare-date-refused",
    what: "A $filter that compares WhenChangedUTC with a date without quotes is refused.",
    source: "OData's rules for a property of type Edm.String",
    standing: "inferred",
    tests: ["sandbox/exchange/mailboxEntities.test.ts: has dates as text, and refuses %s"],
    asked: "read",
  },
  {
    id: "quoted-date-filters",
    what: "A $filter that compares WhenChangedUTC with a quoted date (2026-03-01T00:00:00Z) is taken, and finds what is newer.",
    source: "OData's rules for a property of type Edm.String",
    standing: "inferred",
    tests: [
      "sandbox/exchange/mailboxEntities.test.ts: filters by AuditEnabled, by type and by the time of the last change, but not by the audit lists",
    ],
    asked: "read",
  },
  {
    id: "quoted-date-compares-as-time",
    what: "A quoted date is compared as a time, however it is written, and not letter by letter.",
    source: "no source either way",
    standing: "unknown",
    tests: ["sandbox/exchange/mailboxEntities.test.ts: can compare quoted dates as the texts that they are"],
    behaviour: ["quotedDates"],
    asked: "read",
  },
  {
    id: "opath-date-compares-as-time",
    what: "Get-Mailbox -Filter takes WhenChangedUTC with a quoted date.",
    source: "office-docs-powershell, filter-properties.md",
    standing: "doc",
    tests: [
      "sandbox/exchange/cmdlets/mailbox.test.ts: filters by the time of the last change, to the second",
      "sandbox/exchange/behaviour.test.ts: is whether OPATH knows dates",
    ],
    behaviour: ["opathDates"],
    asked: "read",
  },
  {
    id: "audit-lists-cannot-be-filtered-by",
    what: "A $filter by AuditAdmin, AuditDelegate or AuditOwner is refused.",
    source: "talkingtoexorestapi, docs/metadata.xml (NonFilterableProperties)",
    standing: "captured",
    tests: [
      "sandbox/exchange/cmdlets/mailbox.test.ts: refuses filters over the audit lists, over unknown properties and without sense",
    ],
    behaviour: ["auditListsFilterable"],
    asked: "read",
  },
  {
    id: "audit-enabled-can-be-filtered-by",
    what: "A $filter by AuditEnabled is taken.",
    source: "talkingtoexorestapi, docs/metadata.xml",
    standing: "captured",
    tests: [
      "sandbox/exchange/mailboxEntities.test.ts: filters by AuditEnabled, by type and by the time of the last change, but not by the audit lists",
    ],
    asked: "read",
  },
  {
    id: "filter-shows-what-was-set",
    what: "A filter by AuditEnabled looks at what was set on the mailbox; reading shows true wherever auditing is on by default.",
    source: "zolderio/microsoft#1; 12Knocksinna/Office365itpros#99",
    standing: "reported",
    tests: [
      "sandbox/exchange/cmdlets/mailbox.test.ts: shows true for what is on by default, while a filter shows what was set",
    ],
    behaviour: ["auditEnabledShowsDefault"],
    asked: { not: "it would have to switch a mailbox's auditing off" },
  },
]);
