/** How a run-sheet names a client secret and says where it is: never the secret itself. */
import type { ClientSecretReference } from "./secretReference";
import { code, notKnownYet, type SecretMark, shown } from "./sheet";

export interface ClientSecretStep {
  /** The declaration's `clientSecretReference`; in a preview it, or parts of it, may not be known yet. */
  readonly reference: unknown;
  /** Name of the stack, for the command. */
  readonly stack: string;
  /** The one that it takes the place of, of the same app. */
  readonly before?: SecretMark | undefined;
}

/** "**Client Secret**: paste …": which one, until when, and by which command a person gets it. */
export function clientSecretStep({ reference, stack, before }: ClientSecretStep): string {
  const { keyId, endDate, stackOutput = "clientSecret" } = partsOf(reference);
  const which =
    keyId === undefined
      ? "the client secret that the program declares (its Secret ID is not declared)"
      : `the client secret with the Secret ID ${shown(keyId)}${endDate === undefined ? "" : `, which ends at ${shown(endDate)}`}`;
  return `**Client Secret**: paste ${which}${before === undefined ? "" : inPlaceOf(before)}. ${howToGet(stackOutput, stack)}`;
}

/** The deadline is the end of the secret that the product has. */
function inPlaceOf({ keyId, endDate }: SecretMark): string {
  const deadline = endDate === undefined ? "" : `. Do it before that one ends at ${shown(endDate)}`;
  return `, in place of the one with the Secret ID ${shown(keyId)}${deadline}; Entra keeps both until this is attested`;
}

function howToGet(stackOutput: string, stack: string): string {
  const command =
    stackOutput === notKnownYet
      ? "A command that is known after `pulumi up`"
      : code(`pulumi stack output ${shellWord(stackOutput)} --show-secrets --stack ${shellWord(stack)}`);
  return (
    `${command} prints it: run that where nobody else sees the screen, paste it straight into the field, and keep it in no file, ` +
    "message or screenshot."
  );
}

function partsOf(reference: unknown): Partial<ClientSecretReference> {
  if (typeof reference === "object" && reference !== null) return reference;
  return reference === undefined ? {} : { keyId: notKnownYet, stackOutput: notKnownYet };
}

/** A word of a command for a POSIX shell, so that no name can add to the command. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
