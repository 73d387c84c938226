/** A stack's state, as `pulumi stack export` gives it: secrets are in it as ciphertext only, and stay so. */
import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { z } from "zod";
import { InvalidInput, Rejected, Unavailable } from "../../provider/core";
import { codeOf, type Surroundings } from "./surroundings";

/** One resource of the state, in whose `inputs` a secret is an object that {@link holdsSecret} knows. */
export interface StateResource {
  readonly urn: string;
  readonly id: string;
  readonly parent: string | undefined;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface StackState {
  /** Each after those that it depends on, as the engine keeps them. */
  readonly resources: readonly StateResource[];
  /** Names of what the program gives out. */
  readonly outputs: ReadonlySet<string>;
}

/** Which state is meant. */
export interface StateOptions {
  /** As given: `contoso`, or `organization/project/contoso`. */
  readonly stack: string;
  /** The project's folder, in which `pulumi` is called. */
  readonly root: string;
  /** An exported deployment to read in place of calling `pulumi`; `-` for the standard input. */
  readonly state?: string | undefined;
}

const properties = z.record(z.string(), z.unknown());
const exported = z.object({
  deployment: z.object({
    resources: z
      .array(
        z.object({
          urn: z.string().startsWith("urn:pulumi:"),
          type: z.string(),
          id: z.string().default(""),
          parent: z.string().optional(),
          inputs: properties.optional(),
          outputs: properties.optional(),
          // Left over from an update that broke off; the engine deletes it next time.
          delete: z.boolean().default(false),
        }),
      )
      // A stack without resources.
      .nullish(),
  }),
});

/**
 * @throws InvalidInput when the file is no exported deployment of this stack
 * @throws Unavailable when there is no `pulumi` to ask; Rejected with its own words when it refuses
 */
export async function readState(options: StateOptions, here: Surroundings): Promise<StackState> {
  const { stack, state } = options;
  const text = state === undefined ? await exportedBy(options, here) : await read(state, here);
  const subject = state === undefined || state === "-" ? `the state of stack ${stack}` : state;
  const resources = parsed(text, subject).filter((resource) => !resource.delete);
  requireStack(resources, stack, subject);
  const root = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  return {
    resources: resources.map(({ urn, id, parent, inputs = {} }) => ({ urn, id, parent, inputs })),
    outputs: new Set(Object.keys(root?.outputs ?? {})),
  };
}

/** `organization/project/contoso` → `contoso`, which is what URNs and files are named by. */
export function shortName(stack: string): string {
  return stack.slice(stack.lastIndexOf("/") + 1);
}

type Exported = NonNullable<z.output<typeof exported>["deployment"]["resources"]>;

function parsed(text: string, subject: string): Exported {
  const hint = "allowed: what `pulumi stack export` gives";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message repeats a piece of the text.
    throw new InvalidInput(subject, [{ path: "", message: `it is no JSON; ${hint}` }]);
  }
  const result = exported.safeParse(value);
  if (result.success) return result.data.deployment.resources ?? [];
  const paths = new Set(result.error.issues.slice(0, 5).map(({ path }) => path.join(".")));
  throw new InvalidInput(
    subject,
    [...paths].map((path) => ({ path, message: `it is missing or of another form; ${hint}` })),
  );
}

function requireStack(resources: Exported, stack: string, subject: string): void {
  const others = new Set(resources.map(({ urn }) => urn.split("::")[0]?.slice("urn:pulumi:".length) ?? ""));
  others.delete(shortName(stack));
  const [other] = others;
  if (other === undefined) return;
  const message = `${JSON.stringify(stack)} was given, and ${subject} is of the stack ${JSON.stringify(other)}`;
  throw new InvalidInput("the command line", [{ path: "--stack", message }]);
}

async function read(file: string, here: Surroundings): Promise<string> {
  if (file === "-") return here.input();
  try {
    return await readFile(isAbsolute(file) ? file : join(here.cwd, file), "utf8");
  } catch (error) {
    const message = `${JSON.stringify(file)} cannot be read (${codeOf(error)})`;
    throw new InvalidInput("the command line", [{ path: "--state", message }]);
  }
}

async function exportedBy({ stack, root }: StateOptions, { environment }: Surroundings): Promise<string> {
  const { execFile } = await import("node:child_process");
  const operation = "exporting the state of stack";
  return new Promise((resolve, reject) => {
    const options = { cwd: root, env: environment, maxBuffer: 1 << 30 };
    const child = execFile("pulumi", ["stack", "export", "--stack", stack], options, (error, output, errors) => {
      if (error === null) resolve(output);
      else if (codeOf(error) === "ENOENT") {
        const next = "Install it, or give the state as a file: --state FILE, made by `pulumi stack export`.";
        reject(
          new Unavailable({ operation, subject: stack, happened: "there is no program `pulumi` on the PATH", next }),
        );
      } else {
        const said = errors.trim().replace(/^error: /, "");
        const happened = said === "" ? `pulumi ended with ${String(error.code)}` : `pulumi says: ${said}`;
        reject(new Rejected({ operation, subject: stack, happened }));
      }
    });
    // It asks for nothing: a passphrase comes from the environment.
    child.stdin?.end();
  });
}

/** The engine's mark of a secret: https://github.com/pulumi/pulumi, `resource.SecretSig` under `resource.SigKey`. */
const signature = { key: "4dabf18193072939515e22adb298388d", secret: "1b47061264138c4ac30d75fd1eb44270" } as const;

/** Whether a value of the state is a secret, in whole or in part. */
export function holdsSecret(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if ((value as Record<string, unknown>)[signature.key] === signature.secret) return true;
  return Object.values(value).some(holdsSecret);
}
