/** Where the services are that a stack's settings name. */
import { InvalidInput, type Problem } from "./errors";
import type { Settings } from "./kind";

/** Whether an address is this machine's own. Nothing that is sent there can be read on the way, and no proxy knows it. */
export function isLoopback({ hostname }: URL): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i.test(hostname);
}

/** What is wrong with the address of a service. A token travels with every request, so it must not leave this machine unencrypted. */
export function addressProblems(address: string, setting: string): readonly Problem[] {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url))) return [];
  const message = `${JSON.stringify(address)} was given; allowed: an https URL (http only on this machine)`;
  return [{ path: `m365audit:${setting}`, message }];
}

/**
 * The addresses of services as settings give them; without those that are not set.
 * @throws InvalidInput with each that is no https URL (http is allowed on this machine only)
 */
export function serviceAddresses<N extends string>(
  settings: Settings,
  ...names: readonly N[]
): Partial<Record<N, string>> {
  const given = names.flatMap((name) => {
    const address = settings.get(name);
    return address === undefined ? [] : [[name, address] as const];
  });
  const problems = given.flatMap(([name, address]) => addressProblems(address, name));
  if (problems.length > 0) throw new InvalidInput("the stack's configuration", problems);
  return Object.fromEntries(given) as Partial<Record<N, string>>;
}
