/** docs/beliefs.md, from the table of beliefs. */
import { type Askable, type Belief, type Standing, standings } from "../../sandbox/beliefs";

const headings: Readonly<Record<Standing, { readonly title: string; readonly meaning: string }>> = {
  unknown: { title: "Unknown", meaning: "Nothing decides it; we took a side." },
  inferred: { title: "Inferred", meaning: "It follows from what is known, by our own reasoning." },
  reported: { title: "Reported", meaning: "Someone reports it, or working code of others counts on it." },
  captured: {
    title: "Captured",
    meaning: "Someone captured it from the live service, or it is in what the service publishes of itself.",
  },
  doc: { title: "Documented", meaning: "Microsoft documents it." },
};

const head = (beliefs: readonly Belief[]): string => `# What we believe of Microsoft's services

This page is made from \`sandbox/beliefs\` by \`npm run beliefs\`; do not edit it.

None of us has a tenant to try things on. Client and sandbox rest on what Microsoft documents, on what others captured or reported, and where
there was nothing, on a choice of our own. Each such behaviour is a row below: ${String(beliefs.length)} in all, those that stand worst first.
${standings.map((standing) => `${String(beliefs.filter((belief) => belief.standing === standing).length)} are ${standing === "doc" ? "documented" : standing}`).join(", ")}.

- **Asked** says whether \`m365audit probe\` can ask a live tenant: by *reading*, with *--write-one*, or not, and why.
- **Held by** names the tests that fail when client or sandbox stop behaving so. Where the probe asks, its own test holds it too
  (\`cli/probe/probe.test.ts\`): the belief is turned round in the sandbox, and the probe has to say that it does not hold. \`–\` stands where no
  test is named yet.

## If you have a tenant: ask it

\`\`\`
npx m365audit probe --tenant TENANT-ID --client-id CLIENT-ID --certificate-file app.pem --key-file app.key
\`\`\`

Without \`--client-id\` it signs in as the deploying identity, by the variables that the azuread provider reads. \`Global Reader\` and
\`Exchange.ManageAsApp\` are enough. It says first how many requests it will send, sends them one at a time, and by itself changes nothing. It
prints which beliefs held, which did not, and which were not asked, and ends with 0 when all that was asked held, with 1 when something did not,
and with 2 when an option is wrong. \`--json\` prints the same for scripts.

\`--write-one MAILBOX\` also asks what only a change shows; for that the identity needs a role that may change mailboxes. The mailbox's age limit
is set to what it is, two changes are sent that should be refused, and one action is added to the owner's list. Then everything is put back as it
was and read again to see that it is. At no time is less recorded than before. If putting back fails, the command says in capital letters what to
run.

## Send the answers

What was sent and answered is written to a file (\`--out FILE\`; by default \`m365audit-probe-….json\` in the current folder). It holds:

- names of properties, cmdlets, parameters, audit actions and enumerations that are known to us, and values that are such names;
- statuses, truth values, numbers of up to four digits, and the types of errors;
- the service's messages, word by word as far as the words are of our list of the service's own words;
- the app roles and directory roles in your token, and whether you signed in with a secret or a certificate.

All else is replaced by placeholders such as \`<guid-3>\` or \`<address-1>\`, the same for the same value: names of people, mailboxes, apps and
servers, ids, tokens, addresses, domains, dates. Nothing is sent anywhere; the file stays where it is until you send it. Look through it, then attach
it to an issue of this project. Rows that changed their standing because of it will say so.
`;

/** The whole page. */
export function beliefsDocument(beliefs: readonly Belief[]): string {
  const sections = standings.map((standing) => {
    const { title, meaning } = headings[standing];
    const rows = beliefs.filter((belief) => belief.standing === standing).map(row);
    const table = ["| Belief | What | Source | Asked | Held by |", "|---|---|---|---|---|", ...rows].join("\n");
    return `## ${title} (${String(rows.length)})\n\n${meaning}\n\n${table}\n`;
  });
  return [head(beliefs), ...sections].join("\n");
}

function row({ id, what, source, asked, tests }: Belief): string {
  const held = tests.map((test) => code(test.slice(0, test.indexOf(": "))));
  const own = typeof asked === "string" ? ["the probe"] : [];
  const by = [...new Set([...held, ...own])].join(", ");
  return `| ${[code(id), what, source, askedIn(asked), by === "" ? "–" : by].map(cell).join(" | ")} |`;
}

function askedIn(asked: Askable): string {
  if (typeof asked === "object") return `no: ${asked.not}`;
  return asked === "read" ? "reading" : "--write-one";
}

function code(text: string): string {
  return `\`${text}\``;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
