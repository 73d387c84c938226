import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { PrivateKeyPlace } from "../identity/privateKey";
import { checkArgs, orDefault } from "../pulumi/arguments";
import { programNow } from "../pulumi/now";
import {
  type CertificateArgs,
  certificateArgs,
  certificateContract,
  certificateDefaults as defaults,
  certificateProblems,
  isSupplied,
} from "./certificateArgs";
import {
  CredentialRotation,
  type GenerationSummary,
  inUse,
  type MadeGeneration,
  RotatingCredential,
  rotationArgs,
  summaries,
} from "./credentialRotationResource";
import { earlier, wholeSeconds } from "./dates";
import type { Generation } from "./generations";
import { certificateDetails, type Supplied, takeSupplied } from "./suppliedCertificate";

export type { CertificateArgs };

interface KeyPair {
  readonly certificatePem: pulumi.Output<string>;
  /** Undefined for a certificate that was supplied: its key is not on record. */
  readonly privateKeyPem: pulumi.Output<string | undefined>;
  readonly endDate: pulumi.Output<string>;
}

type MadeCertificate = MadeGeneration & KeyPair;

/**
 * A certificate of an application: a new RSA key and a self-signed certificate (two years, common name "Netwrix 1Secure", as the
 * product's documentation has it), or one that you bring along. Only the public part is uploaded.
 *
 * ```ts
 * const made = new entra.Certificate("exchange", { applicationId: app.applicationId });
 * const own = new entra.Certificate("exchange", {
 *   applicationId: app.applicationId,
 *   certificatePem,
 *   privateKey: { environmentVariable: "EXCHANGE_PRIVATE_KEY" },
 * });
 * ```
 *
 * Some time before it ends an `up` makes the next one, and whoever uses the outputs gets it in that same `up`; only a later one
 * removes the old certificate. One that you bring along is not renewed here: near its end each run warns until you supply another
 * one, which then overlaps with the old one in the same way.
 *
 * Two credentials of one application must not be written at the same time: Entra answers 409 `Directory_ConcurrencyViolation`, and
 * the lock that the azuread plugin takes holds within one process only. Put them in order with `dependsOn`.
 *
 * @throws InvalidInput with every problem of the arguments; from the outputs, for a supplied certificate that is only known later
 */
export class Certificate extends RotatingCredential<MadeCertificate> {
  /** The certificate in use, X.509 in PEM. Known once Entra has it, so whoever uses it waits for the upload. */
  readonly certificatePem: pulumi.Output<string>;
  /** Its private key, PKCS #8 in PEM, encrypted in state. Undefined with `privateKey`: then it stays where it is. */
  readonly privateKeyPem: pulumi.Output<string> | undefined;
  /** Where the private key is read from when it is used, as it was given. Undefined when `privateKeyPem` is there. */
  readonly privateKey: pulumi.Output<PrivateKeyPlace> | undefined;
  /** SHA-1 of the certificate in upper-case hex. */
  readonly thumbprint: pulumi.Output<string>;
  /** Its subject, for example `CN=Netwrix 1Secure`. */
  readonly subject: pulumi.Output<string>;
  /** From when on it is valid, RFC 3339 in UTC. */
  readonly validFrom: pulumi.Output<string>;
  /** When the credential ends, RFC 3339 in UTC. Never later than the certificate itself. */
  readonly endDate: pulumi.Output<string>;
  /** Length of its RSA key in bits. */
  readonly keyBits: pulumi.Output<number>;
  /** Id of the credential in the application's list. */
  readonly keyId: pulumi.Output<string>;
  /** Number of the one in use: 1, 2, … */
  readonly generation: pulumi.Output<number>;
  /** From when on an `up` replaces it, RFC 3339 in UTC; for one that was supplied, from when on each run warns. */
  readonly rotatesOn: pulumi.Output<string>;
  /** All certificates of this declaration that the application holds, the one in use last. */
  readonly generations: pulumi.Output<GenerationSummary[]>;

