/** Records what a person attests. */
import { isDeepStrictEqual } from "node:util";
import { InvalidInput, type Problem, Rejected } from "../provider/core";
import { withEntry, writeBook } from "../provider/operator/book";
import type { Entry } from "../provider/operator/entry";
import { isOperatorId } from "../provider/operator/ids";
import type { AttestArguments } from "./attestArguments";
import { enteredEntry, issuesCertificate, removedEntry } from "./operator/attestation";
import { type CertificateFile, readCertificate } from "./operator/certificateFile";
import { allOpen, type Selection, selected } from "./operator/selection";
import { attesterOf, signedEntries } from "./operator/signing";
import { type HandedOver, isOpen, type StackWork, stackWork } from "./operator/stackWork";
import { ending, type ExitCode, exitCodes, type Surroundings, thisProcess } from "./operator/surroundings";
import { toldLines, toldProperties, toldSecret, whatIs } from "./operator/told";
import { nameOf, plain } from "./operator/words";

/** @param names names or URNs, as on the command line */
export function runAttest(
  names: readonly string[],
  options: AttestArguments,
  here: Surroundings = thisProcess,
): Promise<ExitCode> {
  return ending(here, async () => {
    requireOptions(names, options);
    const work = await stackWork(options, here, { letRefusedThrough: true });
    const selection = options.all === true ? allOpen(work) : selected(work, names);
    requireFitting(selection, options);
    requireDeclared(selection.resources);
    for (const component of selection.idle) here.print(`${nameOf(component)}: nothing is open in it\n`);
    const certificate =
      options.certificate === undefined ? undefined : await readCertificate(options.certificate, here);
    const by = await attesterOf(options, work.project, here);
    const attester = { by, now: here.clock.now() };

    const fresh: Entry[] = [];
    const told: string[] = [];
    for (const resource of selection.resources) {
      const answered = { id: options.id, ...(issuesCertificate(resource) ? { certificate: certificate?.pem } : {}) };
      const entry = enteredEntry(resource, answered, attester);
      const already = sameAlready(resource, entry, options);
      if (already === undefined) {
        fresh.push(entry);
        told.push(toldEntered(resource, entry, issuesCertificate(resource) ? certificate : undefined));
      } else {
        here.print(`${resource.name}: already attested by ${plain(already.by)} at ${already.at}\n`);
      }
    }
    for (const removal of selection.removals) {
      fresh.push(removedEntry(removal, attester));
      told.push(
        `${removal.name} (${whatIs(removal.handover)}): removed. It is no longer declared, and ${by} attests that the product no longer has it:\n` +
          // An id of ours says nothing to anyone.
          toldLines(
            toldProperties(removal.handover, removal.leftover.found, {}).filter(({ shown }) => !isOperatorId(shown)),
          ),
      );
    }
    if (fresh.length === 0) {
      here.print("Nothing new to attest; nothing was written.\n");
      return exitCodes.fine;
    }
    for (const warning of doubts(selection, work, fresh)) here.tell(`m365audit: warning: ${warning}`);
    const signed = await signedEntries(fresh, options, work.project, here);
    const { alsoMade } = await writeBook(work.project.file, signed.reduce(withEntry, [...work.book.entries]));
    here.print(told.join("\n"));
    here.print(`\nAttested by ${plain(by)}${options.sign === undefined ? "" : ", signed"}.\n`);
    const besides = alsoMade.length === 0 ? "" : " (and the .gitattributes beside it)";
    here.print(`Next: commit ${work.project.shownFile}${besides}; the next \`pulumi up\` reads it.\n`);
    return exitCodes.fine;
  });
}

function requireOptions(names: readonly string[], { all }: AttestArguments): void {
  if (names.length > 0 === (all !== true)) return;
  const message =
    names.length > 0
      ? "both names and --all were given; allowed: one of the two"
      : "nothing was given; allowed: names or URNs of resources or components, or --all";
  throw new InvalidInput("the command line", [{ path: "RESOURCE", message }]);
}

