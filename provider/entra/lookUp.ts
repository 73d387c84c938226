import { NotFound } from "../core/errors";

/** What {@link lookUp} says when nothing was found. */
export interface LookUpFacts {
  /** A verb phrase: "looking up the service principal of". */
  readonly operation: string;
  readonly subject: string;
  /** What a person should do about it. */
  readonly next: string;
  /** The argument at fault. */
  readonly property: string;
}

/**
 * Asks a data source of the azuread plugin. The plugin's refusal names its own function and nothing of what the program wanted,
 * so it is put in context.
 *
 * @throws NotFound with the plugin's words
 */
export async function lookUp<T>(facts: LookUpFacts, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    throw new NotFound({ ...facts, happened: cause instanceof Error ? cause.message : String(cause), cause });
  }
}
