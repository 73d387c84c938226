/** The credential rotation kind as a Pulumi class, and as what components are made of that rotate. */
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { Problem } from "../core/errors";
import { type Inputs, isDeferred, orDefault } from "../pulumi/arguments";
import { refuseOtherTime } from "../pulumi/now";
import { KindResource } from "../surfaces/dynamic/thin";
import {
  credentialRotationContract,
  type enteredSettings,
  enteredWithoutHold,
  type rotationSettings,
  type SettledRotation,
} from "./credentialRotation";
import type { Generation } from "./generations";

/** Arguments of {@link CredentialRotation}. */
export type CredentialRotationArgs = Inputs<z.input<typeof credentialRotationContract.inputs>>;

/**
 * Which generations of a credential there are. `Certificate` and `ClientSecret` have one each; use it yourself for a credential of
 * another kind, with one resource a generation in `generations.apply(…)`.
 *
 * @example
 * const rotation = new entra.CredentialRotation("key", {
 *   subject: "key of the gateway",
 *   validityDays: 90,
 *   rotateBeforeDays: 14,
 *   form: {},
 * });
 */
export class CredentialRotation extends KindResource {
  declare readonly subject: pulumi.Output<string>;
  declare readonly validityDays: pulumi.Output<number | undefined>;
  declare readonly endsAt: pulumi.Output<string | undefined>;
  declare readonly rotateBeforeDays: pulumi.Output<number>;
  declare readonly overlapDays: pulumi.Output<number>;
  declare readonly holdOld: pulumi.Output<boolean>;
  declare readonly enteredEndDate: pulumi.Output<string | undefined>;
  declare readonly trigger: pulumi.Output<string | undefined>;
  declare readonly form: pulumi.Output<Record<string, string>>;
  /** The generations that there are, the one in use last. Known in a preview. */
  declare readonly generations: pulumi.Output<SettledRotation["generations"]>;
  /** From when on the one in use is due to be replaced, RFC 3339 in UTC. Known in a preview. */
  declare readonly rotatesOn: pulumi.Output<string>;

  /** @throws InvalidInput with every problem of the arguments that are known already */
  constructor(name: string, args: CredentialRotationArgs, opts?: pulumi.CustomResourceOptions) {
    refuseOtherTime();
    super(credentialRotationContract, name, args, opts);
  }
}

type EnteredSettings = Inputs<z.input<z.ZodObject<typeof enteredSettings>>>;
type RotationSettings = Inputs<z.input<z.ZodObject<typeof rotationSettings>>> & {
  readonly validityDays?: pulumi.Input<number | undefined>;
  readonly rotateBeforeDays?: pulumi.Input<number | undefined>;
};

/** What a generation was made into. */
export interface MadeGeneration {
  readonly number: number;
  /** What is written to the application. */
  readonly credential: pulumi.Resource;
  /** Id of the credential in the application's list. */
  readonly keyId: pulumi.Output<string>;
  /** When it ends, RFC 3339 in UTC. */
  readonly endDate: pulumi.Output<string>;
}

/** A line of the table of an application's credentials. */
export interface GenerationSummary {
  readonly number: number;
  readonly keyId: string;
  readonly endDate: string;
}

/** A component whose children follow a rotation. Whoever depends on the component waits for those children too. */
export abstract class RotatingCredential<M extends MadeGeneration> extends pulumi.ComponentResource {
  // Set while the base class constructs itself; an initializer here would undo that.
  declare private childrenAreDeclared: () => void;

  /** Pulumi takes the children of a component for complete once this is done. */
  protected override initialize(): Promise<void> {
    return new Promise((resolve) => {
      this.childrenAreDeclared = resolve;
    });
  }

  /**
   * Makes the resources of each generation, the one in use last.
   *
   * Entra refuses two changes of one application's credentials at the same time, so each generation is made after the one before
   * it, and all of them after what the component itself is to come after: the engine orders removals by the dependencies of the
   * resources themselves, not by those of their component.
   */
  protected eachGeneration(
    rotation: CredentialRotation,
    { dependsOn }: pulumi.ComponentResourceOptions,
    make: (generation: Generation, options: pulumi.CustomResourceOptions) => M,
  ): pulumi.Output<M[]> {
    const after = dependsOn === undefined ? {} : { dependsOn };
    const all = rotation.generations.apply((generations) => {
      const made: M[] = [];
      for (const generation of generations) {
        const previous = made.slice(-1).map(({ credential }) => credential);
        made.push(make(generation, pulumi.mergeOptions(after, { parent: this, dependsOn: previous })));
      }
      return made;
    });
    // In a preview the generations may not be known. The promise ends all the same, and whoever waits goes on.
    void promiseOf(all).then(this.childrenAreDeclared, this.childrenAreDeclared);
    return all;
  }
}

/** What {@link rotationSettings}, {@link enteredSettings} where there are any, and `rotateBeforeDays` are to the rotation. */
export function rotationArgs(
  { rotateBeforeDays, overlapDays, holdOld, enteredEndDate, rotationTrigger }: RotationSettings & EnteredSettings,
  defaultRotateBeforeDays: number,
): Pick<CredentialRotationArgs, "rotateBeforeDays" | "overlapDays" | "holdOld" | "enteredEndDate" | "trigger"> {
  return {
    rotateBeforeDays: orDefault(rotateBeforeDays, defaultRotateBeforeDays),
    overlapDays,
    holdOld,
    enteredEndDate,
    trigger: rotationTrigger,
  };
}

/** The problem of a rotation that comes round before the validity does. `at` is put before the property path. */
export function rotateBeforeProblems(
  { validityDays, rotateBeforeDays }: Pick<RotationSettings, "validityDays" | "rotateBeforeDays">,
  defaults: { readonly validityDays: number; readonly rotateBeforeDays: number },
  at: string,
): Problem[] {
  const valid = validityDays ?? defaults.validityDays;
  const before = rotateBeforeDays ?? defaults.rotateBeforeDays;
  if (typeof valid !== "number" || typeof before !== "number" || before < valid) return [];
  const how = rotateBeforeDays === undefined ? "is the default" : "was given";
  const message = `${String(before)} days ${how}; allowed: less than validityDays (${String(valid)}), or each run would make a new one`;
  return [{ path: `${at}rotateBeforeDays`, message }];
}

/** The problem of one that was entered and may be removed nevertheless. `at` is put before the property path. */
export function enteredProblems(
  { holdOld, enteredEndDate }: Pick<RotationSettings, "holdOld"> & EnteredSettings,
  at: string,
): Problem[] {
  if (enteredEndDate === undefined || isDeferred(enteredEndDate) || isDeferred(holdOld) || holdOld === true) return [];
  return [{ path: `${at}enteredEndDate`, message: enteredWithoutHold }];
}

/** The generation in use. */
export function inUse<M>(made: readonly M[]): M {
  const last = made.at(-1);
  if (last === undefined) throw new Error("a rotation has one generation at least");
  return last;
}

/** All generations, the one in use last, as a table. */
export function summaries<M extends MadeGeneration>(made: pulumi.Output<M[]>): pulumi.Output<GenerationSummary[]> {
  return made.apply((all) => pulumi.all(all.map(summary)));
}

function summary({ number, keyId, endDate }: MadeGeneration): pulumi.Output<GenerationSummary> {
  return pulumi.all([keyId, endDate]).apply(([id, end]) => ({ number, keyId: id, endDate: end }));
}

function promiseOf(output: pulumi.Output<unknown>): Promise<unknown> {
  return (output as unknown as { promise(): Promise<unknown> }).promise();
}
