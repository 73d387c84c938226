/** The operator's side of people and groups: changes that someone makes in an admin center. */
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import type { Group } from "./entra/directory";
import { addGroup, groupKinds, type NewGroup } from "./entra/groups";
import { NoSuchThing } from "./noSuchThing";
import type { SandboxTenant } from "./tenants";
import { graphTime } from "./world";

/** Everything that takes a tenant takes its id or its initial domain, and throws {@link NoSuchThing} when there is none. */
export interface DirectoryControl {
  /** Makes a group. Its address is in the initial domain. */
  addGroup(tenant: string, group: NewGroup): { readonly id: string };
  /**
   * Replaces a group's direct members.
   * @param group object id, name or address
   * @param members users by user principal name or object id, groups by object id, name or address
   */
  setGroupMembers(tenant: string, group: string, members: readonly string[]): void;
  /** Deletes a group. */
  removeGroup(tenant: string, group: string): void;
  /** Lets a user sign in, or no longer. */
  setAccountEnabled(tenant: string, user: string, enabled: boolean): void;
}

/** @param of finds a tenant by name */
export function directoryControl(of: (tenant: string) => SandboxTenant): DirectoryControl {
  return {
    addGroup: (tenant, { members = [], ...group }) => {
      const { directory } = of(tenant);
      const ids = members.map((name) => memberId(of(tenant), name));
      const { id } = addGroup(directory, { ...group, members: ids }, graphTime(directory.world.now()));
      return { id };
    },
    setGroupMembers: (tenant, name, members) => {
      const group = groupOf(of(tenant), name);
      const ids = members.map((member) => memberId(of(tenant), member));
      group.members.clear();
      for (const id of ids) group.members.add(id);
    },
    removeGroup: (tenant, name) => {
      const { groups } = of(tenant).directory;
      const { id } = groupOf(of(tenant), name);
      groups.delete(id);
      for (const { members } of groups.values()) members.delete(id);
    },
    setAccountEnabled: (tenant, name, enabled) => {
      const { people, directory, initialDomain } = of(tenant);
      const user = directory.user(name);
      if (user === undefined) throw new NoSuchThing(`${initialDomain} has no user '${name}'.`);
      people.setAccountEnabled(user, enabled);
    },
  };
}

/** The routes of the control API, as it lists them. */
export const directoryControlRoutes: readonly string[] = [
  "POST /_sandbox/tenants/{tenant}/groups {kind: distributionList|mailEnabledSecurity|microsoft365|security, displayName, alias, members?: [...]}",
  "PUT /_sandbox/tenants/{tenant}/groups/{id, name or address}/members {members: [...]}",
  "DELETE /_sandbox/tenants/{tenant}/groups/{id, name or address}",
  "PUT /_sandbox/tenants/{tenant}/users/{id or user principal name}/accountEnabled {enabled: true|false}",
];

interface OfTenant {
  Params: { tenant: string };
}
interface Named {
  Params: { tenant: string; name: string };
}

const newGroup = z.strictObject({
  kind: z.enum(groupKinds),
  displayName: z.string().min(1),
  alias: z.string().min(1),
  members: z.array(z.string()).default([]),
});

export function registerDirectoryControl(scope: FastifyInstance, control: DirectoryControl): void {
  scope.post<OfTenant>("/tenants/:tenant/groups", ({ params, body }) =>
    control.addGroup(params.tenant, newGroup.parse(body)),
  );
  scope.put<Named>("/tenants/:tenant/groups/:name/members", ({ params, body }, reply) => {
    const { members } = z.strictObject({ members: z.array(z.string()) }).parse(body);
    control.setGroupMembers(params.tenant, params.name, members);
    return reply.code(204).send();
  });
  scope.delete<Named>("/tenants/:tenant/groups/:name", ({ params }, reply) => {
    control.removeGroup(params.tenant, params.name);
    return reply.code(204).send();
  });
  scope.put<Named>("/tenants/:tenant/users/:name/accountEnabled", ({ params, body }, reply) => {
    const { enabled } = z.strictObject({ enabled: z.boolean() }).parse(body);
    control.setAccountEnabled(params.tenant, params.name, enabled);
    return reply.code(204).send();
  });
}

function groupOf({ directory, initialDomain }: SandboxTenant, name: string): Group {
  const wanted = name.toLowerCase();
  const found = [...directory.groups.values()].find(({ id, displayName, mailNickname, mail }) =>
    [id, displayName, mailNickname, mail].some((known) => known?.toLowerCase() === wanted),
  );
  if (found === undefined) throw new NoSuchThing(`${initialDomain} has no group '${name}'.`);
  return found;
}

function memberId(tenant: SandboxTenant, name: string): string {
  return tenant.directory.user(name)?.id ?? groupOf(tenant, name).id;
}
