/** Attestations for tests of programs: of what an engine recorded, in a folder of the test's own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { operated } from "../../operated";
import { readBook, withEntry, writeBook } from "../../operator/book";
import { type Entry, fingerprintOf } from "../../operator/entry";
import { valuesOf } from "../../operator/handover";
import type { SecretMark } from "../../operator/sheet";
import { dynamicType } from "../../surfaces/dynamic/thin";
import type { Properties } from "../../surfaces/dynamic/values";
import type { EngineRecord } from "./mockEngine";

export interface Attestations {
  readonly folder: string;
  /** Configuration of a stack whose products a person applies, with its attestations here. */
  readonly config: Readonly<Record<string, string>>;
  /** Attests that recorded resources were entered as they were declared. */
  attest(record: EngineRecord, names: readonly string[], more?: Partial<Entry>): Promise<void>;
}

/** An empty folder for each test. */
export function attestationsOfTest(): Attestations {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "m365audit-attestations-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    get folder() {
      return folder;
    },
    get config() {
      return {
        "m365audit:onesecureBackend": "operator",
        "m365audit:nowprivacyBackend": "operator",
        "m365audit:attestations": folder,
      };
    },
    async attest(record, names, more = {}) {
      const file = join(folder, "stack.json");
      for (const name of names) {
        const { entries } = await readBook(file);
        await writeBook(file, withEntry(entries, { ...entryOf(record.get(name)), ...more }));
      }
    },
  };
}

function entryOf(recorded: Properties | undefined): Entry {
  if (recorded === undefined) throw new Error("nothing was recorded under this name");
  const resource = String(recorded.__urn);
  const handover = [...operated.values()].find(({ handover: { token } }) =>
    resource.includes(`${dynamicType(token)}::`),
  );
  if (handover === undefined) throw new Error(`no person applies ${resource}`);
  const values = valuesOf(handover.handover, recorded);
  const reference = recorded["clientSecretReference"] as SecretMark | undefined;
  const secret =
    reference === undefined
      ? undefined
      : { keyId: reference.keyId, ...(reference.endDate === undefined ? {} : { endDate: reference.endDate }) };
  return {
    resource,
    action: "entered",
    fingerprint: fingerprintOf(values, secret),
    values,
    ...(secret === undefined ? {} : { secret }),
    by: "ada@contoso.com",
    at: "2026-11-22T18:00:00Z",
  };
}
