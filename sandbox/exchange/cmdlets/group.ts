/** `Get-Group`: a group of any kind by name, address, GUID or distinguished name. */
import { applicationAccessOf, type ExchangeGroup } from "../applicationAccess";
import type { WireProperty } from "../properties";
import { objectNotFound } from "../rbacErrors";
import type { Cmdlet } from "./cmdlet";
import { single } from "./cmdlet";

const properties: readonly WireProperty<ExchangeGroup>[] = [
  { name: "DisplayName", type: "string", value: ({ name }) => name },
  { name: "WindowsEmailAddress", type: "string", value: ({ primarySmtpAddress }) => primarySmtpAddress },
  { name: "RecipientTypeDetails", type: "string", value: ({ recipientTypeDetails }) => recipientTypeDetails },
  { name: "Name", type: "string", value: ({ name }) => name },
  { name: "Identity", type: "string", value: ({ name }) => name },
  { name: "DistinguishedName", type: "string", value: ({ distinguishedName }) => distinguishedName },
  { name: "Guid", type: "guid", value: ({ guid }) => guid },
];

export const getGroup: Cmdlet = {
  name: "Get-Group",
  parameters: ["Identity"],
  run({ parameters, organization }) {
    const identity = parameters.required("Identity");
    const found = applicationAccessOf(organization).directory.findGroup(identity);
    if (found === undefined) throw objectNotFound(identity);
    return single(found, properties);
  },
};
