/** The adoption kind as a Pulumi class, and as what components are made of that take over what is in the tenant already. */
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { systemClock } from "../core/clock";
import type { Context } from "../core/kind";
import type { Inputs } from "../pulumi/arguments";
import { programSettings } from "../pulumi/settings";
import { KindResource } from "../surfaces/dynamic/thin";
import { adoptionContract, type Settled } from "./adoption";
import { azureadTenant } from "./tenantGuard";

/** Arguments of {@link Adoption}. */
export type AdoptionArgs = Inputs<z.input<typeof adoptionContract.inputs>>;

/** Which objects a component took over and which are the stack's own. Made by components with `adoptExisting`. */
export class Adoption extends KindResource {
  declare readonly holder: pulumi.Output<string>;
  declare readonly declared: pulumi.Output<string[]>;
  declare readonly found: pulumi.Output<Record<string, string>>;
  /** The objects that were there before the stack: name → id. Known in a preview. */
  declare readonly adopted: pulumi.Output<Settled["adopted"]>;
  /** Names of the objects that the stack makes and removes. Known in a preview. */
  declare readonly own: pulumi.Output<Settled["own"]>;

  /** @throws InvalidInput with every problem of the arguments that are known already */
  constructor(name: string, args: AdoptionArgs, opts?: pulumi.CustomResourceOptions) {
    super(adoptionContract, name, args, opts);
  }

  /** A value for a child's arguments, there once it is decided what is adopted. A child that {@link taking} may need one. */
  decided(value: pulumi.Output<string>): pulumi.Output<string> {
    return pulumi.all([value, this.adopted]).apply(([given]) => given);
  }

  /**
   * Options of the child that stands for an object. An adopted object is imported, and stays when the child is removed; any other is
   * made and removed as usual. The child is registered either way, so that what is to come after the component comes after it.
   *
   * @param name of the object among those declared
   */
  taking(name: string): pulumi.CustomResourceOptions {
    return {
      transforms: [
        async ({ props, opts }) => {
          const { [name]: id } = await new Promise<Settled["adopted"]>((resolve) => void this.adopted.apply(resolve));
          return id === undefined ? undefined : { props, opts: takenOver(opts, id) };
        },
      ],
    };
  }
}

/** @param id in the form in which the child's plugin imports it */
export function takenOver(options: pulumi.ResourceOptions, id: string): pulumi.CustomResourceOptions {
  return { ...options, import: id, retainOnDelete: true };
}

/** What a look-up in a running program is done with. */
export interface LookUpSetting {
  readonly ctx: Context;
  /** The tenant that the azuread provider of the component's children works in. */
  readonly tenantId: string;
}

/**
 * @param parent the component that looks up, so that the azuread provider asked is the one that its children use
 * @param subject what is looked up, in error messages
 * @throws AccessRefused when that provider cannot sign in
 */
export async function lookUpSetting(parent: pulumi.Resource, subject: string): Promise<LookUpSetting> {
  const tenantId = await azureadTenant(subject, { parent });
  const ctx: Context = {
    clock: systemClock,
    settings: programSettings(),
    report: (line) => void pulumi.log.info(line, parent),
  };
  return { ctx, tenantId };
}
