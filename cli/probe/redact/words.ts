/**
 * All that may be in what the probe writes down: words of the service's messages, names of its properties and of its enumerations. What
 * is not here is replaced, so a list that lacks something costs a word of an answer, never a secret. Words that are people's names as
 * well (will, grant, mark, page, may) are left out on purpose.
 */
import { directoryRoleTemplates, wellKnownApis } from "../../../provider/entra/wellKnown";
import { auditActionNames } from "../../../sandbox/exchange/auditActions";

function listed(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

/** Lower case: words of sentences, and the parts of names such as `ManagementObjectNotFoundException`. */
export const words: ReadonlySet<string> = new Set(
  listed(`
    a about accept accepted access account action actions active activity actor ad add added address admin administrator
    administrators admission after again age aggregate agent all allow allowed already ambiguous among an and another any api app
    application applications approved are argument arguments array as ask assign assigned assigning assignment assignments at
    attachment attempt attempted audience audit audited auditing auth authentication authorization available back backend bad
    balanced be because been before begin being belongs between binary bind binding bindings blob blocked body boolean both budget
    bulk busy but bypass by cache calendar call called caller calls can cancelled cannot capability cas category caught
    certificate change changed changes check claim claims class cleanup client close code collection combined come comes command
    commands committed communication compact compare compared compatible completed compliance component concurrency concurrent
    configuration confirm confirmation conflict conflicting connect connection consent contain contained contains context
    continue controller controllers convert core correct could couldn couldn't count create created credential credentials
    current currently custom customization data database date day days dc declared decode default defaults dehydrated delay delayed
    delays delegate delegation delete deleted denied deprecated description deserialize destination diagnostics did didn't
    directory disabled display displayed distinguished documentation does doesn doesn't domain don't done down duplicate duration
    dynamic each edit edm either element elsewhere email empty enable enabled encountered end endpoint enough ensure entity enumeration
    enumerator equal error errors etc event events exact exactly exceed exceeded exceeds except exception exchange executable
    execute executed executing execution exist existing exists exo expected expiry expire expired explicit explicitly exposed
    expression extension external fail failed failure false feature field fields file filter filterable filtering find first fix
    folder following for forbidden form format found free from full function functionality further gateway general generic get
    given global go group groups guid had handle has hash have haven header headers help helpdesk hint host hosted how http
    identifier identities identity if implicitly in inbox include incompatible incorrect increase inferred information initial inner
    input insensitive insufficient integer internal into invalid invocation invoke is isn isn't issued it item items its itself
    jobs json keep key kind known large last later latest ldap least length less let level license lifetime like limit limited
    limits link list listed literal load local location locked log logon long longer lost made mail mailbox mailboxes maintenance
    make malformed managed management mandatory manually many map match matched matches matching maximum message messages met
    metadata method microsoft middle minimum minutes missing mm mode model modified modify module moment months more most move
    moved multiple must name named names need needed needs new next no non none not nothing null number numbers object objects odata of
    off office older on once one online only open operand operation operations operator option optional options or order
    organization organizational other otherwise out outside over overloaded own owner package pagination paging parameter
    parameters parse parsed parser parsing partial passed path payload per perform performed permission permissions permitted
    persisted platform please plan policy port position possible powershell prefer prepare present preserved previous primary
    principal priority problem process processed processing program prompt properties property protocol provide provided provider
    proxy purge query queue quota range rate reached read readable reading reason received recipient recipients record records
    recover recoverable redirect refer reference refresh refused rejected remote remove removed replace replication request
    requested requests require required requires reset resolve resolved resource resources response restart restricted
    restriction result results retrieve retry retrying return returned review role roles root route routing rule rules run
    running runspace same save saved scenario schema scope scopes script search seconds section security segment select send
    sent separator serialization serializer server servers service session set sets setting settings several short should shouldn
    show shown sign since single size skip so some soft specified specify specific speed stack started state status still stop
    stopped storage store stored string subscribe subscription succeeded success successfully such suitability support supported switch
    syntax system table tag take takes target task tasks temporarily tenant term text than that the their them then there these
    they this those throttled throttling through throw thrown time timed timeout times to today token tokens too top total track
    transaction transformation transient try trying type typed types unable unauthorized unavailable unexpected unified unit
    unknown unlicensed unlimited unrecognized unsupported until update updated upgrade upload uri url use used user users using utc valid
    validate validation value values verify version view violation wait warning warnings was way we were what when where whether
    which while whose why windows with within without won words work working workload workloads would write wrong xml you your zone batch cmdlet cmdlets o parent segment sure want hint
  `),
);

const propertyNames = listed(`
  Alias AuditAdmin AuditBypassEnabled AuditDelegate AuditDisabled AuditEnabled AuditLogAgeLimit AuditOwner CmdletInput CmdletName
  Confirm DefaultAuditSet DisplayName DistinguishedName EmailAddresses ExchangeGuid ExchangeObjectId ExchangeVersion
  ExternalDirectoryObjectId Filter Guid Id Identity IsDehydrated IsResource IsValid Name ObjectId OrganizationId Parameters
  PersistedCapabilities PrimarySmtpAddress PropertySet RecipientType RecipientTypeDetails ResultSize
  UnifiedAuditLogIngestionEnabled UserPrincipalName WhatIf WhenChanged WhenChangedUTC WhenCreated WhenCreatedUTC Add Remove
  ModuleVersion exportedCmdlets requests responses id method url headers body status value error code message details target
  innererror internalexception type stacktrace
  @odata.context @odata.nextLink @odata.type @odata.id @odata.editLink @odata.count @adminapi.warnings adminapi.warnings@odata.type
  @adminapi.errors adminapi.errors@odata.type @adminapi.confirmationmessage
`);

const serviceTypes = listed(`
  Microsoft.Exchange.Admin.OData.Core.ODataServiceException Microsoft.Exchange.AdminApi.CommandInvocation.ParameterTransformationException
  Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException
  Microsoft.Exchange.Configuration.Tasks.CmdletProxyNotAvailableException Microsoft.OData.ODataException System.Exception
  System.InvalidOperationException #Collection(String) #Exchange.GenericHashTable Collection(Exchange.GenericHashTable)
  Collection System.Guid System.DateTime System.Boolean System.String System.Int32 Exchange.Mailbox Exchange.GenericHashTable
  Edm.String Edm.DateTimeOffset Edm.Boolean Edm.Guid Edm.Int32 Edm.Date
`);

const cmdlets = listed(`
  Get-Mailbox Set-Mailbox Get-EXOMailbox Get-MailboxAuditBypassAssociation Set-MailboxAuditBypassAssociation Get-OrganizationConfig
  Set-OrganizationConfig Get-AdminAuditLogConfig Set-AdminAuditLogConfig Enable-OrganizationCustomization
`);

const enumerations = listed(`
  None Admin Delegate Owner Client Context BadRequest NotFound Unauthorized Forbidden TooManyRequests ServiceUnavailable
  InternalServerError ErrorIncorrectRoutingHint UserMailbox SharedMailbox RoomMailbox EquipmentMailbox LinkedMailbox GroupMailbox
  DiscoveryMailbox LegacyMailbox LinkedRoomMailbox SchedulingMailbox TeamMailbox MailUniversalDistributionGroup M365Auditing
  BPOS_S_Enterprise BPOS_S_EquivioAnalytics BPOS_S_Standard BPOS_S_Premium Unlimited Audit Minimum All True False GET POST
  invalid_grant invalid_token invalid_request token_expired invalid_client insufficient_claims Bearer eq ne gt ge lt le
  application/json text/html text/plain application/xml charset utf-8 utf-16 odata.metadata minimal full none odata.streaming
  InvokeCommand EXOModuleFile EXOBanner CasMailbox Mailbox adminapi AdminApi beta v1.0 $batch $metadata $select $filter $top
  $skiptoken $count error_category client_id trusted_issuers token_types authorization_uri claims reason realm
  odata.maxpagesize odata.continue-on-error
  Server Required Current Invalid Expired Operation Expiry Default Cmdlet Error Object Version APP UPN SMTP MBX SystemMailbox FQDN GUID UTC API ID URL URI EXO DC OData
`);

/** Microsoft's own ids, the same in every tenant. */
const wellKnownIds: readonly string[] = [
  ...Object.values(directoryRoleTemplates),
  ...wellKnownApis.map(({ appId }) => appId),
  // Exchange's arbitration mailboxes, by which organizations are reached; and what every app-only token names as its role.
  "bb558c35-97f1-4cb9-8ff7-d53741dc928c",
  "8cc370d3-822a-4ab8-a926-bb94bd0641a9",
  "0997a1d0-0d1d-4acb-b408-d5ca73121e90",
  "729827e3-9c14-49f7-bb1b-9608f156bbb8",
];

/** Actions that public scripts set, and that no table of Microsoft's lists for all logon types. */
const otherActions = listed(`
  AttachmentAccess AddFolderPermissions ModifyFolderPermissions RemoveFolderPermissions UpdateComplianceTag PriorityCleanupDelete
  ApplyPriorityCleanup PreservedMailItemProactively
`);

const wellKnownTexts: readonly string[] = wellKnownApis.flatMap(({ resources, appRoles }) => [
  ...resources,
  ...appRoles.map(({ value }) => value),
]);

/** Whole words and values that stay as they are, letter for letter. */
export const identifiers: ReadonlySet<string> = new Set([
  ...propertyNames,
  ...serviceTypes,
  ...cmdlets,
  ...enumerations,
  ...wellKnownIds,
  ...wellKnownTexts,
  ...auditActionNames,
  ...otherActions,
]);

/** Hosts of Microsoft's clouds, which are nobody's own. */
export const hosts: ReadonlySet<string> = new Set(
  wellKnownApis.flatMap(({ resources }) => resources.map((resource) => new URL(resource).host)),
);
