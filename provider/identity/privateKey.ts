/** A private key that stays where its owner keeps it: the stack's state knows the place alone. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import { InvalidInput } from "../core/errors";
import { mayBeSecret } from "../core/validate";

/** A rule for certificates, which are public and recorded as such: no key may come along in the same text. */
export const certificatesAlone = [
  (pem: string): boolean => !pem.includes("PRIVATE KEY-----"),
  "a private key stands in it; allowed: certificates alone, and the key in privateKeyPem or at privateKey",
] as const;

/** Where a private key is read from, each time that it is used, on the machine that runs Pulumi. */
export const privateKeyPlace = z
  .strictObject({
    /**
     * A file in PEM: the key alone, or with its certificate, as Key Vault exports them. A relative path starts at the program's folder
     * (`main` in `Pulumi.yaml`; the project's own folder without it).
     */
    file: z.string().min(1).optional(),
    /** The name of an environment variable that holds the PEM text. */
    environmentVariable: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "allowed: the name of an environment variable, such as EXCHANGE_PRIVATE_KEY")
      .optional(),
  })
  .refine(({ file, environmentVariable }) => (file === undefined) !== (environmentVariable === undefined), {
    error: "allowed: either file or environmentVariable",
    params: { dependsOn: ["file", "environmentVariable"] },
  })
  .meta({ typeName: "PrivateKeyPlace" });

export type PrivateKeyPlace = z.output<typeof privateKeyPlace>;

/**
 * The PEM text at that place.
 *
 * @param path what the argument is called, for the error
 * @throws InvalidInput when there is none; nothing of what was found is repeated
 */
export function readPrivateKeySync(place: PrivateKeyPlace, path = "privateKey"): string {
  const { file, environmentVariable } = place;
  const refuse = (name: string, message: string): never => {
    throw new InvalidInput("the private key", [{ path: `${path}.${name}`, message }]);
  };
  if (environmentVariable !== undefined) {
    const text = process.env[environmentVariable];
    if (text !== undefined && text.trim() !== "") return text;
    return refuse("environmentVariable", `${environmentVariable} is not set where Pulumi runs`);
  }
  try {
    return readFileSync(file ?? "", "utf8");
  } catch (error) {
    return refuse(
      "file",
      `${mayBeSecret(file) ? "the given value (not shown; allowed: a file's name)" : `"${file ?? ""}"`} cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`,
    );
  }
}

/** {@link readPrivateKeySync} for those who wait for other things as well: what it throws is a rejection here. */
export function readPrivateKey(place: PrivateKeyPlace, path = "privateKey"): Promise<string> {
  return new Promise((resolve) => {
    resolve(readPrivateKeySync(place, path));
  });
}
