/**
 * Who and what in a tenant has an address, as an app reads it with its own credential: domains, users, groups, and of each user the
 * mailbox and drive that a data source would read. Reads only.
 */
import { z } from "zod";
import { NotFound } from "../../core/errors";
import { createHttp } from "../../core/http";
import { type Gone, gone } from "../../core/plan";
import type { Waiting } from "../../core/wait";
import { type AcquireToken, Tokens } from "../../identity/token";
import type { GraphDoing } from "./errors";
import { GraphTransport } from "./transport";

const id = z.string().min(1);

/** {@link https://learn.microsoft.com/graph/api/resources/domain} */
const domain = z.object({ id, isVerified: z.boolean() });
export type Domain = z.output<typeof domain>;

/** {@link https://learn.microsoft.com/graph/api/resources/user} */
const user = z.object({
  id,
  displayName: z.string().nullish(),
  userPrincipalName: z.string(),
  mail: z.string().nullish(),
  accountEnabled: z.boolean().nullish(),
  assignedLicenses: z.array(z.unknown()).default([]),
});
export type User = z.output<typeof user>;

/** {@link https://learn.microsoft.com/graph/api/resources/group} */
const group = z.object({
  id,
  displayName: z.string().nullish(),
  mail: z.string().nullish(),
  mailEnabled: z.boolean().nullish(),
  securityEnabled: z.boolean().nullish(),
  /** `Unified` for a Microsoft 365 group. */
  groupTypes: z.array(z.string()).default([]),
});
export type Group = z.output<typeof group>;

const countedPage = z.looseObject({ "@odata.count": z.int() });

/** Members of a group, directly or through groups in it. */
export interface Members {
  readonly all: number;
  /** Those that are users; the others are groups, contacts and devices. */
  readonly users: number;
}

export interface Recipients {
  /** All domains of the tenant, verified or not. */
  domains(): Promise<Domain[]>;
  /** Users whose principal name, mail or other address it is: more than one only where the directory is in disorder. */
  usersBy(address: string): Promise<User[]>;
  /** Groups whose mail or other address it is. Dynamic distribution groups are Exchange's alone, and not found. */
  groupsBy(address: string): Promise<Group[]>;
  members(groupId: string): Promise<Members>;
  /** How many users there are, or only those whose principal name is in a domain. */
  userCount(domain?: string): Promise<number>;
  /** Whether a user's mailbox opens; `gone` when the user has none. Takes access to mail. */
  mailbox(userId: string): Promise<true | Gone>;
  /** Whether a user has a OneDrive; `gone` when none was ever made. Takes access to files. */
  drive(userId: string): Promise<true | Gone>;
  /** Whether a folder is in a user's OneDrive. */
  folder(userId: string, path: string): Promise<true | Gone>;
  /** Address of the tenant's root site. Takes access to sites. */
  rootSite(): Promise<string>;
  /** Ends idle connections. */
  close(): Promise<void>;
}

export interface RecipientsOptions extends Waiting {
  /** Without a path, for example `https://graph.microsoft.com`. */
  readonly endpoint: string;
  /** Nothing is sent before a token is proven to be of this tenant. */
  readonly tenantId: string;
  readonly acquireToken: AcquireToken;
  /** Spreads the pauses; `Math.random` unless given. */
  readonly random?: (() => number) | undefined;
  /** Who asks, for errors: "The data source's app". */
  readonly who: string;
}

// Smallest first, as each operation's reference page has them.
const readDomains = ["Domain.Read.All", "Directory.Read.All"] as const;
const readUsers = ["User.Read.All", "Directory.Read.All"] as const;
const readGroups = ["GroupMember.Read.All", "Group.Read.All", "Directory.Read.All"] as const;

const userProperties = "$select=id,displayName,userPrincipalName,mail,accountEnabled,assignedLicenses";
const groupProperties = "$select=id,displayName,mail,mailEnabled,securityEnabled,groupTypes";