function requireFitting({ resources, removals }: Selection, { id, certificate }: AttestArguments): void {
  const problems: Problem[] = [];
  const names = [...resources, ...removals].map(({ name }) => name).join(", ") || "none";
  if (id !== undefined && (resources.length !== 1 || removals.length > 0)) {
    problems.push({ path: "--id", message: `allowed: only with one resource that is declared; these are: ${names}` });
  }
  if (id !== undefined && !/^[^\p{Cc}]*\S[^\p{Cc}]*$/u.test(id)) {
    problems.push({ path: "--id", message: "allowed: the product's own id, a text on one line" });
  }
  if (certificate !== undefined && resources.filter(issuesCertificate).length !== 1) {
    const message = `allowed: only with one resource that the product issues a certificate for (Credential); these are: ${names}`;
    problems.push({ path: "--certificate", message });
  }
  if (problems.length > 0) throw new InvalidInput("the command line", problems);
}

/** What is declared has to be known: an attestation is of that. */
function requireDeclared(resources: readonly HandedOver[]): void {
  const refreshed = resources.filter(({ isRefreshed }) => isRefreshed).map(({ name }) => name);
  if (refreshed.length === 0) return;
  throw new Rejected({
    operation: "attesting",
    subject: refreshed.join(", "),
    happened:
      "a `pulumi refresh` read into the state what was found in the product, so that what is declared is not in it",
    next: "Run `pulumi up` first, which records what is declared, then attest.",
  });
}

/** The attestation that says all of this already. */
function sameAlready({ account, standing }: HandedOver, entry: Entry, { sign }: AttestArguments): Entry | undefined {
  const before = account.entered;
  if (before === undefined || standing.status !== "attested" || account.found !== undefined) return undefined;
  if (sign !== undefined && before.signature === undefined) return undefined;
  const what = ({ by: _, at: _at, signature: _signature, ...rest }: Entry): object => rest;
  return isDeepStrictEqual(what(before), what(entry)) ? before : undefined;
}

function toldEntered(resource: HandedOver, entry: Entry, certificate: CertificateFile | undefined): string {
  const { handover, declared, name } = resource;
  const answers = [
    ...(entry.id === undefined ? [] : [{ label: "Id in the product", shown: plain(entry.id) }]),
    ...(certificate === undefined
      ? entry.certificate === undefined
        ? []
        : [{ label: "Certificate", shown: "as it was attested before" }]
      : [{ label: "Certificate", shown: `thumbprint ${certificate.thumbprint}, until ${certificate.endDate}` }]),
  ];
  const properties = [
    ...toldProperties(handover, entry.values, declared),
    ...(entry.secret === undefined ? [] : [toldSecret(entry.secret)]),
    ...answers,
  ];
  return `${name} (${whatIs(handover)}): entered as declared\n${toldLines(properties)}`;
}

/** What is odd and may still be true. */
function doubts({ resources, removals }: Selection, work: StackWork, fresh: readonly Entry[]): string[] {
  const written = new Set(fresh.map(({ resource }) => resource));
  const attested = [...resources, ...removals].filter(({ urn }) => written.has(urn));
  const others = [...work.resources.filter(isOpen), ...work.removals].filter(({ urn }) => !written.has(urn));
  const early = attested.flatMap(({ name, sheet }) => {
    const first = others.filter(
      (other) =>
        [...(sheet.after ?? []), ...(sheet.takesIn ?? [])].includes(other.sheet.task) ||
        (sheet.afterAll ?? []).some((beginning) => other.sheet.task.startsWith(beginning)),
    );
    return first.map((other) => `${name} is attested while ${other.name}, which comes before it, is still open`);
  });
  const waiting = resources
    .filter(
      (one) =>
        issuesCertificate(one) &&
        fresh.some(({ resource, certificate }) => resource === one.urn && certificate === undefined),
    )
    .map(
      ({ name }) =>
        `${name} is attested without its certificate (--certificate FILE), so that the upload of the certificate to the app waits for it`,
    );
  const replaced = attested
    .filter(({ urn }) => work.refused.has(urn))
    .map(
      ({ name }) =>
        `${name}: what was attested of it before is refused, and this takes its place; give its --id and --certificate again, if it had any`,
    );
  return [...replaced, ...early, ...waiting];
}
