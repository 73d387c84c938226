/** The oldest engine that the package is tested with; also the one that is installed or built where there is none. */
export const SUPPORTED_ENGINE = "3.256.0";

/**
 * The newest release of Pulumi's Go SDK module that still carries the Node language host
 * (`nodejs/cmd/pulumi-language-nodejs`); later ones keep it in a module that is not published.
 */
export const LANGUAGE_HOST = "3.66.0";

/** A version as semver.org has it, without build metadata. */
export interface Version {
  readonly numbers: readonly [major: number, minor: number, patch: number];
  /** The dot-separated identifiers after the hyphen; empty for a release. */
  readonly prerelease: readonly string[];
}

/**
 * Finds the first version in a program's own words: `v3.256.0`, `go version go1.25.11 linux/amd64`, `go1.26`. A missing
 * patch number counts as 0.
 */
export function parseVersion(text: string): Version | undefined {
  const match = /(?<![\d.])(\d+)\.(\d+)(?:\.(\d+))?(?:-([0-9A-Za-z.-]+))?/.exec(text);
  if (match === null) return undefined;
  const [, major, minor, patch = "0", prerelease] = match;
  return {
    numbers: [Number(major), Number(minor), Number(patch)],
    prerelease: prerelease === undefined ? [] : prerelease.split("."),
  };
}

/** `3.256.0`, `3.257.0-alpha.1`: the form that the engine's release pages use, without the `v`. */
export function formatVersion(version: Version): string {
  const suffix = version.prerelease.length === 0 ? "" : `-${version.prerelease.join(".")}`;
  return version.numbers.join(".") + suffix;
}

/** Semver precedence: negative when `a` is older than `b`, 0 when neither is. A prerelease is older than its release. */
export function compareVersions(a: Version, b: Version): number {
  for (const index of [0, 1, 2] as const) {
    const difference = a.numbers[index] - b.numbers[index];
    if (difference !== 0) return difference;
  }
  if (a.prerelease.length === 0 || b.prerelease.length === 0) return b.prerelease.length - a.prerelease.length;
  for (const [index, left] of a.prerelease.entries()) {
    const right = b.prerelease[index];
    if (right === undefined) return 1;
    const difference = compareIdentifiers(left, right);
    if (difference !== 0) return difference;
  }
  return a.prerelease.length - b.prerelease.length;
}

/** Whether the version that a program printed is at least `minimum`; `false` where no version can be read from it. */
export function isAtLeast(printed: string, minimum: string): boolean {
  const version = parseVersion(printed);
  const least = parseVersion(minimum);
  return version !== undefined && least !== undefined && compareVersions(version, least) >= 0;
}

function compareIdentifiers(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  const [numericA, numericB] = [Number.isInteger(x), Number.isInteger(y)];
  if (numericA && numericB) return x - y;
  if (numericA !== numericB) return numericA ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
