/** The APIs that a token can be for, and what a token's scope and audience may call them. */
import { microsoftGraph, wellKnownApis, type WellKnownApi } from "../../provider/entra/wellKnown";

/** An API that a token was asked for, under the name that the client used. */
export interface TokenResource {
  readonly api: WellKnownApi;
  /** What becomes the token's audience. */
  readonly audience: string;
}

/**
 * The API that a resource URI or an application id stands for; undefined for none.
 * @param graphOrigin the sandbox's own origin, which stands for Microsoft Graph: the metadata document names it as such
 */
export function findResource(name: string, graphOrigin: string): TokenResource | undefined {
  const audience = name.replace(/\/+$/, "");
  const wanted = audience.toLowerCase();
  if (wanted === graphOrigin.toLowerCase()) return { api: microsoftGraph, audience };
  const api = wellKnownApis.find(
    ({ appId, resources }) => appId === wanted || resources.some((resource) => resource.toLowerCase() === wanted),
  );
  return api === undefined ? undefined : { api, audience };
}
