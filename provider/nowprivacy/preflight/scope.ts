/**
 * Test Connection: whether what a data source is to crawl is there, as its own credential sees it. Everything is looked for in the
 * directory; whether it can be crawled is only seen by crawling it.
 */
import { AccessRefused, DeadlineExceeded, gone } from "../../core";
import { type Look, type StableOptions, untilStable } from "../../core/stable";
import type { Group, Recipients, User } from "../../entra/graph/recipients";
import { type IngestionScope, scopeText } from "../ingestionScope";
import { type Finding, looking, missing, there, unknown } from "./findings";
import type { Service } from "./service";

/** What is to be crawled. */
export interface Wanted {
  readonly service: Service;
  readonly ingestionScope: IngestionScope;
  /** OneDrive only. */
  readonly folderPath?: string | undefined;
  /** Exchange Online alone lets the app into the mailboxes in scope. */
  readonly limitedToScope?: boolean | undefined;
  /** Address of one of them. */
  readonly mailboxInScope?: string | undefined;
}

/** What is not looked for although it is declared, a sentence each. */
export function notLookedFor({
  service,
  ingestionScope,
  folderPath,
  limitedToScope,
  mailboxInScope,
}: Wanted): string[] {
  if (ingestionScope.type === "userEmail") return [];
  return [
    ...(service === "oneDrive" && folderPath !== undefined
      ? [`Which drives have the folder ${folderPath} is only seen when they are crawled.`]
      : []),
    ...(limitedToScope === true && mailboxInScope === undefined
      ? ["No mailbox in scope is known, so whether Exchange Online lets the app into any was not tried."]
      : []),
  ];
}

/** How a mailbox is opened into which Exchange Online may let the app only after a while. */
export interface Waiting extends Pick<StableOptions, "clock" | "signal" | "inARow" | "limitMs"> {
  readonly report: (line: string) => void;
}

/** Looks for the scope, and then for what the service has of it. Every error of Graph is an answer. */
export async function lookForScope(
  recipients: Recipients,
  wanted: Wanted,
  waiting: Waiting,
): Promise<readonly Finding[]> {
  const { service, ingestionScope, limitedToScope, mailboxInScope } = wanted;
  const found = await findScope(recipients, wanted, waiting);
  if (service !== "exchange" || limitedToScope !== true || mailboxInScope === undefined) return found;
  // One user's has been opened.
  if (ingestionScope.type === "userEmail") return found;
  return [...found, await mailboxAt(recipients, mailboxInScope, waiting)];
}

async function findScope(recipients: Recipients, wanted: Wanted, waiting: Waiting): Promise<readonly Finding[]> {
  const { ingestionScope: scope } = wanted;
  const domain = scope.type === "everything" ? [] : [await domainFinding(recipients, scope.domain, scope.type)];
  if (scope.type === "domain") return [...domain, ...(await serviceFindings(recipients, wanted, undefined, waiting))];
  if (scope.type === "everything") {
    return [await everything(recipients), ...(await serviceFindings(recipients, wanted, undefined, waiting))];
  }
  if (scope.type === "groupEmail") {
    return [
      ...domain,
      await groupFinding(recipients, scope.email),
      ...(await serviceFindings(recipients, wanted, undefined, waiting)),
    ];
  }
  const { finding, user } = await userFinding(recipients, scope.email);
  return [...domain, finding, ...(await serviceFindings(recipients, wanted, user, waiting))];
}

function everything(recipients: Recipients): Promise<Finding> {
  const lookedFor = scopeText({ type: "everything" });
  return looking(lookedFor, async () => there(lookedFor, counted(await recipients.userCount(), "user")));
}

