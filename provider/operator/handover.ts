/** What a resource kind says so that a person can do its work: the one place where a product's words for it stand. */
import type { Entry } from "./entry";
import type { Leftover, Sheet, Values, Work } from "./sheet";

/** The ways to a product: a person, a gateway that speaks our contract, a file that a person uploads. */
export type BackendName = "operator" | "http" | "bulkFile";

/** A product that a person can reach for us. */
export interface Product {
  /** "Netwrix 1Secure" */
  readonly name: string;
  /** What its settings begin with: `<settings>Backend`, `<settings>Endpoint`. */
  readonly settings: "onesecure" | "nowprivacy";
  /** The ways that there are to it. */
  readonly backends: readonly BackendName[];
}

/** A field as the product shows it, for someone who types back what stands there. */
export interface Field<I extends object = object> {
  /** The property of {@link Handover.entered} that it shows. */
  readonly property: string;
  /** In the product's words: "Crawl Source". */
  readonly label: string;
  /** What to type: "ON or OFF". */
  readonly hint: string;
  /** What stands there when the property is as declared: "ON". Undefined: the field is empty. */
  shown(declared: Readonly<I>): string | undefined;
  /** The property's value from what was typed; undefined when it is none. */
  read(typed: string, declared: Readonly<I>): unknown;
}

export interface Handover<I extends object = object> {
  readonly token: string;
  readonly product: Product;
  /** The properties that a person enters, in the product's order. None is a secret. They are what is attested. */
  readonly entered: readonly string[];
  /** Whether a client secret is entered too: `clientSecret`, named by `clientSecretReference`. */
  readonly hasSecret: boolean;
  /** Id of a resource that has none of the product's. The same in each run. @param declaration the URN */
  idOf(declared: Readonly<I>, declaration: string): string;
  /** PURE. What there is to do; no steps where nothing is. */
  sheet(work: Work<I>): Sheet;
  /** PURE. How it is removed. @param heir what is declared that {@link isSameThing}, which may have been renamed in the program */
  removal(leftover: Leftover, heir?: Values): Sheet;
  /**
   * PURE. Whether what is declared has the place in the product that what was found has, by whatever the product tells such things apart:
   * then there cannot be both, and a resource was most likely only renamed in the program. Default: only where the id is the same.
   *
   * @param declared what a person enters, as it is declared
   * @param found the same of a resource that is no longer declared, as it was attested, which need not be everything
   */
  isSameThing?(declared: Values, found: Values): boolean;
  /** PURE. What is recorded besides what is declared, what is settled and `status`. @param entered the attestation, where there is one */
  outputs(id: string, declared: Readonly<I>, entered: Entry | undefined): Readonly<Record<string, unknown>>;
  readonly fields: readonly Field<I>[];
}

/** What of a declaration is attested. */
export function valuesOf({ entered }: Pick<Handover, "entered">, declared: object): Values {
  const properties = declared as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    entered.flatMap((name): [string, unknown][] => {
      const value = inOneForm(properties[name]);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Lists of names are sets: their order is no difference, and an empty one is none. */
function inOneForm(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.length === 0 ? undefined : [...new Set<unknown>(value)].sort();
}
