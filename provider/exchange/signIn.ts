/** How a mailbox audit policy signs in to Exchange Online, as schemas: one of three ways. */
import { z } from "zod";
import { certificatesAlone, privateKeyPlace } from "../identity/privateKey";

const pemBlock = (label: string): RegExp =>
  new RegExp(`^\\s*-----BEGIN ${label}-----\\s[\\s\\S]+-----END ${label}-----\\s*$`);

export const signInShape = {
  /** Client id of the app that signs in. It needs `Exchange.ManageAsApp` and a role such as Exchange Administrator. */
  clientId: z.guid("allowed: a GUID such as 00000000-0000-0000-0000-000000000000"),
  /**
   * The certificate that the app signs in with: X.509 in PEM, with its key in `privateKeyPem` or at `privateKey`. Another certificate is
   * proven to be let in before anything else is done.
   */
  certificatePem: z
    .string()
    .regex(pemBlock("CERTIFICATE"), {
      error: 'allowed: one or more X.509 certificates in PEM ("-----BEGIN CERTIFICATE-----" ...)',
      abort: true,
    })
    .refine(...certificatesAlone)
    .optional(),
  /**
   * The certificate's RSA private key: PKCS #1 or PKCS #8 in PEM, not encrypted. It is used in memory only, and recorded in the state as a
   * secret. Left out with `privateKey` or `keyless`.
   */
  privateKeyPem: z
    .string()
    .regex(
      pemBlock("(?:RSA )?PRIVATE KEY"),
      'allowed: an RSA private key in PEM, not encrypted ("-----BEGIN PRIVATE KEY-----" or "-----BEGIN RSA PRIVATE KEY-----" ...)',
    )
    .meta({ secret: true })
    .optional(),
  /**
   * Where the certificate's RSA private key is read from at each connection, in place of `privateKeyPem`: it is then in no state. It has
   * to be there wherever Pulumi runs, in previews too: a preview without it says that the mailboxes cannot be read.
   */
  privateKey: privateKeyPlace.optional(),
  /**
   * The app signs in without certificate and key: the place that Pulumi runs at (a CI job, a pod) speaks for it, by a federated
   * credential of the app (workload identity federation). Unproven: Microsoft documents app-only access to Exchange Online with
   * certificates, and nobody has shown yet that its admin API takes a token that was got this way. Default: false.
   */
  keyless: z.boolean().optional(),
};

/** What is declared of signing in. */
export type SignIn = Pick<
  z.input<z.ZodObject<typeof signInShape>>,
  "certificatePem" | "privateKeyPem" | "privateKey" | "keyless"
>;

/** What says who signs in and with what. Another value of one of these changes no mailbox. */
export const signInNames = Object.keys(signInShape) as readonly (keyof typeof signInShape)[];

interface Given {
  readonly certificatePem?: unknown;
  readonly privateKeyPem?: unknown;
  readonly privateKey?: unknown;
  readonly keyless?: unknown;
}

const certificateNames = ["certificatePem", "privateKeyPem", "privateKey"] as const;
const ways = "certificatePem with privateKeyPem, certificatePem with privateKey, or keyless: true";

interface Rule {
  readonly path: keyof Given;
  readonly dependsOn: readonly (keyof Given)[];
  readonly isBroken: (given: Given) => boolean;
  readonly error: string;
}

const rules: readonly Rule[] = [
  ...certificateNames.map((path): Rule => ({
    path,
    dependsOn: ["keyless"],
    isBroken: (given) => given.keyless === true && given[path] !== undefined,
    error: `not allowed together with keyless: true, which signs in without a key; allowed: ${ways}`,
  })),
  {
    path: "certificatePem",
    dependsOn: ["keyless"],
    isBroken: ({ keyless, certificatePem }) => keyless !== true && certificatePem === undefined,
    error: `nothing was given; allowed: ${ways}`,
  },
  {
    path: "privateKeyPem",
    dependsOn: ["keyless", "certificatePem", "privateKey"],
    isBroken: ({ keyless, certificatePem, privateKeyPem, privateKey }) =>
      keyless !== true && certificatePem !== undefined && privateKeyPem === undefined && privateKey === undefined,
    error: "nothing was given; allowed: the key of certificatePem here, or privateKey, which says where to read it",
  },
  {
    path: "privateKey",
    dependsOn: ["keyless", "privateKeyPem"],
    isBroken: ({ keyless, privateKeyPem, privateKey }) =>
      keyless !== true && privateKeyPem !== undefined && privateKey !== undefined,
    error: "not allowed together with privateKeyPem; allowed: either of them",
  },
];

/** Adds the rules about the three ways. They run even if single properties are wrong, and wait for what is not known yet. */
export function withSignInRules<S extends z.ZodObject>(schema: S): S {
  const always = { when: ({ value }: { value: unknown }): boolean => typeof value === "object" && value !== null };
  return rules.reduce(
    (ruled, { path, dependsOn, isBroken, error }) =>
      ruled.refine((value) => !isBroken(value as Given), {
        ...always,
        path: [path],
        params: { dependsOn: [...dependsOn] },
        error,
      }),
    schema,
  );
}