function domainFinding(recipients: Recipients, domain: string, scope: IngestionScope["type"]): Promise<Finding> {
  const lookedFor = `domain ${domain}`;
  return looking(lookedFor, async () => {
    const domains = await recipients.domains();
    const found = domains.find(({ id }) => id.toLowerCase() === domain);
    if (found === undefined) {
      const known = domains.filter(({ isVerified }) => isVerified).map(({ id }) => id);
      return missing(lookedFor, `the tenant has no such domain; it has ${known.join(", ")}`);
    }
    if (!found.isVerified) {
      return missing(
        lookedFor,
        "the tenant has not verified it, so nobody has an address in it: verify it in Entra ID",
      );
    }
    if (scope !== "domain") return there(lookedFor, "verified domain");
    const users = await recipients.userCount(domain);
    const note = `No user's principal name is in ${domain}, so nothing may be crawled.`;
    return there(lookedFor, `verified domain, ${counted(users, "user")}`, users === 0 ? [note] : []);
  });
}

function groupFinding(recipients: Recipients, email: string): Promise<Finding> {
  const lookedFor = `groupEmail ${email}`;
  return looking(lookedFor, async () => {
    const [group, ...others] = await recipients.groupsBy(email);
    if (others.length > 0) return missing(lookedFor, "more than one group has this address: correct the directory");
    if (group === undefined) {
      const [user] = await recipients.usersBy(email);
      if (user !== undefined) return missing(lookedFor, `it is ${userText(user)}, which is a user: use userEmail`);
      return missing(lookedFor, `no group has this address. ${dynamicGroups}`);
    }
    const { all, users } = await recipients.members(group.id);
    const amongThem = all > users ? ` (${counted(users, "user")})` : "";
    return there(lookedFor, `${groupText(group)}, ${counted(all, "member")}${amongThem}`, emptiness(email, all, users));
  });
}

const dynamicGroups = "(A dynamic distribution group is in Exchange only: Microsoft Graph does not show it.)";

function emptiness(email: string, all: number, users: number): string[] {
  if (users > 0) return [];
  if (all === 0) return [`${email} has no members, so nothing is crawled.`];
  return [`None of the members of ${email} is a user, so nothing is crawled.`];
}

async function userFinding(
  recipients: Recipients,
  email: string,
): Promise<{ readonly finding: Finding; readonly user?: User }> {
  const lookedFor = `userEmail ${email}`;
  let user: User | undefined;
  const finding = await looking(lookedFor, async () => {
    const users = await recipients.usersBy(email);
    if (users.length > 1) return missing(lookedFor, "more than one user has this address: correct the directory");
    [user] = users;
    if (user !== undefined) return there(lookedFor, userText(user), signInNotes(email, user));
    const [group] = await recipients.groupsBy(email);
    if (group === undefined) return missing(lookedFor, `no user has this address. ${dynamicGroups}`);
    return missing(lookedFor, `it is ${groupText(group)}; ${isAGroup(group)}: use groupEmail`);
  });
  return user === undefined ? { finding } : { finding, user };
}

/** Shared, room and equipment mailboxes are users that nobody signs in as, most of them without a licence. */
function isNobody({ accountEnabled, assignedLicenses }: User): boolean {
  return accountEnabled === false && assignedLicenses.length === 0;
}

function userText(user: User): string {
  const name = `user “${user.displayName ?? user.userPrincipalName}”`;
  if (isNobody(user)) return `${name} (no sign-in and no licence, as a shared, room or equipment mailbox has it)`;
  return user.accountEnabled === false ? `${name} (sign-in disabled)` : name;
}

function signInNotes(email: string, user: User): string[] {
  if (user.accountEnabled !== false || isNobody(user)) return [];
  return [`The sign-in of ${email} is disabled although it has a licence: has the person left?`];
}

function groupText(group: Group): string {
  return `${groupKind(group)} “${group.displayName ?? group.mail ?? group.id}”`;
}

function groupKind({ groupTypes, mailEnabled, securityEnabled }: Group): string {
  if (groupTypes.includes("Unified")) return "Microsoft 365 group";
  if (mailEnabled !== true) return "security group";
  return securityEnabled === true ? "mail-enabled security group" : "distribution list";
}

function isAGroup(group: Group): string {
  return groupKind(group) === "distribution list" ? "a distribution list is a group" : "that is a group";
}

