/** What the operator demo looks for: in 1Secure, in what the engine says, and in what a person reads. */
import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Outcome } from "../stack";
import type { Told } from "./prompt";
import { driftOf } from "./screen";
import type { Stage } from "./stage";
import type { Finding } from "./tenant";

/** Whether 1Secure holds nothing of ours. */
export function nothingIn1Secure({ sandbox }: Stage): Finding {
  const { credentials, sources } = sandbox.control.oneSecure();
  const count = credentials.length + sources.length;
  return { ok: count === 0, text: `1Secure: ${count === 0 ? "nothing" : `${String(count)} things`} of ours` };
}

/** Whether 1Secure holds what a person entered: no program takes it away. */
export function stillIn1Secure({ sandbox }: Stage): Finding {
  const { credentials, sources } = sandbox.control.oneSecure();
  const ok = credentials.length === 1 && sources.length === 1;
  return {
    ok,
    text: `1Secure: ${ok ? "source and credentials are" : "not everything is"} still there, for a person to remove`,
  };
}

/** Whether what a person entered works: Entra accepts what 1Secure signs in with. */
export function connected({ sandbox }: Stage): Finding {
  const connections = sandbox.control.oneSecureConnections();
  const ok = connections.length === 1 && connections.every(({ accepted }) => accepted === "yes");
  return { ok, text: `1Secure: ${String(connections.length)} source, whose client secret Entra accepts` };
}

export function crawling({ sandbox }: Stage, on: boolean): Finding {
  const [source] = sandbox.control.oneSecure().sources;
  const word = source === undefined ? "no source" : `Crawl Source ${source.crawlSource ? "ON" : "OFF"}`;
  return { ok: source?.crawlSource === on, text: `1Secure: ${word}` };
}

/** Whether the certificate that 1Secure issued, and a person downloaded, is one of the app's. */
export async function certificateUploaded({ sandbox, tenant }: Stage, file: string): Promise<Finding> {
  const thumbprint = new X509Certificate(await readFile(file)).fingerprint.replaceAll(":", "");
  const [app] = sandbox.control.tenant(tenant.id).directory.applications;
  const ok = app?.certificates.some((one) => one.thumbprint.toUpperCase() === thumbprint) === true;
  return { ok, text: `Entra: the app has the certificate ${thumbprint.slice(0, 12)}… that 1Secure issued` };
}

/** Whether a run says how many steps are open, and an update also how it stands. */
export function openSteps({ diagnostics, outputs }: Outcome, count: number, status?: string): Finding {
  const warned = diagnostics.some((line) => line.includes(`${String(count)} steps are open for a person`));
  const said = count === 0 ? !diagnostics.some((line) => line.includes("open for a person")) : warned;
  const [counted, stands] = [outputs["openSteps"]?.value as unknown, outputs["status"]?.value as unknown];
  if (status === undefined) return { ok: said, text: `the preview warns: ${String(count)} steps for a person` };
  return {
    ok: said && counted === count && stands === status,
    text: `status ${String(stands)}, ${String(counted)} steps open`,
  };
}

/** Whether a run-sheet has so many steps. */
export function stepsIn(sheet: string, count: number): Finding {
  const found = sheet.match(/^- \[ \] /gm)?.length ?? 0;
  const ok = found === count && (count > 0 || sheet.includes("Nothing is open"));
  return { ok, text: count === 0 ? "nothing is open" : `the run-sheet has ${String(found)} steps` };
}

/** Whether a preview shows that Crawl Source goes off, with the step for it, and nothing else. */
export function onlyCrawlIn({ changes, diagnostics }: Outcome): Finding {
  const expected = ["crawlSource", "fingerprint", "runSheet"].map((path) => `1Secure Source ${path}`);
  const seen = driftOf(changes);
  const hasStep = diagnostics.some((line) => line.includes("Turn **Crawl Source** **ON → OFF**"));
  const ok = hasStep && seen.includes("1Secure Source crawlSource") && seen.every((one) => expected.includes(one));
  return { ok, text: ok ? "exactly that, with the step to come" : `the preview says ${seen.join(", ")}` };
}

/** Whether a run-sheet asks to switch the crawl, and for nothing else. */
export function oneSwitchIn(sheet: string, movement: string): Finding {
  const fields = sheet.match(/^- \[ \] \d+\. (?:Turn |Select the checkbox|Clear the checkbox|\*\*).*$/gm) ?? [];
  const ok = fields.length === 1 && sheet.includes(`Turn **Crawl Source** **${movement}**`);
  return { ok, text: `the run-sheet changes ${String(fields.length)} field: Crawl Source ${movement}` };
}

export function sourceBeforeCredentials(sheet: string): Finding {
  const [source, credentials] = [sheet.indexOf("delete the Exchange Online source"), sheet.indexOf("**Delete** icon")];
  return { ok: source > 0 && credentials > source, text: "first the source, then the credentials that it uses" };
}

/** Whether `verify` told of exactly one difference. */
export function driftTold({ code, stdout }: Told): Finding {
  const told = stdout.match(/declared .*, found .*$/gm) ?? [];
  const ok = code === 1 && told.length === 1 && stdout.includes("Crawl Source: declared OFF, found ON");
  return { ok, text: `one difference is told and recorded, and the command ends with ${String(code)}` };
}

/** Whether none of the secrets of the sandbox stands in a text that a person reads or keeps. */
export function nothingSecretIn({ sandbox }: Stage, what: string, text: string): Finding {
  const secrets = sandbox.control.issuedSecrets();
  const ok = secrets.length > 2 && !secrets.some((secret) => text.includes(secret)) && !text.includes("PRIVATE KEY");
  return { ok, text: `no secret stands in ${what}` };
}
