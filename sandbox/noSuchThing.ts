/** There is no such thing in the sandbox. */
export class NoSuchThing extends Error {
  override readonly name = "NoSuchThing";
}
