import { readFileSync } from "node:fs";
import { Agent, request } from "undici";

/** Sends JSON (or a form) and gives back the parsed answer; undefined when there is none. */
export type SendJson = (
  method: string,
  path: string,
  body?: object,
  headers?: Readonly<Record<string, string>>,
) => Promise<unknown>;

/** Talks to one origin, trusting its certificate authority and nothing else. */
export function jsonOver(
  origin: string,
  caFile: string,
): { readonly send: SendJson; readonly close: () => Promise<void> } {
  // Setting up a large tenant takes the sandbox some seconds.
  const dispatcher = new Agent({ connect: { ca: readFileSync(caFile, "utf8") }, headersTimeout: 120_000 });
  return {
    send: async (method, path, body, headers = {}) => {
      const isForm = body instanceof URLSearchParams;
      const type = isForm ? "application/x-www-form-urlencoded" : "application/json";
      const answer = await request(`${origin}${path}`, {
        method: method as "GET",
        dispatcher,
        headers: { ...headers, ...(body === undefined ? {} : { "content-type": type }) },
        ...(body === undefined ? {} : { body: isForm ? body.toString() : JSON.stringify(body) }),
      });
      const text = await answer.body.text();
      if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${String(answer.statusCode)} ${text}`);
      return text === "" ? undefined : (JSON.parse(text) as unknown);
    },
    close: () => dispatcher.close(),
  };
}
