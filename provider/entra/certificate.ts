import { X509Certificate } from "node:crypto";
import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { z } from "zod";
import type { ComponentContract } from "../core/contract";
import { InvalidInput, type Problem } from "../core/errors";
import { checkArgs, type Inputs, isDeferred, orDefault } from "../pulumi/arguments";
import { maximumValidityDays, wholeSeconds } from "./dates";
import { applicationId } from "./schemas";
import { notAfter, pkcs8, suppliedProblems, thumbprintOf } from "./suppliedCertificate";

const defaultCommonName = "Netwrix 1Secure";
const defaultKeyBits = 2048;
const defaultEarlyRenewalDays = 60;

/** Arguments that say what certificate; components that make one for you take them too. */
export const certificateSettings = {
  /** Common name of a certificate made here. Default: `Netwrix 1Secure`. Changing it replaces the certificate. */
  commonName: z.string().min(1).max(64).default(defaultCommonName),
  /**
   * Days for which a certificate made here is valid, 1 to 730 (two years). Default: 730. Changing it replaces the certificate.
   */
  validityDays: z.int().min(1).max(maximumValidityDays).default(maximumValidityDays),
  /**
   * Days before its end from which on a run of the program replaces a certificate made here. Default: 60. The old one stays valid
   * until it is removed in that same run.
   */
  earlyRenewalDays: z.int().min(0).default(defaultEarlyRenewalDays),
  /** Length in bits of the RSA key made here, 2048 to 4096. Default: 2048. Changing it replaces key and certificate. */
  keyBits: z.int().min(2048).max(4096).default(defaultKeyBits),
  /**
   * A certificate of your own, X.509 in PEM, instead of one made here; with `privateKeyPem`. Still valid, and for two years at most
   * in all. Changing it replaces the certificate.
   */
  certificatePem: z.string().min(1).optional(),
  /**
   * The RSA private key of `certificatePem` in PEM, 2048 bits or more, without a pass phrase. It is never uploaded: Entra gets the
   * certificate alone.
   */
  privateKeyPem: z.string().min(1).meta({ secret: true }).optional(),
};

export const certificateArgs = z.strictObject({
  /** The application: `/applications/<object id>`. Changing it replaces the credential. */
  applicationId,
  ...certificateSettings,
});

/** Arguments of {@link Certificate}. */
export type CertificateArgs = Inputs<z.input<typeof certificateArgs>>;

export const certificateContract = {
  token: "m365audit:entra:Certificate",
  description: "A certificate with which an application signs in: made here and self-signed, or supplied.",
  args: certificateArgs,
  outputs: z.object({
    /** The certificate, X.509 in PEM. */
    certificatePem: z.string(),
    /** Its private key, PKCS #8 in PEM. */
    privateKeyPem: z.string().meta({ secret: true }),
    /** SHA-1 of the certificate in upper-case hex, as `Connect-ExchangeOnline -CertificateThumbprint` takes it. */
    thumbprint: z.string(),
    /** When the credential ends, RFC 3339 in UTC. */
    endDate: z.string(),
    /** Id of the credential in the application's list. */
    keyId: z.string(),
  }),
} satisfies ComponentContract;

/** What this component's own arguments and those of the components that pass them on have in common. */
type Settings = Omit<CertificateArgs, "applicationId">;

const onlyWhenMadeHere = ["commonName", "validityDays", "earlyRenewalDays", "keyBits"] as const;

/**
 * What holds between the arguments. `at` is put before each property path.
 *
 * @param now milliseconds since the Unix epoch
 */
export function certificateProblems(args: Settings, now: number, at = ""): Problem[] {
  const { certificatePem, privateKeyPem } = args;
  if (certificatePem === undefined && privateKeyPem === undefined) return renewalProblems(args, at);
  const problems = onlyWhenMadeHere
    .filter((name) => args[name] !== undefined)
    .map((name) => ({
      path: `${at}${name}`,
      message: `not allowed together with ${at}certificatePem, which has its own`,
    }));
  if (privateKeyPem === undefined) return [...problems, needs(at, "privateKeyPem", "certificatePem")];
  if (certificatePem === undefined) return [...problems, needs(at, "certificatePem", "privateKeyPem")];
  const known = typeof certificatePem === "string" && typeof privateKeyPem === "string";
  return known ? [...problems, ...suppliedProblems(certificatePem, privateKeyPem, now, at)] : problems;
}

function needs(at: string, missing: string, given: string): Problem {
  return { path: `${at}${missing}`, message: `required together with ${at}${given}` };
}

function renewalProblems({ validityDays, earlyRenewalDays }: Settings, at: string): Problem[] {
  const valid = validityDays ?? maximumValidityDays;
  const early = earlyRenewalDays ?? defaultEarlyRenewalDays;
  if (typeof valid !== "number" || typeof early !== "number" || early < valid) return [];
  return [
    {
      path: `${at}earlyRenewalDays`,
      message: `${String(early)} days ${earlyRenewalDays === undefined ? "is the default" : "was given"}; allowed: less than validityDays (${String(valid)}), or each run would replace the certificate`,
    },
  ];
}

