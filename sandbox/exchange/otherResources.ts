/** Smaller resources of the admin API: its metadata document, the banner, and how mailboxes may be reached by client programs. */
import type { AdminAnswer, AdminRequest } from "./adminRequest";
import { contextOf, nextLink, operate, option, pageRequestOf } from "./adminRequest";
import type { ExchangeBehaviour } from "./behaviour";
import { cmdletNotAllowed, noSuchResource } from "./errors";
import type { Mailbox } from "./model";
import { page } from "./paging";
import { entity, mailboxProperties, type MailboxProperty, type WireProperty } from "./properties";
import { mayCall } from "./roles";

/** Throws the service's answer for what is not there. */
function mustExist({ organization, resource }: AdminRequest): void {
  if (!organization.behaviour.otherResources) throw noSuchResource(resource);
}

/** `GET …/$metadata`: types and filter restrictions of `Mailbox`, made from the table of its properties, and the action InvokeCommand. */
export async function metadataDocument(request: AdminRequest): Promise<AdminAnswer> {
  mustExist(request);
  return operate(request, { kind: "module", writes: false }, (behaviour) => ({
    status: 200,
    headers: { "content-type": "application/xml" },
    body: document(behaviour),
  }));
}

function document(behaviour: ExchangeBehaviour): string {
  const properties = mailboxProperties.map(
    (property) => `        <Property Name="${property.name}" Type="${edmType(property, behaviour)}" />`,
  );
  const restricted = mailboxProperties
    .filter(({ filtered, type }) => filtered === undefined && !(type === "strings" && behaviour.auditListsFilterable))
    .map(({ name }) => `                <PropertyPath>${name}</PropertyPath>`);
  return `<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">
  <edmx:DataServices>
    <Schema Namespace="Exchange" xmlns="http://docs.oasis-open.org/odata/ns/edm">
      <EntityType Name="Mailbox">
        <Key><PropertyRef Name="ExternalDirectoryObjectId" /></Key>
${properties.join("\n")}
      </EntityType>
      <ComplexType Name="GenericHashTable" OpenType="true" />
      <ComplexType Name="CmdletInvokeInputType">
        <Property Name="CmdletName" Type="Edm.String" />
        <Property Name="Parameters" Type="Exchange.GenericHashTable" Nullable="false" />
      </ComplexType>
      <Action Name="InvokeCommand">
        <Parameter Name="CmdletInput" Type="Exchange.CmdletInvokeInputType" />
        <ReturnType Type="Collection(Exchange.GenericHashTable)" />
      </Action>
      <EntityContainer Name="Container">
        <EntitySet Name="Mailbox" EntityType="Exchange.Mailbox">
          <Annotation Term="Org.OData.Capabilities.V1.FilterRestrictions">
            <Record>
              <PropertyValue Property="NonFilterableProperties">
                <Collection>
${restricted.join("\n")}
                </Collection>
              </PropertyValue>
            </Record>
          </Annotation>
        </EntitySet>
        <ActionImport Name="InvokeCommand" Action="Exchange.InvokeCommand" />
      </EntityContainer>
    </Schema>
  </edmx:DataServices>
</edmx:Edmx>
`;
}

function edmType({ type }: MailboxProperty, { whenProperties }: ExchangeBehaviour): string {
  switch (type) {
    case "date":
      return whenProperties === "string" ? "Edm.String" : "Edm.DateTimeOffset";
    case "strings":
      return "Collection(Edm.String)";
    case "boolean":
      return "Edm.Boolean";
    case "guid":
      return "Edm.Guid";
    case "string":
      return "Edm.String";
  }
}

/** `GET …/EXOBanner`: what clients show when they have connected. That it is there is known, what it says is not. */
export async function exoBanner(request: AdminRequest): Promise<AdminAnswer> {
  mustExist(request);
  return operate(request, { kind: "module", writes: false }, () => ({
    status: 200,
    body: { "@odata.context": contextOf(request, "EXOBanner"), value: [] },
  }));
}

const protocols = ["ActiveSyncEnabled", "EwsEnabled", "ImapEnabled", "MAPIEnabled", "OWAEnabled", "PopEnabled"];

const casProperties: readonly WireProperty<Mailbox>[] = [
  ...mailboxProperties.filter(({ name }) =>
    ["ExternalDirectoryObjectId", "DisplayName", "PrimarySmtpAddress", "Guid", "Name"].includes(name),
  ),
  ...protocols.map((name) => ({ name, type: "boolean" as const, value: () => true })),
];

/** `GET …/CasMailbox`: every mailbox with the protocols that are open to it, which are all. Filters are not served. */
export async function casMailboxList(request: AdminRequest): Promise<AdminAnswer> {
  mustExist(request);
  const { organization, roles, url } = request;
  if (!mayCall(roles, "Get-CASMailbox")) throw cmdletNotAllowed("Get-CASMailbox", organization.behaviour.refusedCmdlet);
  return operate(request, { kind: "mailboxList", writes: false }, ({ defaultPageSize }) => {
    organization.counters.listPages++;
    const asked = pageRequestOf(request, defaultPageSize, nextLink(url, ""));
    const limit = Number(option(url, "$top") ?? Infinity);
    const { rows, nextToken } = page(asked, limit, organization.mailboxCount, (position) => {
      const glance = organization.glance(position);
      return glance.exists && glance.recipientTypeDetails !== "GroupMailbox" ? glance.mailbox() : undefined;
    });
    return {
      status: 200,
      body: {
        "@odata.context": contextOf(request, "CasMailbox"),
        value: rows.map((mailbox) => entity(mailbox, casProperties)),
        ...(nextToken === undefined ? {} : { "@odata.nextLink": nextLink(url, nextToken) }),
      },
    };
  });
}
