/** What `entra.Certificate` takes and gives. */
import { z } from "zod";
import type { ComponentContract } from "../core/contract";
import type { Problem } from "../core/errors";
import { type PrivateKeyPlace, privateKeyPlace } from "../identity/privateKey";
import { type Inputs, isDeferred } from "../pulumi/arguments";
import { rotationResults, rotationSettings } from "./credentialRotation";
import { rotateBeforeProblems } from "./credentialRotationResource";
import { maximumValidityDays } from "./dates";
import { applicationId } from "./schemas";
import { suppliedProblems } from "./suppliedCertificate";

export const certificateDefaults = {
  commonName: "Netwrix 1Secure",
  keyBits: 2048,
  validityDays: maximumValidityDays,
  rotateBeforeDays: 60,
} as const;

/** Arguments that say what certificate; components that make one for you take them too. */
export const certificateSettings = {
  /** Common name of a certificate made here. Default: `Netwrix 1Secure`. A change makes a new one, which overlaps with the old one. */
  commonName: z.string().min(1).max(64).default(certificateDefaults.commonName),
  /**
   * Days for which a certificate made here is valid, 1 to 730 (two years). Default: 730. A change takes effect with the next one.
   */
  validityDays: z.int().min(1).max(maximumValidityDays).default(certificateDefaults.validityDays),
  /**
   * Days before its end from which on an `up` makes the next certificate and puts it to use. Default: 60. Less than `validityDays`.
   * For a certificate of your own, from when on each run warns that another one is needed.
   */
  rotateBeforeDays: z.int().min(0).default(certificateDefaults.rotateBeforeDays),
  ...rotationSettings,
  /**
   * Length in bits of the RSA key made here, 2048 to 4096. Default: 2048. A change makes a new key and certificate, which overlap
   * with the old ones.
   */
  keyBits: z.int().min(2048).max(4096).default(certificateDefaults.keyBits),
  /**
   * A certificate of your own, X.509 in PEM, instead of one made here; with `privateKeyPem` or `privateKey`. Its chain may follow it
   * and is not uploaded. It may also hold its key, as Key Vault issues them: make it a secret then. Valid already, still, and for two
   * years at most in all. Supplying another one makes a new generation: both stay for `overlapDays`.
   */
  certificatePem: z.string().min(1).optional(),
  /**
   * The RSA private key of `certificatePem` in PEM, 2048 bits or more, without a pass phrase. It is never uploaded: Entra gets the
   * certificate alone. It is in the stack's state, encrypted; to keep it out of there, give `privateKey`.
   */
  privateKeyPem: z.string().min(1).meta({ secret: true }).optional(),
  /**
   * Where the private key is, in place of `privateKeyPem`: it is read when it is used and never comes into the state. The text there
   * may hold the certificate too; then `certificatePem` may be left out.
   */
  privateKey: privateKeyPlace.optional(),
};

export const certificateArgs = z.strictObject({
  /** The application: `/applications/<object id>`. Changing it replaces the credential. */
  applicationId,
  ...certificateSettings,
});

/** Arguments of `Certificate`. */
export type CertificateArgs = Inputs<z.input<typeof certificateArgs>>;

export const certificateContract = {
  token: "m365audit:entra:Certificate",
  description:
    "A certificate with which an application signs in: made here, self-signed, and rotated with an overlap; or supplied.",
  args: certificateArgs,
  outputs: z.object({
    /** The certificate in use, X.509 in PEM. */
    certificatePem: z.string(),
    /** Its private key, PKCS #8 in PEM. None with `privateKey`. */
    privateKeyPem: z.string().meta({ secret: true }).optional(),
    /** Where the private key is read from when it is used, as it was given. */
    privateKey: privateKeyPlace.optional(),
    /** SHA-1 of the certificate in upper-case hex, as `Connect-ExchangeOnline -CertificateThumbprint` takes it. */
    thumbprint: z.string(),
    /** Its subject, for example `CN=Netwrix 1Secure`. */
    subject: z.string(),
    /** From when on it is valid, RFC 3339 in UTC. */
    validFrom: z.string(),
    /** When the credential ends, RFC 3339 in UTC. Never later than the certificate itself. */
    endDate: z.string(),
    /** Length of its RSA key in bits. */
    keyBits: z.int(),
    /** Id of the credential in the application's list. */
    keyId: z.string(),
    ...rotationResults,
  }),
} satisfies ComponentContract;

/** What this component's own arguments and those of the components that pass them on have in common. */
type Settings = Omit<CertificateArgs, "applicationId">;

/** Whether the certificate is brought along. */
export function isSupplied({ certificatePem, privateKeyPem, privateKey }: Settings): boolean {
  return [certificatePem, privateKeyPem, privateKey].some((text) => text !== undefined);
}

const onlyWhenMadeHere = ["commonName", "validityDays", "keyBits"] as const;

/**
 * What holds between the arguments. `at` is put before each property path. Reads the private key where it is in a place of its own.
 *
 * @param now milliseconds since the Unix epoch
 */
export function certificateProblems(args: Settings, now: number, at = ""): Problem[] {
  if (!isSupplied(args)) return rotateBeforeProblems(args, certificateDefaults, at);
  const { certificatePem, privateKeyPem, privateKey } = args;
  const problems = onlyWhenMadeHere
    .filter((name) => args[name] !== undefined)
    .map((name) => ({
      path: `${at}${name}`,
      message: `not allowed together with ${at}${certificatePem === undefined ? "privateKey" : "certificatePem"}, which has its own`,
    }));
  if (privateKeyPem !== undefined && privateKey !== undefined) {
    const message = `not allowed together with ${at}privateKeyPem: the key is in one place or the other`;
    return [...problems, { path: `${at}privateKey`, message }];
  }
  if (certificatePem === undefined && privateKey === undefined) {
    return [...problems, { path: `${at}certificatePem`, message: `required together with ${at}privateKeyPem` }];
  }
  if (isKnownLater(certificatePem) || isKnownLater(privateKeyPem) || isKnownLater(privateKey)) return problems;
  const texts = { certificatePem, privateKeyPem, privateKey } as Parameters<typeof suppliedProblems>[0];
  return [...problems, ...suppliedProblems(texts, now, at)];
}

function isKnownLater(value: unknown): boolean {
  if (isDeferred(value)) return true;
  return typeof value === "object" && value !== null && Object.values(value as PrivateKeyPlace).some(isDeferred);
}
