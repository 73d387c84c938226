/** The rotation of a credential: a record of its generations, and the rules by which there come to be more and fewer. */
import { z } from "zod";
import { type Contract, defineKind, gone, planProperties } from "../core";
import { maximumValidityDays } from "./dates";
import { generationsAt, rotatesOn, rotationNews } from "./generations";

const form = z.record(z.string(), z.string());
const moment = z.iso.datetime();

/** How old and new credentials overlap; what rotates has these arguments. */
export const overlapSettings = {
  /**
   * Days for which the old one stays beside the new one: it is removed by the first `up` that comes so many days, or more, after the
   * one that made the new one. 0: by the next `up`. Never by the same one. Default: 1. Where `up` runs rarely, the old one stays until
   * it does, at most to its end.
   */
  overlapDays: z.int().min(0).default(1),
  /**
   * Keeps every old one until its end, whatever `overlapDays` says: for a product in which someone has yet to enter the new one.
   * Default: false.
   */
  holdOld: z.boolean().default(false),
};

/** Which one a person has entered; for the credentials that a person enters. */
export const enteredSettings = {
  /**
   * With `holdOld`: the end (RFC 3339) of the one that is in the product, as the person attests who last entered one there. That one
   * and all newer ones stay; those before it are removed as `overlapDays` says. An end that none of them has removes nothing, since
   * nobody knows then which one the product has. Default: none; every old one stays until its end. Not allowed without `holdOld`.
   */
  enteredEndDate: z.iso.datetime({ offset: true }).optional(),
};

/** What a component that rotates takes besides, in the same words for every kind of credential. */
export const rotationSettings = {
  ...overlapSettings,
  /**
   * Any text. Set another one than before, for example a date or a ticket, and the next `up` makes a new one, whatever the dates say.
   * The old one stays for `overlapDays` all the same. Default: none. Taking it away does nothing.
   */
  rotationTrigger: z.string().min(1).optional(),
};

/** What a component that rotates gives besides. */
export const rotationResults = {
  /** Number of the one in use, which is the newest: 1, 2, … */
  generation: z.int(),
  /** From when on an `up` replaces the one in use, RFC 3339 in UTC; for one that was supplied, from when on each run warns. */
  rotatesOn: z.string(),
  /** All that the application holds of this declaration, the one in use last. */
  generations: z.array(
    z
      .object({
        /** Number of the generation. */
        number: z.int(),
        /** Id of the credential in the application's list. */
        keyId: z.string(),
        /** When it ends, RFC 3339 in UTC. */
        endDate: z.string(),
      })
      .meta({ typeName: "CredentialGeneration" }),
  ),
};

/** What is wrong with an `enteredEndDate` without `holdOld`: whoever says what is in the product counts on its staying in Entra. */
export const enteredWithoutHold =
  "allowed: only with holdOld: true; without it old ones are removed whatever was entered";

const settings = z.strictObject({
  /** What the credential is, for whoever reads a preview: `client secret "contoso-secret"`. Required. */
  subject: z.string().min(1),
  /**
   * Days for which a generation is valid, 1 to 730. Fixed when it is made, so a change takes effect with the next one. Either this or
   * `endsAt` is required.
   */
  validityDays: z.int().min(1).max(maximumValidityDays).optional(),
  /**
   * When it ends (RFC 3339, UTC), for a credential that is supplied and has an end of its own. Such a credential is not rotated by
   * time: a new generation takes another `form`.
   */
  endsAt: moment.optional(),
  /** Days before the end of a generation from which on an `up` makes the next one. Required; less than `validityDays`. */
  rotateBeforeDays: z.int().min(0),
  ...overlapSettings,
  ...enteredSettings,
  /** Any text. Another one than before makes a new generation at the next `up`, whatever the dates say. Default: none. */
  trigger: z.string().min(1).optional(),
  /**
   * What a generation is made with, recorded with it. A change makes a new generation, so that a credential in use is never replaced
   * under those who use it. No secrets. Required.
   */
  form,
});

const generation = z
  .strictObject({
    /** 1, 2, …, part of the names of the generation's resources. */
    number: z.int().min(1),
    /** Since when it is the one in use, RFC 3339 in UTC. */
    createdAt: moment,
    /** When it ends, RFC 3339 in UTC. */
    endsAt: moment,
    /** The validity that it was made with, in days. None for a supplied credential. */
    validityDays: z.int().optional(),
    /** The trigger that was set when it was made. */
    trigger: z.string().optional(),
    /** What it was made with. */
    form,
  })
  .meta({ typeName: "RecordedGeneration" });

const settled = z.strictObject({
  /** The generations that there are, the one in use last. */
  generations: z.array(generation),
  /** From when on the one in use is due to be replaced, RFC 3339 in UTC. */
  rotatesOn: moment,
});

export const credentialRotationContract = {
  token: "m365audit:entra:CredentialRotation",
  description:
    "Decides which generations of a credential there are: the next one is made some time before the one in use ends, and the old one " +
    "is kept until a later update. It holds dates and no secrets, and asks nobody but the clock.",
  inputs: settings
    .refine(({ validityDays, endsAt }) => (validityDays === undefined) !== (endsAt === undefined), {
      path: ["validityDays"],
      error: "allowed: either validityDays or endsAt",
      params: { dependsOn: ["validityDays", "endsAt"] },
    })
    .refine(({ validityDays, rotateBeforeDays }) => validityDays === undefined || rotateBeforeDays < validityDays, {
      path: ["rotateBeforeDays"],
      error: "allowed: less than validityDays, or each run would make a new one",
      params: { dependsOn: ["validityDays", "rotateBeforeDays"] },
    })
    .refine(({ holdOld, enteredEndDate }) => enteredEndDate === undefined || holdOld, {
      path: ["enteredEndDate"],
      error: enteredWithoutHold,
      params: { dependsOn: ["holdOld", "enteredEndDate"] },
    }),
  outputs: z.strictObject({}),
  settled,
} as const satisfies Contract;

export type CredentialRotationInputs = z.output<typeof credentialRotationContract.inputs>;
/** What the rotation decides, and keeps from run to run. */
export type SettledRotation = z.output<typeof settled>;
export type CredentialRotationState = CredentialRotationInputs & SettledRotation;

export const credentialRotation = defineKind<CredentialRotationInputs, CredentialRotationState, unknown>({
  contract: credentialRotationContract,

  settle: (declared, before, now) => {
    const generations = generationsAt(declared, recorded(before), now);
    const inUse = generations.at(-1);
    if (inUse === undefined) return {};
    const { rotateBeforeDays } = declared as Partial<CredentialRotationInputs>;
    const due = rotateBeforeDays === undefined ? before?.["rotatesOn"] : rotatesOn(inUse, rotateBeforeDays);
    return { generations, rotatesOn: due };
  },

  news: (declared, before, after, now) => rotationNews(declared, recorded(before), recorded(after), now),

  // There is nothing but the record.
  observe: (_ctx, { id, last }) =>
    Promise.resolve(id === undefined ? gone : { id, state: last as unknown as CredentialRotationState }),

  plan: (desired, observed) => planProperties(credentialRotationContract, desired, observed),

  apply: (ctx, { desired, observed }) =>
    Promise.resolve({
      id: observed === gone ? (ctx.declaration ?? desired.subject) : observed.id,
      state: desired as CredentialRotationState,
    }),

  remove: () => Promise.resolve(),
});

function recorded(properties: Readonly<Record<string, unknown>> | undefined): SettledRotation["generations"] {
  return settled.shape.generations.parse(properties?.["generations"] ?? []);
}
