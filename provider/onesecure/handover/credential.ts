/** Credentials by hand. They are added in the wizard of a source, and edited and deleted on the Credentials tab. */
import { createHash, X509Certificate } from "node:crypto";
import { wholeSeconds } from "../../entra/dates";
import type { Entry } from "../../operator/entry";
import type { Handover } from "../../operator/handover";
import { clientSecretStep } from "../../operator/clientSecretStep";
import { operatorId } from "../../operator/ids";
import { onesecure } from "../../operator/products";
import type { Sheet, Step, Values, Work } from "../../operator/sheet";
import type { CredentialInputs } from "../credential";
import { guidField, organizationField, textField } from "./fields";
import * as words from "./words";

const { labels, orders, said } = words;

export const credentialHandover: Handover<CredentialInputs> = {
  token: "m365audit:onesecure:Credential",
  product: onesecure,
  entered: ["organization", "clientId", "displayName"],
  hasSecret: true,

  idOf: ({ organization }, declaration) =>
    operatorId(organization, "credentials", createHash("sha256").update(declaration).digest("hex").slice(0, 8)),

  sheet(work) {
    const { id, found, changes } = work;
    const task = words.tasks.credential(id);
    const declared: Values = work.declared;
    const name = said(declared["displayName"]);
    if (changes.length === 0) return { task, title: `Credentials ${name}: nothing to do`, steps: [] };
    if (found === undefined) return { task, title: `Add the credentials ${name}`, steps: creation(work) };
    if (changes.some(({ replaces }) => replaces)) {
      return {
        task,
        title: `Replace the credentials ${name}`,
        steps: [...creation(work), ...removal(found, orders.oldCredentials)],
      };
    }
    return { task, title: `Change the credentials ${name}`, steps: edits(work, found) };
  },

  removal({ id, found, vendorId }): Sheet {
    return {
      task: words.tasks.removal(words.tasks.credential(id)),
      title: `Delete the credentials ${words.recorded(found["displayName"])}`,
      steps: removal(found, orders.wizard, vendorId),
      // Which sources used them is not known by now, and 1Secure deletes none that is in use: so after whatever is to do at sources.
      afterAll: [words.tasks.anySource],
    };
  },

  // Under another app, too: the app of a component that was renamed in the program is another one.
  isSameThing: (declared, found) => words.haveSame(["organization", "displayName"], declared, found),

  outputs: (id, _declared, entered) => ({
    credentialId: id,
    ...(entered?.certificate === undefined ? {} : certificateOf(entered.certificate)),
    ...vendorIdOf(entered),
  }),

  fields: [
    organizationField,
    guidField("clientId", labels.clientId),
    textField("displayName", labels.displayName, "as on the Credentials tab of the organization"),
  ],
};

/** What an attestation says of the product's own id. */
export function vendorIdOf(entered: Entry | undefined): { readonly vendorId?: string } {
  return entered?.id === undefined ? {} : { vendorId: entered.id };
}

/** In the wizard of a source, the part of step 5 that adds credentials. */
function creation({ stack, declared }: Work<CredentialInputs>): Step[] {
  const { organization, clientId, displayName, clientSecretReference }: Values = declared;
  const certificate =
    "**Download Certificate**: click it and keep the file. `m365audit attest` takes it with `--certificate FILE`, and the next " +
    "`pulumi up` uploads it to the app. 1Secure keeps its private key.";
  return [
    ...words.toOrganization(said(organization)),
    {
      order: 3,
      text:
        "On the **Sources** tab, add the Exchange Online source that uses these credentials (**Add**, **Exchange Online**, **Next**), " +
        "or edit it where it is there already: credentials are added with a source.",
      alone: true,
    },
    {
      order: 5.4,
      text: `**${labels.credentials}**: select **Add new Credentials** from the drop-down menu, or click the **Add** icon.`,
    },
    { order: 5.5, text: `**${labels.clientId}**: enter ${said(clientId)}.` },
    {
      order: 5.6,
      text: clientSecretStep({ reference: clientSecretReference, stack }),
    },
    { order: 5.7, text: certificate },
    { order: 5.8, text: `**${labels.displayName}**: enter ${said(displayName)}. Save the credentials.` },
    { order: 8, text: "Go on with the steps of the source, which has these credentials selected.", alone: true },
  ];
}

/** Only what changes, in the order of the dialog. */
function edits({ stack, declared, changes, secretBefore }: Work<CredentialInputs>, found: Values): Step[] {
  const { organization, displayName, clientSecretReference }: Values = declared;
  const at = new Map(changes.map((change) => [change.path, change]));
  const clientId = at.get("clientId");
  const name = at.get("displayName");
  // Another app's secrets have nothing to do with those of the one before, which may be gone.
  const before = clientId === undefined ? secretBefore : undefined;
  return [
    ...words.toOrganization(said(found["organization"] ?? organization), orders.editCredentials),
    ...words.steps(orders.editCredentials + 0.1, [
      `On the **Credentials** tab, select the credentials ${said(found["displayName"] ?? displayName)} and click the **Edit** icon.`,
      ...(clientId === undefined ? [] : [words.changed(labels.clientId, clientId.from, clientId.to)]),
      ...(at.has("clientSecret") ? [clientSecretStep({ reference: clientSecretReference, stack, before })] : []),
      ...(name === undefined ? [] : [words.changed(labels.displayName, name.from, name.to)]),
      "Save the credentials.",
    ]),
  ];
}

function removal(found: Values, from: number, vendorId?: string): Step[] {
  const order = from === orders.wizard ? 3 : from + 0.1;
  const text =
    `On the **Credentials** tab, select the credentials ${words.recorded(found["displayName"])}${words.withVendorId(vendorId)} and click the ` +
    "**Delete** icon. 1Secure deletes them only when no source uses them any more.";
  return [...words.toOrganization(words.recorded(found["organization"]), from), { order, text }];
}

/** What comes out of the file that the product gave, and no more than the certificate in it. */
function certificateOf(pem: string): Readonly<Record<string, string>> {
  const certificate = new X509Certificate(pem);
  return {
    certificatePem: certificate.toString(),
    certificateThumbprint: certificate.fingerprint.replaceAll(":", ""),
    certificateEndDate: wholeSeconds(certificate.validTo),
  };
}
