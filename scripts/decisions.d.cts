interface LockFile {
  readonly packages?: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}

interface CheckResult {
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: number;
}

interface JestResult {
  readonly numTotalTests: number;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly numRuntimeErrorTestSuites: number;
}

export function installFault(lock: LockFile, installed: LockFile | undefined): string | undefined;
export function compileFault(
  recorded: string | undefined,
  current: string,
  outputs: { readonly expected: readonly string[]; readonly present: ReadonlySet<string> },
): string | undefined;
export function outputOf(source: string): string | undefined;
export function countResults(
  checks: readonly CheckResult[] | undefined,
  checksCode: number,
  tests: JestResult | undefined,
  testsCode: number,
): { passed: number; failed: number; notes: string[] };