interface KeyPair {
  readonly certificatePem: pulumi.Output<string>;
  readonly privateKeyPem: pulumi.Output<string>;
  readonly endDate: pulumi.Output<string>;
}

/**
 * A certificate of an application: a new RSA key and a self-signed certificate (two years, common name "Netwrix 1Secure", as the
 * product's documentation has it), or one that you bring along. Only the public part is uploaded.
 *
 * ```ts
 * const made = new entra.Certificate("exchange", { applicationId: app.applicationId });
 * const own = new entra.Certificate("exchange", { applicationId: app.applicationId, certificatePem, privateKeyPem });
 * ```
 *
 * Two credentials of one application must not be written at the same time: Entra answers 409 `Directory_ConcurrencyViolation`, and
 * the lock that the azuread plugin takes holds within one process only. Put them in order with `dependsOn`.
 *
 * @throws InvalidInput with every problem of the arguments; from the outputs, for a supplied certificate that is only known later
 */
export class Certificate extends pulumi.ComponentResource {
  /** The certificate, X.509 in PEM. */
  readonly certificatePem: pulumi.Output<string>;
  /** Its private key, PKCS #8 in PEM, encrypted in state. */
  readonly privateKeyPem: pulumi.Output<string>;
  /** SHA-1 of the certificate in upper-case hex. */
  readonly thumbprint: pulumi.Output<string>;
  /** When the credential ends, RFC 3339 in UTC. */
  readonly endDate: pulumi.Output<string>;
  /** Id of the credential in the application's list. */
  readonly keyId: pulumi.Output<string>;

  /** @param now milliseconds since the Unix epoch, against which a supplied certificate's end is held */
  constructor(
    name: string,
    args: CertificateArgs,
    options?: pulumi.ComponentResourceOptions,
    now: () => number = Date.now,
  ) {
    const subject = `${certificateContract.token} "${name}"`;
    checkArgs(certificateArgs, args, subject, (given) => certificateProblems(given, now()));
    super(certificateContract.token, name, {}, options);
    const pair = args.certificatePem === undefined ? make(this, name, args) : take(args, subject, now);
    this.certificatePem = pair.certificatePem;
    this.privateKeyPem = pulumi.secret(pair.privateKeyPem);
    this.thumbprint = pair.certificatePem.apply((pem) => thumbprintOf(new X509Certificate(pem)));
    const credential = new azuread.ApplicationCertificate(
      `${name}-credential`,
      {
        applicationId: args.applicationId,
        encoding: "pem",
        type: "AsymmetricX509Cert",
        value: pair.certificatePem,
        endDate: pair.endDate,
      },
      { parent: this },
    );
    this.endDate = pair.endDate;
    this.keyId = credential.keyId;
    this.registerOutputs({
      certificatePem: this.certificatePem,
      privateKeyPem: this.privateKeyPem,
      thumbprint: this.thumbprint,
      endDate: this.endDate,
      keyId: this.keyId,
    });
  }
}

function make(parent: Certificate, name: string, args: CertificateArgs): KeyPair {
  const key = new tls.PrivateKey(
    `${name}-key`,
    { algorithm: "RSA", rsaBits: orDefault(args.keyBits, defaultKeyBits) },
    { parent },
  );
  const certificate = new tls.SelfSignedCert(
    `${name}-self-signed`,
    {
      privateKeyPem: key.privateKeyPem,
      subject: { commonName: orDefault(args.commonName, defaultCommonName) },
      validityPeriodHours: hours(args.validityDays, maximumValidityDays),
      earlyRenewalHours: hours(args.earlyRenewalDays, defaultEarlyRenewalDays),
      allowedUses: ["digital_signature"],
    },
    { parent },
  );
  return {
    certificatePem: certificate.certPem,
    privateKeyPem: key.privateKeyPemPkcs8,
    endDate: certificate.validityEndTime.apply(wholeSeconds),
  };
}

function take(args: CertificateArgs, subject: string, now: () => number): KeyPair {
  const checkedAlready = !isDeferred(args.certificatePem) && !isDeferred(args.privateKeyPem);
  const pair = pulumi
    .all([args.certificatePem as pulumi.Input<string>, pulumi.secret(args.privateKeyPem as pulumi.Input<string>)])
    .apply(([certificatePem, privateKeyPem]) => {
      const problems = checkedAlready ? [] : suppliedProblems(certificatePem, privateKeyPem, now());
      if (problems.length > 0) throw new InvalidInput(subject, problems);
      return { certificate: new X509Certificate(certificatePem), privateKeyPem: pkcs8(privateKeyPem) };
    });
  // The certificate is public. It is written out anew, so that a key which stands in the same text is not uploaded with it.
  const certificate = pulumi.unsecret(
    pair.apply((given) => ({ pem: given.certificate.toString(), end: notAfter(given.certificate) })),
  );
  return {
    certificatePem: certificate.pem,
    privateKeyPem: pair.privateKeyPem,
    endDate: certificate.end,
  };
}

function hours(days: CertificateArgs["validityDays"], fallback: number): pulumi.Output<number> {
  return orDefault(days, fallback).apply((count) => count * 24);
}
