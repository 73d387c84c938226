/**
 * Ids that are the same in every tenant: Microsoft's own APIs and the templates of built-in directory roles.
 *
 * APIs: {@link https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in}.
 * Roles: {@link https://learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference}.
 * App role ids are here for the sandbox and for tests; the components resolve them by value from the tenant's own service principal.
 */

/** A permission that an API offers to applications. */
export interface WellKnownAppRole {
  readonly id: string;
  /** The claim value, for example `Exchange.ManageAsApp`. */
  readonly value: string;
}

/** An API of Microsoft's, by the display name that the Entra admin center lists it under. */
export interface WellKnownApi {
  readonly displayName: string;
  /** Application (client) id. */
  readonly appId: string;
  /** Resource URIs that a token's scope may name. */
  readonly resources: readonly string[];
  readonly appRoles: readonly WellKnownAppRole[];
}

export const exchangeOnline = {
  displayName: "Office 365 Exchange Online",
  appId: "00000002-0000-0ff1-ce00-000000000000",
  resources: [
    "https://outlook.office365.com",
    "https://outlook.office365.us",
    "https://outlook-dod.office365.us",
    "https://outlook.office365.cn",
  ],
  appRoles: [
    { id: "dc50a0fb-09a3-484d-be87-e023b12c6440", value: "Exchange.ManageAsApp" },
    { id: "ea3d980d-ebc7-4be4-8298-a167e5b8797c", value: "Exchange.ManageAsAppV2" },
    { id: "dc890d15-9560-4a4c-9b7f-a736ec74ec40", value: "full_access_as_app" },
  ],
} as const satisfies WellKnownApi;

export const office365Management = {
  displayName: "Office 365 Management APIs",
  appId: "c5393580-f805-4401-95e8-94b7a6ef2fc2",
  resources: ["https://manage.office.com"],
  appRoles: [{ id: "594c1fb6-4f81-4475-ae41-0c394909246c", value: "ActivityFeed.Read" }],
} as const satisfies WellKnownApi;

export const microsoftGraph = {
  displayName: "Microsoft Graph",
  appId: "00000003-0000-0000-c000-000000000000",
  resources: [
    "https://graph.microsoft.com",
    "https://graph.microsoft.us",
    "https://dod-graph.microsoft.us",
    "https://microsoftgraph.chinacloudapi.cn",
  ],
  appRoles: [
    { id: "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9", value: "Application.ReadWrite.All" },
    { id: "18a4783c-866b-4cc7-a460-3d5e5662c884", value: "Application.ReadWrite.OwnedBy" },
    { id: "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30", value: "Application.Read.All" },
    { id: "06b708a9-e830-4db3-a914-8e69da51d44f", value: "AppRoleAssignment.ReadWrite.All" },
    { id: "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8", value: "RoleManagement.ReadWrite.Directory" },
    { id: "483bed4a-2ad3-4361-a73b-c83ccdbdc53c", value: "RoleManagement.Read.Directory" },
    { id: "134fd756-38ce-4afd-ba33-e9623dbe66c2", value: "AdministrativeUnit.Read.All" },
    { id: "5eb59dd3-1da2-4329-8733-9dabdc435916", value: "AdministrativeUnit.ReadWrite.All" },
    { id: "7ab1d382-f21e-4acd-a863-ba3e13f7da61", value: "Directory.Read.All" },
    { id: "b0afded3-3588-46d8-8b3d-9842eff778da", value: "AuditLog.Read.All" },
    { id: "246dd0d5-5bd0-4def-940b-0421030a5b68", value: "Policy.Read.All" },
    { id: "332a536c-c7ef-4017-ab91-336970924f0d", value: "Sites.Read.All" },
    { id: "810c84a8-4a9e-49e6-bf7d-12d183f40d01", value: "Mail.Read" },
    { id: "798ee544-9d2d-430c-a058-570e29e34338", value: "Calendars.Read" },
    { id: "01d4889c-1287-42c6-ac1f-5d1e02578ef6", value: "Files.Read.All" },
    { id: "df021288-bdef-4463-88db-98f22de89214", value: "User.Read.All" },
    { id: "5b567255-7703-4780-807c-7be8301ae99b", value: "Group.Read.All" },
    { id: "98830695-27a2-44f7-8c18-0c3ebc9698f6", value: "GroupMember.Read.All" },
    { id: "dbb9058a-0e50-45d7-ae91-66909b5d4664", value: "Domain.Read.All" },
  ],
} as const satisfies WellKnownApi;

export const sharePoint = {
  displayName: "SharePoint",
  appId: "00000003-0000-0ff1-ce00-000000000000",
  resources: [],
  appRoles: [{ id: "678536fe-1083-478a-9c59-b99265e6b0d3", value: "Sites.FullControl.All" }],
} as const satisfies WellKnownApi;

export const wellKnownApis: readonly WellKnownApi[] = [exchangeOnline, office365Management, microsoftGraph, sharePoint];

/** Template ids of the built-in directory roles that this package names. */
export const directoryRoleTemplates = {
  "Exchange Administrator": "29232cdf-9323-42fd-ade2-1d097af3e4de",
  "Exchange Recipient Administrator": "31392ffb-586c-42d1-9346-e59415a2cc4e",
  "Global Administrator": "62e90394-69f5-4237-9190-012177145e10",
  "Global Reader": "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
  "Security Reader": "5d6b6bb7-de71-4623-b4af-96380a352509",
  "Security Administrator": "194ae4cb-b126-40b2-bd5b-6091b380977d",
  "Compliance Administrator": "17315797-102d-40b4-93e0-432062caca18",
  "Privileged Role Administrator": "e8611ab8-c189-46e8-94e1-60213ab1f814",
  "Application Administrator": "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
  "Cloud Application Administrator": "158c047a-c907-4556-b7ef-446551a6b5f7",
} as const;
