/** The contract of the kind `m365audit:entra:Preflight`. */
import { z } from "zod";
import type { Contract } from "../core/contract";
import { environments } from "../identity/environments";
import { certificatesAlone, privateKeyPlace } from "../identity/privateKey";
import { needSchema } from "./preflight/needs";
import { proofDefaults } from "./preflight/proofDefaults";

export type { Environment } from "../identity/environments";
export type { PrivateKeyPlace } from "../identity/privateKey";
export type { Need } from "./preflight/needs";

const guid = z.guid("allowed: a GUID such as 00000000-0000-0000-0000-000000000000").toLowerCase();

const pem = (label: string, allowed: string): z.ZodString =>
  z.string().regex(new RegExp(`-----BEGIN ${label}-----[\\s\\S]+-----END ${label}-----`), {
    error: `allowed: ${allowed}`,
    abort: true,
  });

/** Said together with whatever else is wrong. */
const always = { when: ({ value }: { value: unknown }): boolean => typeof value === "object" && value !== null };

const inputs = z
  .strictObject({
    /** Id of the tenant (a GUID). Every token has to be of it. A change makes a new proof in place of the old one. */
    tenantId: guid.meta({ replaces: true }),
    /**
     * The cloud that the tenant lives in: `public`, `usGovernment` (GCC High), `usGovernmentDod` or `china`. Default:
     * `m365audit:environment`, else `public`. A change makes a new proof in place of the old one.
     */
    environment: z.enum(environments).meta({ typeName: "Environment", replaces: true }).optional(),
    /**
     * Client id of the app. Every token has to be of it. What is configured with the app takes it from here, so that it comes after
     * the proof. A change proves again.
     */
    clientId: guid,
    /**
     * A client secret that the app signs in with. One of `clientSecret`, `certificatePem` and `keyless` has to be given. What is
     * configured with the secret takes it from here, so that it comes after the proof. A change proves again.
     */
    clientSecret: z.string().min(1).meta({ secret: true }).optional(),
    /** A certificate that the app signs in with: X.509 in PEM. With `privateKeyPem` or `privateKey`. A change proves again. */
    certificatePem: pem("CERTIFICATE", 'an X.509 certificate in PEM ("-----BEGIN CERTIFICATE-----" ...)')
      .refine(...certificatesAlone)
      .optional(),
    /** The certificate's RSA private key: PKCS #1 or PKCS #8 in PEM, not encrypted. A change proves again. */
    privateKeyPem: pem(
      "(?:RSA )?PRIVATE KEY",
      'an RSA private key in PEM, not encrypted ("-----BEGIN PRIVATE KEY-----" ...)',
    )
      .meta({ secret: true })
      .optional(),
    /** Where the certificate's private key is read from, in place of `privateKeyPem`. A change proves again. */
    privateKey: privateKeyPlace.optional(),
    /**
     * The app signs in without a secret or key: by a federated credential for the place that Pulumi runs at, such as a CI job. A
     * change proves again. Default: false.
     */
    keyless: z.boolean().default(false),
    /** What has to be reached. A change proves again. */
    needs: z.array(needSchema).min(1),
    /**
     * Whatever the proof rests on: ids of consents, role assignments and credentials (key ids). Each new value proves again. Default:
     * nothing.
     */
    evidence: z.array(z.string()).default([]),
    /**
     * What cannot be known becomes a warning in `warnings`: a role over an administrative unit, a token that cannot be read, an API that
     * is not in the tenant, a service that cannot be reached. What is known to be missing is an error in any case. A change proves again
     * only if it is switched off and there are warnings. Default: false, an error.
     */
    ignoreWarnings: z.boolean().default(false),
    /**
     * Seconds for which to wait for what is missing: consent, roles and credentials that are new take minutes to arrive. 0 to 7200. A
     * change alone proves nothing again. Default: 600.
     */
    timeoutSeconds: z.int().min(0).max(7_200).default(proofDefaults.timeoutSeconds),
    /**
     * How many times in a row everything has to be seen, each time with new tokens: 1 to 20. A change alone proves nothing again.
     * Default: 3.
     */
    inARow: z.int().min(1).max(20).default(proofDefaults.inARow),
  })
  .refine(
    ({ clientSecret, certificatePem, keyless }) =>
      [clientSecret, certificatePem, keyless ? keyless : undefined].filter((way) => way !== undefined).length === 1,
    {
      path: ["clientSecret"],
      error: "allowed: one of clientSecret, certificatePem and keyless: true",
      params: { dependsOn: ["clientSecret", "certificatePem", "keyless"] },
      ...always,
    },
  )
  .refine(
    ({ certificatePem, privateKeyPem, privateKey }) =>
      [privateKeyPem, privateKey].filter((key) => key !== undefined).length === (certificatePem === undefined ? 0 : 1),
    {
      path: ["privateKeyPem"],
      error: "allowed: one of privateKeyPem and privateKey with certificatePem, and neither without it",
      params: { dependsOn: ["certificatePem", "privateKeyPem", "privateKey"] },
      ...always,
    },
  );

export const preflightContract = {
  token: "m365audit:entra:Preflight",
  description:
    "Proof that a credential reaches what it is for, with that very credential, before anything depends on it: tokens of the right " +
    "tenant and app that hold each permission and role, several times in a row, and an answer of the service itself where one is " +
    "asked for. It waits for what is new; what is missing in the end is an error that lists what is reached and what is not.",
  inputs,
  outputs: z.strictObject({
    /** What the credential may and may not reach, in the order of `needs`. */
    reach: z.array(
      z
        .strictObject({
          /** What it is needed for. */
          service: z.string(),
          /** The API, by its display name where it is a well-known one. */
          api: z.string(),
          /** A permission, a role, or an answer of the service itself. */
          need: z.string(),
          /** `unknown`: it could not be found out; only with `ignoreWarnings`. */
          answer: z.enum(["yes", "no", "unknown"]).meta({ typeName: "PreflightAnswer" }),
          /** How it is known, or why not. */
          why: z.string(),
        })
        .meta({ typeName: "PreflightReach" }),
    ),
    /** What the tokens hold and no need asks for: `<API>: <permission>` and `role <name>`. For information only. */
    beyond: z.array(z.string()),
    /** What could not be known, a sentence each. */
    warnings: z.array(z.string()),
    /** When it was proven: RFC 3339 in UTC. */
    provenAt: z.string(),
    /** The tenant that the tokens are of. Missing when no token that can be read was given. */
    tokenTenantId: z.string().optional(),
  }),
} satisfies Contract;

/** What is declared, with what may be left out filled in. */
export type PreflightInputs = z.output<typeof preflightContract.inputs>;
export type PreflightOutputs = z.output<typeof preflightContract.outputs>;
/** What is recorded. No token is. */
export type PreflightState = PreflightInputs & PreflightOutputs;
