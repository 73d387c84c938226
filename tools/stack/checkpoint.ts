/** The file in which a backend on the disk keeps the state of a stack. */
import { readFile } from "node:fs/promises";
import type { OutputMap } from "@pulumi/pulumi/automation";

interface Checkpoint {
  readonly checkpoint: {
    readonly latest?: { readonly resources?: readonly { readonly type: string; readonly outputs?: object }[] };
  };
}

/** The engine's mark of a special object, and that of a secret among them (`sdk/go/common/resource/sig`). */
const mark = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";

/** The stack's outputs as `pulumi stack output` prints them: a secret is `[secret]`. None before the first run. */
export async function outputsIn(checkpoint: string): Promise<OutputMap> {
  const { latest } = (JSON.parse(await readFile(checkpoint, "utf8")) as Checkpoint).checkpoint;
  const stack = latest?.resources?.find(({ type }) => type === "pulumi:pulumi:Stack");
  return Object.fromEntries(
    Object.entries(stack?.outputs ?? {}).map(([name, output]: [string, unknown]) => {
      const value = masked(output);
      return [name, { value, secret: value === masks }];
    }),
  );
}

const masks = "[secret]";

function masked(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(masked);
  if ((value as Readonly<Record<string, unknown>>)[mark] === secretMark) return masks;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, masked(part)]));
}
