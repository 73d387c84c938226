/**
 * What client and sandbox believe of Microsoft's services: one entry a behaviour, with where it comes from and how well it stands.
 * docs/beliefs.md is made from it, and `m365audit probe` asks those that can be asked.
 */
import { access } from "./access";
import { answers } from "./answers";
import { applicationScopes } from "./applicationScopes";
import { auditing } from "./auditing";
import { entra } from "./entra";
import { filters } from "./filters";
import { reading } from "./reading";
import { routing } from "./routing";

export type { Askable, Belief, Standing } from "./belief";
export { standings } from "./belief";

export const beliefs = [
  ...access,
  ...routing,
  ...reading,
  ...filters,
  ...answers,
  ...auditing,
  ...applicationScopes,
  ...entra,
];

type One = (typeof beliefs)[number];

/** Ids of beliefs that the probe asks by reading. */
export type ReadBelief = Extract<One, { readonly asked: "read" }>["id"];
/** Ids of beliefs that it asks with `--write-one` alone. */
export type WriteBelief = Extract<One, { readonly asked: "write" }>["id"];
