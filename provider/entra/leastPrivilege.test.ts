import {
  type ExchangeOnlineFeatures,
  nowPrivacyAccess,
  nowPrivacyServiceAccess,
  type NowPrivacyService,
} from "./leastPrivilege";
import { type RequiredAccess, requiredAccess, requiredAccessProblems } from "./leastPrivilege";
import { microsoftGraph, wellKnownApis } from "./wellKnown";

const said = ({ permissions, directoryRole }: RequiredAccess): readonly string[] => [
  ...permissions.flatMap(({ api, values }) => values.map((value) => `${api.displayName}: ${value}`)),
  ...(directoryRole === undefined ? [] : [`role ${directoryRole}`]),
];

const activity = "Office 365 Management APIs: ActivityFeed.Read";
const exchange = "Office 365 Exchange Online: Exchange.ManageAsApp";
const role = "role Exchange Administrator";

const table: readonly [ExchangeOnlineFeatures["nonOwnerAuditing"], boolean | undefined, readonly string[]][] = [
  ["thisApp", undefined, [activity, exchange, role]],
  ["thisApp", true, [activity, exchange, role]],
  ["elsewhere", undefined, [activity]],
  ["elsewhere", true, [activity, exchange]],
  ["elsewhere", false, [activity]],
  ["off", undefined, [activity]],
  ["off", true, [activity, exchange]],
  ["off", false, [activity]],
];

test.each(table)(
  "non-owner auditing %s with exchangeManageAsApp %s needs exactly %j",
  (nonOwnerAuditing, exchangeManageAsApp, expected) => {
    expect(said(requiredAccess({ nonOwnerAuditing, exchangeManageAsApp }))).toEqual(expected);
  },
);

test("an app that sets up non-owner auditing without Exchange.ManageAsApp is the one combination that is refused", () => {
  const features = { nonOwnerAuditing: "thisApp", exchangeManageAsApp: false } as const;
  expect(requiredAccessProblems(features, "access.")).toEqual([
    {
      path: "access.exchangeManageAsApp",
      message: expect.stringContaining("false was given; allowed: true, or left out"),
    },
  ]);
  expect(() => requiredAccess(features)).toThrow(/signs in to Exchange Online with Exchange.ManageAsApp/);
});

test.each<[NowPrivacyService[], string[]]>([
  [["Exchange"], ["Calendars.Read", "Directory.Read.All", "Mail.Read"]],
  [["SharePoint"], ["Directory.Read.All", "Sites.Read.All"]],
  [["OneDrive"], ["Directory.Read.All", "Files.Read.All"]],
  [
    ["Exchange", "SharePoint"],
    ["Calendars.Read", "Directory.Read.All", "Mail.Read", "Sites.Read.All"],
  ],
  [
    ["Exchange", "OneDrive"],
    ["Calendars.Read", "Directory.Read.All", "Files.Read.All", "Mail.Read"],
  ],
  [
    ["SharePoint", "OneDrive"],
    ["Directory.Read.All", "Files.Read.All", "Sites.Read.All"],
  ],
  [
    ["OneDrive", "Exchange", "SharePoint"],
    ["Calendars.Read", "Directory.Read.All", "Files.Read.All", "Mail.Read", "Sites.Read.All"],
  ],
])("NOW Privacy needs for %j exactly %j of Microsoft Graph, and no role", (services, values) => {
  expect(nowPrivacyAccess(services)).toEqual({
    permissions: [{ api: microsoftGraph, values }],
    directoryRole: undefined,
  });
});

test("only SharePoint's permissions are inferred, and no service at all is refused", () => {
  const inferred = Object.entries(nowPrivacyServiceAccess).filter(([, access]) => access.inferred);
  expect(inferred.map(([service]) => service)).toEqual(["SharePoint"]);
  expect(() => nowPrivacyAccess([])).toThrow(/services: nothing was given/);
});

test("every permission is one that its API really offers to applications", () => {
  const needed = [
    requiredAccess({ nonOwnerAuditing: "thisApp" }),
    nowPrivacyAccess(["Exchange", "SharePoint", "OneDrive"]),
  ].flatMap(({ permissions }) => permissions);
  for (const { api, values } of needed) {
    const offered = wellKnownApis.find(({ appId }) => appId === api.appId)?.appRoles.map(({ value }) => value);
    expect(offered).toEqual(expect.arrayContaining([...values]));
  }
});
