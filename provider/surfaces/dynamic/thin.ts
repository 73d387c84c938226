/**
 * The dynamic surface as a program sees it. Pulumi keeps a dynamic provider as program text in the state file, twice a resource,
 * and runs that text years later to refresh and delete. So the text is frozen here, as text: small, the same on every machine and
 * under every compiler, holding no secret, and doing nothing but hand over to the host that is installed at the time.
 *
 * `pulumi.dynamic.Resource` would make the text by taking the provider's functions apart with the TypeScript compiler: 0.3 s a
 * program, and another text with every change of a formatter or compiler. The form of the text (a module whose `handler` gives
 * the provider) is the one that `@pulumi/pulumi/cmd/dynamic-provider` reads.
 */
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { type Contract, propertyMarks } from "../../core";
import { checkArgs, rememberArguments } from "../../pulumi/arguments";

/**
 * The provider text of a resource kind. What it requires, `pulumi-m365audit/dynamic-host` and its `dispatch(token)`, can never be
 * renamed: state files that exist hold this text. It is resolved from the program's folder, where the engine starts the provider.
 */
export function providerText(token: string): string {
  return `exports.handler = () => {
  const host = () =>
    require("module").createRequire(process.cwd() + "/")("pulumi-m365audit/dynamic-host").dispatch(${JSON.stringify(token)});
  return Object.fromEntries(
    ["configure", "check", "diff", "create", "read", "update", "delete"].map((name) => [name, async (...args) => host()[name](...args)]),
  );
};
`;
}

/** A resource of a kind in a Pulumi program. Its outputs are the contract's inputs and outputs by name. */
export class KindResource extends pulumi.CustomResource {
  /**
   * @param contract the kind's contract
   * @param args what the kind's contract calls inputs; each value may be an Output
   * @throws InvalidInput with every problem that can be known already; nothing is registered then
   */
  constructor(contract: Contract, name: string, args: object, opts: pulumi.CustomResourceOptions = {}) {
    checkArgs(contract.inputs, args, `${contract.token} "${name}"`);
    const type = dynamicType(contract.token);
    const secrets = [...secretsOf(contract.inputs), ...secretsOf(contract.outputs)];
    // What is not named here is no Output of the object, be it declared or not.
    const properties = [contract.inputs, contract.settled, contract.outputs].flatMap((schema) =>
      Object.keys(schema?.shape ?? {}),
    );
    const outputs = Object.fromEntries(properties.map((property) => [property, undefined]));
    super(
      type,
      name,
      {
        ...outputs,
        ...withSecrets(args, secrets),
        __provider: providerText(contract.token),
        // Tells the host which declaration this is; names that begin with "__" are never shown.
        __urn: urnOf(name, type, opts.parent),
      },
      pulumi.mergeOptions(
        {
          additionalSecretOutputs: secrets,
          ...(contract.deleteBeforeReplace === true ? { deleteBeforeReplace: true } : {}),
        },
        opts,
      ),
    );
    rememberArguments(this, args);
  }
}

/** `m365audit:onesecure:Source` → `pulumi-nodejs:dynamic/m365audit/onesecure:Source`. */
export function dynamicType(token: string): string {
  const [pkg = "", folder = "", type = ""] = token.split(":");
  return `pulumi-nodejs:dynamic/${pkg}/${folder}:${type}`;
}

function secretsOf(schema: z.ZodObject): string[] {
  return [...propertyMarks(schema)].filter(([, { secret }]) => secret === true).map(([name]) => name);
}

function withSecrets(args: object, secrets: readonly string[]): pulumi.Inputs {
  return Object.fromEntries(
    Object.entries(args as pulumi.Inputs).map(([name, value]) => [
      name,
      value !== undefined && secrets.includes(name) ? pulumi.secret(value) : (value as unknown),
    ]),
  );
}

/**
 * The URN as a bare promise: as an Output it would make the resource depend on its parent, whose completion in turn waits for its
 * children.
 */
function urnOf(name: string, type: string, parent: pulumi.Resource | undefined): Promise<string> {
  return new Promise((resolve) => void pulumi.createUrn(name, type, parent).apply(resolve));
}