/** What the service itself has, as far as the scope names it. */
async function serviceFindings(
  recipients: Recipients,
  { service, folderPath, limitedToScope }: Wanted,
  user: User | undefined,
  waiting: Waiting,
): Promise<Finding[]> {
  if (service === "sharePoint") return [await rootSite(recipients)];
  if (service === "exchange") {
    return user === undefined ? [] : [await mailbox(recipients, user, limitedToScope === true ? waiting : undefined)];
  }
  return user === undefined ? [] : drive(recipients, user, folderPath);
}

async function mailboxAt(recipients: Recipients, address: string, waiting: Waiting): Promise<Finding> {
  const lookedFor = `mailbox of ${address}`;
  let user: User | undefined;
  const finding = await looking(lookedFor, async () => {
    [user] = await recipients.usersBy(address);
    return missing(lookedFor, "no user has this address");
  });
  return user === undefined ? finding : mailbox(recipients, user, waiting);
}

/** @param waiting where Exchange Online may still be taking note of the scope */
function mailbox(recipients: Recipients, { id, userPrincipalName }: User, waiting?: Waiting): Promise<Finding> {
  const lookedFor = `mailbox of ${userPrincipalName}`;
  const opened = async (): Promise<Finding> =>
    (await recipients.mailbox(id)) === gone ? missing(lookedFor, "the user has none") : there(lookedFor, "it opens");
  return looking(lookedFor, async () => {
    try {
      return waiting === undefined ? await opened() : await letIn(opened, userPrincipalName, waiting);
    } catch (error) {
      const refused = error instanceof DeadlineExceeded ? error.facts.cause : error;
      if (!(refused instanceof AccessRefused)) throw error;
      const because =
        waiting === undefined
          ? "Exchange Online leaves it out of what the app may read, or has not taken note yet"
          : "Exchange Online takes up to 2 hours to take note of a scope, or leaves it out of what the app may read. " +
            "NOW Privacy has been told nothing of it: run `pulumi up` again later";
      return missing(lookedFor, `it does not open to the app (${refused.facts.happened}): ${because}`);
    }
  });
}

/** Tries until the mailbox opens several times in a row: copies of Exchange take note one by one. Once is enough if it never did not. */
function letIn(opened: () => Promise<Finding>, name: string, { report, ...waiting }: Waiting): Promise<Finding> {
  const attempt = async (): Promise<Look<Finding>> => {
    try {
      return { seen: await opened() };
    } catch (error) {
      if (!(error instanceof AccessRefused)) throw error;
      return { missing: "Exchange Online does not let the app in yet", cause: error };
    }
  };
  const describe = { operation: "opening", subject: `the mailbox of ${name}` };
  return untilStable(attempt, { ...waiting, describe, firstIsEnough: true, report });
}

async function drive(recipients: Recipients, { id, userPrincipalName }: User, path?: string): Promise<Finding[]> {
  const lookedFor = `OneDrive of ${userPrincipalName}`;
  const found = await looking(lookedFor, async () =>
    (await recipients.drive(id)) === gone
      ? missing(lookedFor, "the user has none: it is made when the user first opens it")
      : there(lookedFor, "it is there"),
  );
  if (path === undefined) return [found];
  const folder = `folder ${path}`;
  if (found.answer !== "yes") return [found, unknown(folder, "there is no drive to look in")];
  const inDrive = await looking(folder, async () =>
    (await recipients.folder(id, path)) === gone ? missing(folder, "the drive has none") : there(folder, "it is there"),
  );
  return [found, inDrive];
}

function rootSite(recipients: Recipients): Promise<Finding> {
  const lookedFor = "SharePoint root site";
  return looking(lookedFor, async () =>
    there(lookedFor, await recipients.rootSite(), [
      "Which sites a scope takes in is not documented; only the scope itself was looked for.",
    ]),
  );
}

function counted(count: number, what: string): string {
  return `${String(count)} ${what}${count === 1 ? "" : "s"}`;
}
