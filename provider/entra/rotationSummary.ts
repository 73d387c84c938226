/** What a component that rotates credentials says of each. */
import * as pulumi from "@pulumi/pulumi";

/** A credential that is rotated, and when. */
export interface RotationSummary {
  /** For people: `client secret`. */
  readonly credential: string;
  /** Which generation is in use, from 1. */
  readonly generation: number;
  /** From when on an `up` makes the next one, RFC 3339 in UTC. */
  readonly rotatesOn: string;
}

/** @param credential for people: `client secret` */
export function rotationOf(
  credential: string,
  { generation, rotatesOn }: { readonly generation: pulumi.Output<number>; readonly rotatesOn: pulumi.Output<string> },
): pulumi.Output<RotationSummary> {
  return pulumi
    .all([generation, rotatesOn])
    .apply(([number, date]) => ({ credential, generation: number, rotatesOn: date }));
}
