/** Runs both tests of `m365audit now-privacy test` and prints what came of them. */
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { type Context, InvalidInput, M365AuditError, type Problem, settingsFrom, systemClock } from "../provider/core";
import { problemsOf } from "../provider/core/validate";
import { connectionShape, withServiceRules } from "../provider/nowprivacy/connectionContract";
import {
  type ConnectionTest,
  judged,
  NotConnected,
  notFullyValidated,
  subjectOf,
  testConnection,
  whatIsLacking,
} from "../provider/nowprivacy/preflight/connection";
import { type CredentialsTest, testCredentials } from "../provider/nowprivacy/preflight/credentials";
import { crawlTable, foundTable } from "../provider/nowprivacy/preflight/tables";
import { stoppable } from "../provider/surfaces/stopping";
import type { NowPrivacyTestArguments } from "./nowPrivacyArguments";

/** What the command ends with. */
const exitCodes = { passed: 0, failed: 1, badInput: 2 } as const;
type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const secretVariable = "M365AUDIT_NOWPRIVACY_CLIENT_SECRET";

const { ingestionScope, ...shape } = connectionShape;
const testArgs = withServiceRules(
  z.strictObject({
    ...shape,
    ingestionScope: ingestionScope.optional(),
    ignoreWarnings: z.boolean().default(false),
    timeoutSeconds: z.int().min(0).max(7_200).default(0),
  }),
);
type TestArgs = z.output<typeof testArgs>;

/** Where a property's option is called otherwise than the property. */
const optionNames: Readonly<Record<string, string>> = {
  tenantId: "--tenant",
  applicationId: "--client-id",
  clientSecret: `${secretVariable} or --secret-file`,
  ingestionScope: "--scope",
  "ingestionScope.type": "--scope",
  "ingestionScope.domain": "--domain",
  "ingestionScope.email": "--email",
  timeoutSeconds: "--wait",
};

/** Both the product's words and the short ones. */
const scopeTypes: Readonly<Record<string, string>> = { group: "groupEmail", user: "userEmail" };

/** What came of the tests, whichever were made. */
interface Outcome {
  readonly test: CredentialsTest & Partial<ConnectionTest>;
  readonly passed: boolean;
  readonly warnings: readonly string[];
  /** Why it did not pass, in one paragraph. */
  readonly problem?: string;
}

