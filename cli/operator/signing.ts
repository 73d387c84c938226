/** Who attests, and the signature under it. */
import { isAbsolute, join } from "node:path";
import { InvalidInput, Rejected } from "../../provider/core";
import { type Entry, signedText } from "../../provider/operator/entry";
import { sign, verify } from "../../provider/operator/signature";
import type { Project } from "./project";
import type { Surroundings } from "./surroundings";

export interface SigningOptions {
  readonly by?: string | undefined;
  /** File of an SSH key. */
  readonly sign?: string | undefined;
}

/**
 * `--by`, else git's `user.email`.
 * @throws InvalidInput when nobody is named, or a signature is asked for and not given
 */
export async function attesterOf(options: SigningOptions, project: Project, here: Surroundings): Promise<string> {
  const by = (options.by ?? (await gitEmail(project.root, here)) ?? "").trim();
  const problems = [
    ...(by === "" || /\p{Cc}/u.test(by)
      ? [
          {
            path: "--by",
            message: `${by === "" ? "not given, and git knows no user.email" : "it has control characters"}; allowed: who attests, on one line, such as anna@contoso.com`,
          },
        ]
      : []),
    ...(project.signersFile !== undefined && options.sign === undefined
      ? [
          {
            path: "--sign",
            message: "not given; this project names who may sign, so an attestation counts only with a signature",
          },
        ]
      : []),
  ];
  if (problems.length > 0) throw new InvalidInput("the command line", problems);
  return by;
}

/**
 * The entries with their signatures, each looked at as the next `pulumi up` will.
 * @throws Rejected when the key cannot be used, or is not one of those that `by` may sign with
 */
export async function signedEntries(
  entries: readonly Entry[],
  options: SigningOptions,
  { signersFile }: Project,
  here: Surroundings,
): Promise<Entry[]> {
  const { sign: key } = options;
  if (key === undefined) return [...entries];
  const keyFile = isAbsolute(key) ? key : join(here.cwd, key);
  const signed: Entry[] = [];
  for (const entry of entries) {
    const text = signedText(entry);
    const signature = await sign(text, keyFile, { show: (line) => here.tell(line.trimEnd()) });
    const verdict =
      signersFile === undefined ? undefined : await verify(text, signature, signersFile, entry.at, entry.by);
    if (verdict !== undefined && "refused" in verdict) {
      throw new Rejected({
        operation: "signing the attestation of",
        subject: entry.resource,
        happened: `${verdict.refused}. Nothing was written`,
        next: "Name with --by the principal that the allowed signers have for this key, or sign with another key.",
      });
    }
    signed.push({ ...entry, signature });
  }
  return signed;
}

async function gitEmail(root: string, { environment }: Surroundings): Promise<string | undefined> {
  const { execFile } = await import("node:child_process");
  return new Promise((resolve) => {
    execFile("git", ["config", "user.email"], { cwd: root, env: environment }, (error, output) =>
      // Without git, or without the setting, nobody is named.
      resolve(error === null ? output.trim() : undefined),
    );
  });
}
