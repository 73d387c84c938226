/** A small package with one of each thing that a contract can say. */
import { z } from "zod";
import type { ComponentContract, Contract } from "../../../provider/core/contract";

const color = z.enum(["red", "deep-blue"]).meta({ typeName: "Color" });

function counted<T extends z.ZodType>(item: T) {
  return z.object({
    /** How many there are. */
    count: z.int(),
    /** The first of them. */
    sample: z.array(item),
  });
}

const lampInputs = z.object({
  /**
   * Where the lamp
   * hangs.
   *
   * See {@link https://example.com/rooms}.
   */
  room: z.guid().meta({ replaces: true }),
  /** The light's color. */
  color: color.default("red"),
  /** Opens the lamp. */
  pin: z.string().meta({ secret: true }).optional(),
  /** Watts. */
  power: z.number().default(40),
  /** Who may switch it. */
  owners: z.array(z.string()).default([]),
  /**
   * What it was called before.
   * @deprecated Use `room`.
   */
  alias: z.string().optional(),
});

// Declared as the plain interface: the comments must be found all the same.
const lamp: Contract = {
  token: "m365audit:house:Lamp",
  description: "A lamp.",
  inputs: lampInputs,
  outputs: z.object({
    /** When it was last on. */
    lastOn: z.iso.datetime().optional(),
    /** Bulbs that work. */
    bulbs: counted(z.string()),
  }),
  drift: z.object({
    /** Bulbs that do not. */
    broken: counted(
      z.object({
        /** Which one. */
        name: z.string(),
      }),
    ).optional(),
  }),
};

const roomContract = {
  token: "m365audit:house:Room",
  description: "A room with its lamps.",
  args: z.object({
    ...lampInputs.pick({ color: true, room: true }).shape,
    /** The lamps, by name. */
    lamps: z.record(
      z.string(),
      z.object({
        /** Its watts. */
        power: z.int().optional(),
      }),
    ),
    /** The door. */
    door: z
      .object({
        /** Its width in centimetres. */
        width: z.int().default(80),
      })
      .optional()
      .meta({ plain: true }),
  }),
  outputs: z.object({
    /** All that is needed to get in. */
    key: z.string().meta({ secret: true }),
  }),
} as const satisfies ComponentContract;

export const kinds = { "m365audit:house:Lamp": lamp };
export const components = { "m365audit:house:Room": roomContract };
export const settings = z.object({
  /** The house's address. */
  houseAddress: z.url().default("https://house.example"),
  /** How warm it is to be. */
  warmth: z.enum(["warm", "cold"]).default("warm"),
  /** Opens the house. */
  houseKey: z.string().meta({ secret: true }).optional(),
});
