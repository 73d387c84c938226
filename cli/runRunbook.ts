/** Prints the open steps of a stack. */
import { answeredBefore, issuesCertificate } from "./operator/attestation";
import { type OpenPiece, runbookDocument } from "./operator/runbookDocument";
import { missingOutputs } from "./operator/secretOutputs";
import { type HandedOver, isOpen, type Removal, type StackWork, stackWork } from "./operator/stackWork";
import { ending, type ExitCode, exitCodes, type Surroundings, thisProcess } from "./operator/surroundings";
import { whatIs } from "./operator/told";
import type { RunbookArguments } from "./runbookArguments";

/** The document to the standard output; warnings into it and to the standard error. */
export function runRunbook(options: RunbookArguments, here: Surroundings = thisProcess): Promise<ExitCode> {
  return ending(here, async () => {
    const work = await stackWork(options, here);
    const warnings = [...work.warnings, ...missingOutputs(work)];
    for (const warning of warnings) here.tell(`m365audit: warning: ${warning}`);
    const markdown = runbookDocument({ stack: options.stack, pieces: piecesOf(work), warnings });
    if (options.html === true) {
      const { htmlDocument } = await import("./operator/html.js");
      here.print(await htmlDocument(markdown));
    } else {
      here.print(markdown);
    }
    return exitCodes.fine;
  });
}

function piecesOf({ resources, removals }: StackWork): OpenPiece[] {
  return [
    ...resources.filter(isOpen).map(declaredPiece),
    ...removals.filter(({ sheet }) => sheet.steps.length > 0).map(removalPiece),
  ];
}

function declaredPiece(resource: HandedOver): OpenPiece {
  const { name, handover, sheet } = resource;
  const wantsCertificate = issuesCertificate(resource) && answeredBefore(resource) === undefined;
  return { name, what: whatIs(handover), sheet, wantsCertificate, isRemoval: false };
}

function removalPiece({ name, handover, sheet }: Removal): OpenPiece {
  return { name, what: whatIs(handover), sheet, wantsCertificate: false, isRemoval: true };
}