  /** @param now milliseconds since the Unix epoch, against which a supplied certificate's end is held */
  constructor(
    name: string,
    args: CertificateArgs,
    options: pulumi.ComponentResourceOptions = {},
    now: () => number = programNow,
  ) {
    const subject = `${certificateContract.token} "${name}"`;
    checkArgs(certificateArgs, args, subject, (given) => certificateProblems(given, now()));
    super(certificateContract.token, name, {}, options);
    const supplied = isSupplied(args) ? take(args, subject, now) : undefined;
    const rotation = new CredentialRotation(
      `${name}-rotation`,
      {
        ...rotationArgs(args, defaults.rotateBeforeDays),
        subject: `certificate "${name}"`,
        ...(supplied === undefined ? madeHere(args) : { endsAt: supplied.endsAt, form: formOf(supplied) }),
      },
      { parent: this },
    );
    const made = this.eachGeneration(rotation, options, (generation, ordered) => {
      const pair = recordedPair(generation) ?? selfSigned(this, name, generation);
      const credential = new azuread.ApplicationCertificate(
        `${name}-credential-${String(generation.number)}`,
        {
          applicationId: args.applicationId,
          encoding: "pem",
          type: "AsymmetricX509Cert",
          value: pair.certificatePem,
          endDate: pair.endDate,
        },
        ordered,
      );
      return { number: generation.number, credential, keyId: credential.keyId, ...pair };
    });
    this.keyId = made.apply((all) => inUse(all).keyId);
    // Nobody is to sign in with a certificate that is not uploaded yet.
    const uploaded = <T>(value: pulumi.Output<T>): pulumi.Output<T> =>
      pulumi.all([value, this.keyId]).apply(([known]) => known as T);
    this.certificatePem = uploaded(supplied?.certificatePem ?? made.apply((all) => inUse(all).certificatePem));
    const privateKeyPem = supplied?.privateKeyPem ?? made.apply((all) => inUse(all).privateKeyPem);
    this.privateKeyPem =
      args.privateKey === undefined ? pulumi.secret(uploaded(privateKeyPem as pulumi.Output<string>)) : undefined;
    this.privateKey =
      args.privateKey === undefined ? undefined : pulumi.output(args.privateKey as pulumi.Input<PrivateKeyPlace>);
    const details = this.certificatePem.apply(certificateDetails);
    this.thumbprint = details.thumbprint;
    this.subject = details.subject;
    this.validFrom = details.validFrom;
    this.keyBits = details.keyBits;
    this.endDate = made.apply((all) => inUse(all).endDate);
    this.generation = made.apply((all) => inUse(all).number);
    this.rotatesOn = rotation.rotatesOn;
    this.generations = summaries(made);
    if (supplied !== undefined) this.warnWhenDue(name, now);
    const outputs = Object.keys(certificateContract.outputs.shape) as (keyof this & string)[];
    this.registerOutputs(Object.fromEntries(outputs.map((output) => [output, this[output]])));
  }

  private warnWhenDue(name: string, now: () => number): void {
    pulumi.all([this.rotatesOn, this.endDate, this.thumbprint]).apply(([due, endDate, thumbprint]) => {
      if (now() < Date.parse(due)) return;
      const what = `certificate "${name}" (thumbprint ${thumbprint}) ends ${endDate}`;
      void pulumi.log.warn(
        `${what}. It was supplied, so nothing here renews it: supply another one before then.`,
        this,
      );
    });
  }
}

function madeHere({ validityDays, commonName, keyBits }: CertificateArgs): {
  validityDays: pulumi.Output<number>;
  form: Record<string, pulumi.Output<string>>;
} {
  return {
    validityDays: orDefault(validityDays, defaults.validityDays),
    form: {
      commonName: orDefault(commonName, defaults.commonName),
      keyBits: orDefault(keyBits, defaults.keyBits).apply(String),
    },
  };
}

type Taken = { readonly [K in keyof Supplied]: pulumi.Output<Supplied[K]> };

function take(args: CertificateArgs, subject: string, now: () => number): Taken {
  const texts = [args.certificatePem, args.privateKeyPem, args.privateKey];
  const all = pulumi.all(texts as [pulumi.Input<string>, pulumi.Input<string>, pulumi.Input<PrivateKeyPlace>]);
  const taken = all.apply(([certificatePem, privateKeyPem, privateKey]) =>
    takeSupplied({ certificatePem, privateKeyPem, privateKey }, subject, now()),
  );
  return {
    // Public, whatever it came with: it is written out anew, without a key that stood in the same text.
    certificatePem: pulumi.unsecret(taken.apply(({ certificatePem }) => certificatePem)),
    endsAt: pulumi.unsecret(taken.apply(({ endsAt }) => endsAt)),
    privateKeyPem: pulumi.secret(taken.apply(({ privateKeyPem }) => privateKeyPem)),
  };
}

function formOf({ certificatePem }: Taken): { certificatePem: pulumi.Output<string> } {
  return { certificatePem };
}

/** A certificate that was supplied is on record with its public part, so that it can stay when another one takes its place. */
function recordedPair({ form, endsAt }: Generation): KeyPair | undefined {
  const { certificatePem } = form;
  if (certificatePem === undefined) return undefined;
  return {
    certificatePem: pulumi.output(certificatePem),
    privateKeyPem: pulumi.output<string | undefined>(undefined),
    endDate: pulumi.output(endsAt),
  };
}

function selfSigned(parent: Certificate, name: string, { number, endsAt, validityDays, form }: Generation): KeyPair {
  const key = new tls.PrivateKey(
    `${name}-key-${String(number)}`,
    { algorithm: "RSA", rsaBits: Number(form["keyBits"] ?? defaults.keyBits) },
    { parent },
  );
  const certificate = new tls.SelfSignedCert(
    `${name}-self-signed-${String(number)}`,
    {
      privateKeyPem: key.privateKeyPem,
      subject: { commonName: form["commonName"] ?? defaults.commonName },
      // No early renewal: the plugin would replace the certificate under those who use it.
      validityPeriodHours: (validityDays ?? defaults.validityDays) * 24,
      allowedUses: ["digital_signature"],
    },
    { parent },
  );
  return {
    certificatePem: certificate.certPem,
    privateKeyPem: key.privateKeyPemPkcs8,
    // The certificate is made a moment after its end was recorded, and Entra refuses a credential that outlives its certificate.
    endDate: certificate.validityEndTime.apply((end) => earlier(endsAt, wholeSeconds(end))),
  };
}