/** Prints to the standard output; what is wrong with the options, and errors of the way there, to the standard error. */
export async function runNowPrivacyTest(
  options: NowPrivacyTestArguments,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<ExitCode> {
  const tell = (line: string): void => void process.stderr.write(`${line}\n`);
  try {
    const args = await argsOf(options, environment);
    const settings = settingsFrom(() => undefined, environment);
    const outcome = await stoppable(tell, (signal) =>
      outcomeOf({ clock: systemClock, settings, signal, report: tell }, args),
    );
    process.stdout.write(options.json === true ? `${JSON.stringify(forScripts(outcome))}\n` : forPeople(outcome));
    return outcome.passed ? exitCodes.passed : exitCodes.failed;
  } catch (error) {
    if (!(error instanceof M365AuditError)) throw error;
    process.stderr.write(`m365audit: ${error.message}\n`);
    return error instanceof InvalidInput ? exitCodes.badInput : exitCodes.failed;
  }
}

async function argsOf(
  options: NowPrivacyTestArguments,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<TestArgs> {
  const { secret, problems: secretProblems } = await secretOf(options, environment);
  const given = {
    tenantId: options.tenant,
    applicationId: options.clientId,
    // Said below, together with where it is looked for.
    clientSecret: secret ?? "missing",
    service: options.service,
    ingestionScope: scopeOf(options),
    folderPath: options.folderPath,
    environment: options.environment,
    limitedToScope: options.limitedToScope,
    mailboxInScope: options.mailboxInScope,
    ignoreWarnings: options.ignoreWarnings,
    timeoutSeconds: isWhole(options.wait) ? Number(options.wait) : undefined,
  };
  const problems = [
    ...problemsOf(testArgs, given).map(asOption),
    ...secretProblems,
    ...unreadableWait(options),
    ...superfluous(options),
  ];
  if (problems.length > 0) throw new InvalidInput("m365audit now-privacy test", problems);
  return testArgs.parse(given);
}

function isWhole(text: string | undefined): boolean {
  return text !== undefined && /^\d+$/.test(text);
}

function unreadableWait({ wait }: NowPrivacyTestArguments): Problem[] {
  if (wait === undefined || isWhole(wait)) return [];
  const message = `${JSON.stringify(wait)} was given; allowed: a whole number of seconds, such as 600`;
  return [{ path: "--wait", message }];
}

function scopeOf({ scope, domain, email }: NowPrivacyTestArguments): object | undefined {
  if (scope === undefined) return undefined;
  const type = scopeTypes[scope] ?? scope;
  if (type === "everything") return { type };
  if (type === "domain") return { type, domain };
  return { type, domain: domain ?? email?.split("@")[1], email };
}

/** An option that the scope has no use for is a mistake. */
function superfluous({ scope, domain, email }: NowPrivacyTestArguments): Problem[] {
  const type = scope === undefined ? undefined : (scopeTypes[scope] ?? scope);
  const takesDomain = ["domain", "groupEmail", "userEmail"].includes(type ?? "");
  const takesEmail = ["groupEmail", "userEmail"].includes(type ?? "");
  const given = (value: string): string => `${JSON.stringify(value)} was given; `;
  return [
    ...(domain === undefined || takesDomain
      ? []
      : [{ path: "--domain", message: `${given(domain)}allowed: only with --scope domain, group or user` }]),
    ...(email === undefined || takesEmail
      ? []
      : [{ path: "--email", message: `${given(email)}allowed: only with --scope group or user` }]),
  ];
}

async function secretOf(
  { secretFile }: NowPrivacyTestArguments,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly secret?: string; readonly problems: readonly Problem[] }> {
  const path = `${secretVariable} or --secret-file`;
  const inEnvironment = environment[secretVariable];
  const isSet = inEnvironment !== undefined && inEnvironment !== "";
  if (isSet === (secretFile !== undefined)) {
    const was = isSet ? "both were given" : "nothing was given";
    return { problems: [{ path, message: `${was}; allowed: one of the two` }] };
  }
  if (isSet) return { secret: inEnvironment, problems: [] };
  try {
    const secret = (await readFile(secretFile ?? "", "utf8")).trim();
    if (secret !== "") return { secret, problems: [] };
    return {
      problems: [{ path: "--secret-file", message: "the file is empty; allowed: a file with the client secret" }],
    };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    return { problems: [{ path: "--secret-file", message: `the file cannot be read (${code})` }] };
  }
}

/** `folderPath` is about `--folder-path`. */
function asOption({ path, message }: Problem): Problem {
  const option = optionNames[path] ?? `--${path.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return { path: option, message };
}

async function outcomeOf(context: Context, args: TestArgs): Promise<Outcome> {
  const { ingestionScope: scope, ignoreWarnings, ...more } = args;
  // A person who waits for an answer takes one look; one who waits for consent, several in a row.
  const options = { ...more, inARow: args.timeoutSeconds === 0 ? 1 : 3 };
  if (scope === undefined) {
    const test = await testCredentials(context, args, args.service, options);
    const unknown = test.reach.rows
      .filter(({ answer }) => answer === "unknown")
      .map(({ need, why }) => `${need}: ${why}`);
    const doubts = unknown.length > 0 && !ignoreWarnings ? `not known: ${unknown.join("; ")}` : undefined;
    const problem = whatIsLacking(test) ?? doubts;
    const passed = problem === undefined;
    return { test, passed, warnings: [...test.notes], ...(passed ? {} : { problem }) };
  }
  const wanted = { ...args, ingestionScope: scope };
  const test = await testConnection(context, args, wanted, options);
  try {
    return { test, passed: true, warnings: judged(test, subjectOf(wanted), ignoreWarnings).warnings };
  } catch (error) {
    if (!(error instanceof NotConnected)) throw error;
    return { test, passed: false, warnings: [...test.notes, notFullyValidated], problem: error.facts.happened };
  }
}

function forPeople({ test, passed, warnings, problem }: Outcome): string {
  const parts = [
    `Test Credentials\n${crawlTable(test.mayCrawl)}`,
    ...(test.found === undefined ? [] : [`Test Connection\n${foundTable(test.found)}`]),
    ...(warnings.length === 0 ? [] : [warnings.map((warning) => `Warning: ${warning}`).join("\n")]),
    passed ? "Passed." : `Not passed${problem === undefined ? "" : `: ${problem}`}.`,
  ];
  return `${parts.join("\n\n")}\n`;
}

function forScripts({ test, passed, warnings, problem }: Outcome): object {
  return {
    passed,
    mayCrawl: test.mayCrawl,
    needs: test.reach.rows,
    ...(test.found === undefined
      ? {}
      : { found: test.found.map(({ lookedFor, answer, found }) => ({ lookedFor, answer, found })) }),
    warnings,
    ...(problem === undefined ? {} : { problem }),
  };
}
