/** Where a run-sheet sends a person for a secret, and whether it is there. */
import { isOpen, type StackWork } from "./stackWork";

/** Steps say `pulumi stack output <name> --show-secrets`. */
const command = /pulumi stack output (?:'([^']+)'|"([^"]+)"|([^\s`'"]+))/g;

/** A warning for each output that a step refers to and the stack does not have, with what to add to the program. */
export function missingOutputs({ resources, state }: StackWork): string[] {
  const missing = new Map<string, string[]>();
  for (const resource of resources.filter(isOpen)) {
    const named = resource.sheet.steps.flatMap(({ text }) => [...text.matchAll(command)]);
    for (const [, single, double, bare] of named) {
      const output = single ?? double ?? bare ?? "";
      if (output === "" || state.outputs.has(output)) continue;
      const names = missing.get(output) ?? [];
      if (!names.includes(resource.name)) names.push(resource.name);
      missing.set(output, names);
    }
  }
  return [...missing].map(([output, names]) => {
    const property = /^[A-Za-z_$][\w$]*$/.test(output)
      ? `export const ${output} = audit.clientSecret;`
      : `export { clientSecret as ${JSON.stringify(output)} };`;
    return (
      `the steps of ${names.join(", ")} refer to the stack output ${output}, which the stack does not have. Add this to the program ` +
      `(audit stands for what has the client secret), then run pulumi up: ${property}`
    );
  });
}
