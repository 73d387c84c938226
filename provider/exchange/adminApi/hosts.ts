/**
 * Which addresses a bearer token may be sent to. Redirects and next links come from the other side, so they are followed only
 * within the endpoint's own site.
 */

/** Domains that are Microsoft's as a whole, so that any host below is. */
const microsoftSites = ["office365.com", "office365.us", "office365.cn"];

/**
 * Whether `url` is on the same site as `endpoint`: the same host, a host below it, or both below one domain of Microsoft's; never
 * over plain HTTP when the endpoint is not.
 */
export function isSameSite(endpoint: URL, url: URL): boolean {
  if (url.protocol !== endpoint.protocol || url.username !== "" || url.password !== "") return false;
  if (url.hostname === endpoint.hostname) return url.port === endpoint.port;
  if (url.port !== "") return false;
  if (url.hostname.endsWith(`.${endpoint.hostname}`)) return true;
  return microsoftSites.some((site) => isBelow(endpoint.hostname, site) && isBelow(url.hostname, site));
}

function isBelow(hostname: string, site: string): boolean {
  return hostname.endsWith(`.${site}`);
}

/**
 * Where a redirect leads, or undefined when it must not be followed. Some tenants are sent to `<prefix>.outlook.office365.com:446`,
 * a port that is not reachable from outside; the same host answers on 443 (ScubaGear, EXORestHelper.psm1).
 */
export function redirectTarget(endpoint: URL, from: string, location: string | undefined): URL | undefined {
  if (location === undefined || !URL.canParse(location, from)) return undefined;
  const target = new URL(location, from);
  if (target.hostname !== endpoint.hostname) target.port = "";
  return isSameSite(endpoint, target) ? target : undefined;
}
