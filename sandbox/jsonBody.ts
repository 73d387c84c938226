/** How request bodies in JSON are read. */
import type { FastifyInstance } from "fastify";

/**
 * Reads JSON bodies, and takes an empty one for none: many clients name the content type on a DELETE too.
 * @param broken the error to answer with when a body is no JSON
 */
export function readJsonBodies(scope: FastifyInstance, broken: () => Error): void {
  scope.removeContentTypeParser("application/json");
  scope.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, parsed) => {
    const text = body.toString();
    if (text.trim() === "") {
      parsed(null, undefined);
      return;
    }
    try {
      parsed(null, JSON.parse(text));
    } catch {
      parsed(broken());
    }
  });
}
