/** `GET …/Mailbox` and `GET …/Mailbox('id')`: what `Get-EXOMailbox` reads. */
import type { AdminAnswer, AdminRequest } from "./adminRequest";
import { contextOf, listedBy, nextLink, operate, option, options, pageRequestOf, replicaFor } from "./adminRequest";
import { recipientTypeNames } from "./cmdlets/mailbox";
import { badRequest, cmdletNotAllowed, notAnEnumerator, objectNotFound } from "./errors";
import { parseFilter } from "./filter";
import type { ExchangeOrganization } from "./organization";
import type { MailboxGlance } from "./storedMailboxes";
import { page } from "./paging";
import type { MailboxProperty } from "./properties";
import { chosenProperties, decodedIdentity, entity } from "./properties";
import { mayCall } from "./roles";

const systemOptions = ["$filter", "$select", "$top", "$skiptoken", "$count"];

export async function mailboxList(request: AdminRequest): Promise<AdminAnswer> {
  const properties = admitted(request);
  const { organization, url } = request;
  const passes = selection(url, organization);
  return operate(request, { kind: "mailboxList", writes: false }, ({ defaultPageSize }) => {
    organization.counters.listPages++;
    organization.counters.mailboxPages++;
    const asked = pageRequestOf(request, defaultPageSize, nextLink(url, ""));
    const replica = replicaFor(request);
    const { rows, nextToken } = page(asked, top(url), organization.mailboxCount, (position) => {
      const glance = organization.glance(position, replica);
      return passes(glance) ? glance.mailbox() : undefined;
    });
    rows.forEach(listedBy(request, replica));
    return {
      status: 200,
      body: {
        "@odata.context": contextOf(request, "Mailbox"),
        value: rows.map((mailbox) => entity(mailbox, properties)),
        ...(nextToken === undefined ? {} : { "@odata.nextLink": nextLink(url, nextToken) }),
      },
    };
  });
}

export async function mailboxEntity(request: AdminRequest, key: string): Promise<AdminAnswer> {
  const properties = admitted(request);
  const isEncoded = option(request.url, "isEncoded")?.toLowerCase() === "true";
  const identity = isEncoded ? decodedIdentity(key) : key;
  if (identity === undefined) throw badRequest(`The identity '${key}' isn't base64.`);
  return operate(request, { kind: "mailbox", identity, writes: false }, () => {
    request.organization.counters.cmdletReads++;
    const replica = replicaFor(request);
    const mailbox = request.organization.mailbox(identity, replica);
    if (mailbox === undefined) throw objectNotFound(identity);
    replica?.wasRead({ part: "mailbox", guid: mailbox.guid });
    return {
      status: 200,
      body: { "@odata.context": contextOf(request, "Mailbox/$entity"), ...entity(mailbox, properties) },
    };
  });
}

function admitted({ roles, url, organization: { behaviour } }: AdminRequest): readonly MailboxProperty[] {
  if (!mayCall(roles, "Get-Mailbox")) throw cmdletNotAllowed("Get-Mailbox", behaviour.refusedCmdlet);
  for (const name of url.searchParams.keys()) {
    if (name.startsWith("$") && !systemOptions.includes(name.toLowerCase())) {
      throw badRequest(`The query parameter '${name}' is not supported.`);
    }
  }
  return chosenProperties(options(url, "PropertySet"), options(url, "$select"), behaviour);
}

function selection(url: URL, { behaviour }: ExchangeOrganization): (glance: MailboxGlance) => boolean {
  const filterText = option(url, "$filter");
  const filter = filterText === undefined ? undefined : parseFilter(filterText, "odata", behaviour);
  const types = options(url, "RecipientTypeDetails").map((text) => {
    const known = recipientTypeNames.find((name) => name.toLowerCase() === text.toLowerCase());
    if (known === undefined) {
      throw badRequest(notAnEnumerator(text, "Exchange.RecipientTypeDetails", recipientTypeNames));
    }
    return known;
  });
  const anr = option(url, "Anr")?.toLowerCase();
  const hasNone = ["SoftDeletedMailbox", "InactiveMailboxOnly", "Archive"].some(
    (name) => option(url, name)?.toLowerCase() === "true",
  );
  return (glance) => {
    if (hasNone || !glance.exists) return false;
    const type = glance.recipientTypeDetails;
    if (types.length === 0 ? type === "GroupMailbox" : !types.includes(type)) return false;
    if (anr !== undefined && !glance.mailbox().displayName.toLowerCase().includes(anr)) return false;
    return filter?.(glance) ?? true;
  };
}

/** `$top` is how many are wanted in all, as OData has it: no page link goes beyond it. */
function top(url: URL): number {
  const text = option(url, "$top");
  if (text === undefined) return Infinity;
  if (/^\d+$/.test(text) && Number(text) >= 1) return Number(text);
  throw badRequest(`Invalid value '${text}' for $top query option found.`);
}
