/** What the attestations file of this project's stack says of a resource. */
import { isAbsolute } from "node:path";
import type { Settings } from "../core";
import { accountOf } from "./account";
import { readBook } from "./book";
import { allowedSignersFile, attestationsFile, projectRoot, stackOf } from "./place";
import type { Account } from "./standing";

/**
 * @param urn the resource's
 * @throws what makes an attestation unusable: a file that can't be read as one, and what is forged or conflicting in what it says of the
 * resource
 */
export async function recordedAccount(settings: Settings, urn: string): Promise<Account> {
  const folder = settings.get("attestations");
  const attestationSigners = settings.get("attestationSigners");
  const root = await projectRoot().catch((error: unknown) => {
    // A folder that is named in full needs no project around it.
    if (folder !== undefined && isAbsolute(folder)) return folder;
    throw error;
  });
  const book = await readBook(attestationsFile({ folder, stack: stackOf(urn), root }));
  const signers = await allowedSignersFile({ attestations: folder, attestationSigners }, root);
  return accountOf(book, urn, signers === undefined ? undefined : { file: signers });
}
