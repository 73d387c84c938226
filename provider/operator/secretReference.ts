/** How a declaration says which client secret is meant, where the secret itself may not be said. */
import { z } from "zod";
import { mayBeSecret } from "../core";

/** What a program can call a stack output, and what can stand in a command without being taken for an option. */
export const stackOutputName = z
  .string()
  .regex(/^[A-Za-z_$][\w$.-]*$/, "allowed: the name of a stack output, such as clientSecret");

/** What a kind with a client secret takes besides, for the operator backend. */
export const clientSecretReference = z
  .strictObject({
    /** Secret ID: the id under which Entra lists the secret (`keyId`). It goes into the fingerprint in place of the secret. */
    keyId: z
      .string()
      .min(1)
      .refine((text) => !mayBeSecret(text), "what was given looks like the secret itself; allowed: its Secret ID"),
    /** When the secret ends, RFC 3339 in UTC. The run-sheet says until when a new one has to be entered. */
    endDate: z.string().optional(),
    /**
     * Name of the stack output in which the program gives the secret out (`export const clientSecret = audit.clientSecret`): the run-sheet
     * says `pulumi stack output <name> --show-secrets`. Default: `clientSecret`.
     */
    stackOutput: stackOutputName.default("clientSecret"),
  })
  .meta({ typeName: "ClientSecretReference" });

export type ClientSecretReference = z.output<typeof clientSecretReference>;

/** The properties that every kind gains which a person may apply: settled, so that a preview shows the steps to come. */
export const operatorSettled = {
  /**
   * With the operator backend: what a person still has to do in the product, numbered, in Markdown. Empty when nothing is. Absent with
   * other backends.
   */
  runSheet: z.array(z.string()).optional(),
  /**
   * With the operator backend: SHA-256 of the values that a person enters and that are no secret, and of the client secret's Secret ID.
   * An attestation is of this. Absent with other backends.
   */
  fingerprint: z.string().optional(),
  /**
   * With the operator backend: which attestation stands (`entered by anna@contoso.com at …`), or `none`. Another one is a change, so that
   * what it brings is recorded. Absent with other backends.
   */
  attestation: z.string().optional(),
};

/** How a resource stands that a person applies. */
export const operatorStatuses = ["awaitingOperator", "attested", "drifted"] as const;
export type OperatorStatus = (typeof operatorStatuses)[number];
