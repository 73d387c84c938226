/** What composites with an application of their own have in common: 1Secure's and NOW Privacy's. */
import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { AppRegistration, type AppRegistrationArgs } from "./appRegistration";

/** The arguments of such a composite that say which application, as far as they matter here. Checked to be plain values. */
interface AppChoice {
  readonly app?: unknown;
  readonly adoptExisting?: unknown;
}

function givenApp({ app }: AppChoice): AppRegistrationArgs {
  return app ?? {};
}

/**
 * The application: everything else is made from it, and it only in the proven tenant.
 *
 * @param defaultName of a new application that the declaration does not name
 * @param tenantId from `provenTenant`
 */
export function ownApp(
  name: string,
  args: AppChoice,
  defaultName: string,
  tenantId: pulumi.Output<string>,
  parent: pulumi.Resource,
): AppRegistration {
  const given = givenApp(args);
  const inTenant = (value: pulumi.Input<string | undefined>): pulumi.Output<string | undefined> =>
    pulumi.all([value, tenantId]).apply(([proven]) => proven);
  const which: AppRegistrationArgs =
    given.existingClientId === undefined
      ? { ...given, displayName: inTenant(given.displayName ?? defaultName) }
      : { existingClientId: inTenant(given.existingClientId) };
  return new AppRegistration(name, which, { parent });
}

/** Whether what is there already is taken over: as declared, else for an application that is there itself. */
export function adoptsExisting(args: AppChoice): boolean {
  return (args.adoptExisting as boolean | undefined) ?? givenApp(args).existingClientId !== undefined;
}

/** What to do with what the application holds beyond the declaration. One that was there may serve others. */
export function excessOf<E>(args: AppChoice & { readonly excessAccess?: E }): NonNullable<E> | "remove" | "report" {
  return args.excessAccess ?? (givenApp(args).existingClientId === undefined ? "remove" : "report");
}

/** The cloud, where the declaration names it. */
export function cloudOf<E>({ environment }: { readonly environment?: E }): { readonly environment?: NonNullable<E> } {
  return environment === undefined || environment === null ? {} : { environment };
}

/** What a proof rests on, as one short text: another one as soon as one of the ids is another. */
export function evidenceOf(ids: readonly pulumi.Input<string>[]): pulumi.Output<string[]> {
  return pulumi
    .all([...ids])
    .apply((known) => [createHash("sha256").update(known.join("\n")).digest("hex").slice(0, 16)]);
}
