import { existsSync } from "node:fs";
import * as path from "node:path";

/** The repository's folder. Tools run from their source in tests, and from `dist` else. */
export function repository(): string {
  let at = __dirname;
  while (!existsSync(path.join(at, "package.json"))) at = path.dirname(at);
  return at;
}
