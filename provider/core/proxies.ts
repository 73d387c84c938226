/** The proxies that the environment names, in the forms that other programs take. */
import { InvalidInput, type Problem } from "./errors";

export interface Proxies {
  readonly httpProxy?: string;
  readonly httpsProxy?: string;
  readonly noProxy: string;
}

/**
 * `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, each in lower case first. An address without a scheme is one of http.
 *
 * @returns undefined where there is no proxy
 * @throws InvalidInput when one has no address that can be used; it is not repeated, since it may hold a password
 */
export function proxiesIn(environment: Readonly<Record<string, string | undefined>>): Proxies | undefined {
  const problems: Problem[] = [];
  const value = (name: string): string | undefined =>
    [environment[name.toLowerCase()], environment[name]]
      .map((given) => given?.trim())
      .find((given) => (given ?? "") !== "");
  const address = (name: string): string | undefined => {
    const given = value(name);
    if (given === undefined) return undefined;
    const full = given.includes("://") ? given : `http://${given}`;
    if (URL.canParse(full) && /^https?:$/.test(new URL(full).protocol)) return full;
    problems.push({
      path: name,
      message: "it is no http or https address; allowed: one such as http://proxy.contoso.com:8080",
    });
    return undefined;
  };
  const httpProxy = address("HTTP_PROXY");
  const httpsProxy = address("HTTPS_PROXY");
  if (problems.length > 0) throw new InvalidInput("the environment", problems);
  if (httpProxy === undefined && httpsProxy === undefined) return undefined;
  return {
    ...(httpProxy === undefined ? {} : { httpProxy }),
    ...(httpsProxy === undefined ? {} : { httpsProxy }),
    noProxy: value("NO_PROXY") ?? "",
  };
}
