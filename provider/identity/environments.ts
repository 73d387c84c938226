/**
 * Microsoft's clouds, and where Exchange Online, Microsoft Graph and Microsoft Entra are in each. A tenant lives in one of them and never moves.
 *
 * Graph: {@link https://learn.microsoft.com/graph/deployments}. Exchange hosts: ScubaGear (EXORestHelper.psm1) for the clouds of the United States; Microsoft's pages on the Exchange Online Admin
 * API for China. Authorities: {@link https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud}.
 */
import { serviceAddresses } from "../core/address";
import { InvalidInput } from "../core/errors";
import type { Settings } from "../core/kind";

export const environments = ["public", "usGovernment", "usGovernmentDod", "china"] as const;

/** `usGovernment` is GCC High (GCC itself is in `public`), `usGovernmentDod` the Department of Defense, `china` that of 21Vianet. */
export type Environment = (typeof environments)[number];

/** Where things are in one cloud. */
export interface EnvironmentHosts {
  /** The Exchange Online admin API, without a path. */
  readonly exchangeEndpoint: string;
  /** What a token for it is asked for, whatever host the requests go to. */
  readonly exchangeScope: string;
  /** Microsoft Graph, without a path. */
  readonly graphEndpoint: string;
  /** What a token for it is asked for, whatever host the requests go to. */
  readonly graphScope: string;
  /** Where tokens are issued. */
  readonly authorityHost: string;
}

export const environmentHosts: Readonly<Record<Environment, EnvironmentHosts>> = {
  public: hosts("https://outlook.office365.com", "https://graph.microsoft.com", "https://login.microsoftonline.com"),
  usGovernment: hosts("https://outlook.office365.us", "https://graph.microsoft.us", "https://login.microsoftonline.us"),
  usGovernmentDod: hosts(
    "https://outlook-dod.office365.us",
    "https://dod-graph.microsoft.us",
    "https://login.microsoftonline.us",
  ),
  china: hosts(
    "https://outlook.office365.cn",
    "https://microsoftgraph.chinacloudapi.cn",
    "https://login.partner.microsoftonline.cn",
  ),
};

/** Where a tenant lives of which nothing is said. */
export const defaultEnvironment: Environment = "public";

/** Whether a text names one of the clouds. */
export function isEnvironment(text: string): text is Environment {
  return (environments as readonly string[]).includes(text);
}

/**
 * The cloud of a tenant: as declared, else the setting `environment`, else the public one.
 *
 * @throws InvalidInput when the setting names no cloud
 */
export function environmentOf(settings: Settings, declared: Environment | undefined): Environment {
  const environment = declared ?? settings.get("environment") ?? defaultEnvironment;
  if (isEnvironment(environment)) return environment;
  const message = `"${environment}" was given; allowed: ${environments.join(", ")}`;
  throw new InvalidInput("the stack's configuration", [{ path: "m365audit:environment", message }]);
}

/**
 * Where the tenant's cloud is (see {@link environmentOf}). The settings `exchangeEndpoint`, `graphEndpoint` and `authorityHost` take
 * the place of its hosts; a token is asked for the cloud's own service in any case.
 *
 * @throws InvalidInput when the setting `environment` names no cloud, or one of the addresses is no https URL
 */
export function hostsFor(settings: Settings, declared: Environment | undefined): EnvironmentHosts {
  return {
    ...environmentHosts[environmentOf(settings, declared)],
    ...serviceAddresses(settings, "exchangeEndpoint", "graphEndpoint", "authorityHost"),
  };
}

function hosts(exchangeEndpoint: string, graphEndpoint: string, authorityHost: string): EnvironmentHosts {
  return {
    exchangeEndpoint,
    exchangeScope: `${exchangeEndpoint}/.default`,
    graphEndpoint,
    graphScope: `${graphEndpoint}/.default`,
    authorityHost,
  };
}
