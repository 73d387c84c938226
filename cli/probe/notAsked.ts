/** Why a question got no answer that decides it. */
export class NotAsked extends Error {
  override readonly name = "NotAsked";
}