/** Opens a connection. Nothing is sent before the first call. */
export async function openRecipients(options: RecipientsOptions): Promise<Recipients> {
  const { tenantId, acquireToken, clock, signal, who } = options;
  const http = await createHttp(options);
  const tokens = new Tokens(acquireToken, tenantId, clock, "Microsoft Graph", signal);
  const graph = new GraphTransport({ ...options, tokens, http });
  const doing = (operation: string, subject: string, needs: GraphDoing["needs"]): GraphDoing => ({
    operation,
    subject,
    needs,
    who,
  });
  const counted = async (path: string, asked: GraphDoing): Promise<number> =>
    (await graph.getEventual(path, countedPage, asked))["@odata.count"];

  return {
    domains: () =>
      graph.list("/domains?$select=id,isVerified", domain, doing("listing domains of tenant", tenantId, readDomains)),
    usersBy: async (address) => {
      const asked = doing("looking for user", address, readUsers);
      const [named, addressed] = await Promise.all(
        [`userPrincipalName eq ${quoted(address)} or mail eq ${quoted(address)}`, hasAddress(address)].map((filter) =>
          graph.list(`/users?$filter=${encodeURIComponent(filter)}&${userProperties}`, user, asked),
        ),
      );
      return unique([...(named ?? []), ...(addressed ?? [])]);
    },
    groupsBy: async (address) => {
      const asked = doing("looking for group", address, readGroups);
      const [named, addressed] = await Promise.all(
        [`mail eq ${quoted(address)}`, hasAddress(address)].map((filter) =>
          graph.list(`/groups?$filter=${encodeURIComponent(filter)}&${groupProperties}`, group, asked),
        ),
      );
      return unique([...(named ?? []), ...(addressed ?? [])]);
    },
    members: async (groupId) => {
      const asked = doing("counting the members of group", groupId, readGroups);
      const members = `/groups/${segment(groupId)}/transitiveMembers`;
      const [all, users] = await Promise.all([
        graph.getEventual(`${members}/$count`, z.int(), asked),
        counted(`${members}/microsoft.graph.user?$count=true&$top=1&$select=id`, asked),
      ]);
      return { all, users };
    },
    userCount: (of) => {
      const asked = doing("counting the users of", of ?? `tenant ${tenantId}`, readUsers);
      if (of === undefined) return graph.getEventual("/users/$count", z.int(), asked);
      const filter = encodeURIComponent(`endswith(userPrincipalName,${quoted(`@${of}`)})`);
      return counted(`/users?$filter=${filter}&$count=true&$top=1&$select=id`, asked);
    },
    mailbox: (userId) =>
      exists(
        graph.get(
          `/users/${segment(userId)}/mailFolders?$top=1&$select=id`,
          z.looseObject({ value: z.array(z.unknown()) }),
          doing("opening the mailbox of", userId, ["Mail.Read"]),
        ),
      ),
    drive: (userId) =>
      exists(
        graph.get(
          `/users/${segment(userId)}/drive?$select=id`,
          z.looseObject({ id }),
          doing("looking for the OneDrive of", userId, ["Files.Read.All"]),
        ),
      ),
    folder: (userId, path) =>
      exists(
        graph.get(
          `/users/${segment(userId)}/drive/root:${path.split("/").map(segment).join("/")}?$select=id`,
          z.looseObject({ id }),
          doing("looking for the folder", path, ["Files.Read.All"]),
        ),
      ),
    rootSite: async () => {
      const asked = doing("looking for the root site of tenant", tenantId, ["Sites.Read.All"]);
      const { webUrl } = await graph.get("/sites/root?$select=id,webUrl", z.object({ webUrl: z.string() }), asked);
      return webUrl;
    },
    close: () => http.close(),
  };
}

function hasAddress(address: string): string {
  return `proxyAddresses/any(p:p eq ${quoted(`smtp:${address}`)})`;
}

function unique<T extends { readonly id: string }>(found: readonly T[]): T[] {
  return [...new Map(found.map((one) => [one.id, one])).values()];
}

function segment(text: string): string {
  return encodeURIComponent(text);
}

/** A value in an OData expression. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

async function exists(answer: Promise<unknown>): Promise<true | Gone> {
  try {
    await answer;
    return true;
  } catch (error) {
    if (error instanceof NotFound) return gone;
    throw error;
  }
}
