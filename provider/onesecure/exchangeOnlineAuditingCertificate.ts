/** The certificate that 1Secure issues with the credential ("Download Certificate"): uploaded to the app, and watched. */
import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { dayMs, wholeSeconds } from "../entra/dates";
import { certificateDetails } from "../entra/suppliedCertificate";
import type { Entry } from "../operator/entry";
import { isKnown } from "../pulumi/arguments";
import type { AuditApp } from "./exchangeOnlineAuditingApp";
import type { ExchangeOnlineAuditingArgs } from "./exchangeOnlineAuditingArgs";
import type { Credential } from "./resources";

/** Days before its end from which on each run warns: nothing here can renew it. */
const warnBeforeDays = 60;

export interface IssuedCertificateOptions {
  readonly name: string;
  readonly args: ExchangeOnlineAuditingArgs;
  readonly parent: pulumi.ComponentResource;
  readonly app: AuditApp;
  readonly credential: Credential;
  /** What was attested of the credential; undefined where a gateway makes it. */
  readonly attested: pulumi.Output<Entry | undefined> | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** The public part among the application's own credentials, unless the program does without. @returns what a source is made after */
export function issuedCertificate(options: IssuedCertificateOptions): pulumi.Resource[] {
  const { args, credential, attested } = options;
  const given = args.credential as { uploadIssuedCertificate?: boolean } | undefined;
  if (given?.uploadIssuedCertificate === false) return [];
  warnBeforeEnd(options);
  if (attested === undefined) {
    // A gateway issues it with the credential.
    const { certificatePem, certificateEndDate } = credential as Issued;
    return [
      upload(options, certificatePem, certificateEndDate.apply(wholeSeconds), [keptWhileCredentialIs(credential)]),
    ];
  }
  // A person downloads it, and nobody has it before.
  attested.apply((entry) => {
    const pem = entry?.certificate;
    if (pem !== undefined) upload(options, pem, certificateDetails(pem).endsAt, []);
    else if (entry !== undefined) warnOfNone(options);
  });
  return [];
}

/** What a gateway gives with each credential. */
type Issued = Credential & {
  readonly certificatePem: pulumi.Output<string>;
  readonly certificateEndDate: pulumi.Output<string>;
};

/** @param forPreviews transforms that only a preview needs */
function upload(
  { name, parent, app: { app, secret } }: IssuedCertificateOptions,
  value: pulumi.Input<string>,
  endDate: pulumi.Input<string>,
  forPreviews: readonly pulumi.ResourceTransform[],
): pulumi.Resource {
  return new azuread.ApplicationCertificate(
    `${name}-issued-certificate`,
    { applicationId: app.applicationId, encoding: "pem", type: "AsymmetricX509Cert", value, endDate },
    {
      parent,
      dependsOn: [secret],
      ...(pulumi.runtime.isDryRun() && forPreviews.length > 0 ? { transforms: [...forPreviews] } : {}),
    },
  );
}

function warnOfNone({ name, parent }: IssuedCertificateOptions): void {
  const attest = `\`npx m365audit attest --stack ${pulumi.getStack()} ${name}-credential --certificate FILE\``;
  void pulumi.log.warn(
    `${name}: the credential was attested without the certificate that 1Secure issued with it (Download Certificate), so it is not uploaded ` +
      `to the app: ${attest}. Where nothing needs it: credential: { uploadIssuedCertificate: false }.`,
    parent,
  );
}

function warnBeforeEnd({ name, parent, credential, attested, now }: IssuedCertificateOptions): void {
  credential.certificateEndDate.apply((end) => {
    if (end === undefined || now() < Date.parse(end) - warnBeforeDays * dayMs) return;
    const next =
      attested === undefined
        ? "have 1Secure issue another one, for example by replacing the credential"
        : `download another one in 1Secure and attest it (\`npx m365audit attest --stack ${pulumi.getStack()} ${name}-credential --certificate FILE\`)`;
    void pulumi.log.warn(
      `${name}: the certificate that 1Secure issued with the credential ends ${end}, and nothing here renews it: ${next}.`,
      parent,
    );
  });
}

/**
 * A preview of a changed credential knows none of its outputs, the certificate among them, and so would show the upload as replaced. But
 * 1Secure issues a certificate with the credential, once: while the credential stays the same object (its id is known), so does the
 * certificate.
 */
function keptWhileCredentialIs(credential: Credential): pulumi.ResourceTransform {
  return async ({ props, opts }) => {
    const [sameCredential, certificateKnown] = await Promise.all([
      isKnown(credential.id),
      isKnown(credential.certificatePem),
    ]);
    if (!sameCredential || certificateKnown) return undefined;
    return { props, opts: { ...opts, ignoreChanges: ["value", "endDate"] } };
  };
}
