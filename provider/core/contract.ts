/**
 * The contract of a resource kind: one zod schema each for what is declared, what comes out of it, and what may be found that
 * should not be there. Types, validation, `schema.json` and the reference docs all come from it.
 */
import type { z } from "zod";

/** Marks that a property carries, set with zod's `.meta({...})`. */
export interface Marks {
  /** The value is encrypted in state and never shown. */
  readonly secret?: boolean;
  /** A change of the value makes a new object in place of the old one. */
  readonly replaces?: boolean;
  /** The other side never gives the value back, so what was last set is taken for what is there. */
  readonly writeOnly?: boolean;
  /** A component must know the value when it is constructed, because it decides which children there are. */
  readonly plain?: boolean;
}

declare module "zod" {
  interface GlobalMeta extends Marks {
    /** The name under which a nested object or an enumeration appears in `schema.json`. */
    readonly typeName?: string;
  }
}

/** What a resource kind takes and gives. */
export interface Contract<I extends z.ZodObject = z.ZodObject, O extends z.ZodObject = z.ZodObject> {
  /** Pulumi type token, `m365audit:<folder>:<Name>`. */
  readonly token: string;
  /** One paragraph for the reference docs. */
  readonly description: string;
  /** What a program declares. */
  readonly inputs: I;
  /** What the other side adds; does not repeat the inputs. */
  readonly outputs: O;
  /**
   * What the kind decides itself from what it decided before (`settle` of the kind), and then keeps: never declared, but known
   * in a preview, as the names are that Pulumi makes up. Recorded with the inputs.
   */
  readonly settled?: z.ZodObject;
  /**
   * What may be observed that should not be there. Never declared; read into the recorded inputs, so that the engine's own diff
   * shows it going away.
   */
  readonly drift?: z.ZodObject;
  /** The other side has room for one such object only, so the old one has to go before its replacement is made. */
  readonly deleteBeforeReplace?: boolean;
}

/** The contract of a component: its arguments and its outputs. The children are the component's own business. */
export interface ComponentContract<A extends z.ZodObject = z.ZodObject, O extends z.ZodObject = z.ZodObject> {
  readonly token: string;
  readonly description: string;
  readonly args: A;
  readonly outputs: O;
}

interface Wrapping {
  readonly innerType?: z.ZodType;
}

/** Reads the marks of a property through `optional`, `default`, `nullable` and the like. The outermost mark wins. */
export function marksOf(schema: z.ZodType): Marks {
  const inner = (schema.def as Wrapping).innerType;
  const own = (schema.meta() ?? {}) as Marks;
  return inner === undefined ? own : { ...marksOf(inner), ...own };
}

/** The marks of every top-level property of an object schema. */
export function propertyMarks(schema: z.ZodObject): ReadonlyMap<string, Marks> {
  return new Map(
    Object.entries(schema.shape as Record<string, z.ZodType>).map(([name, property]) => [name, marksOf(property)]),
  );
}
