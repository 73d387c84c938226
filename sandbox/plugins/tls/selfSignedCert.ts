/**
 * `tls:index/selfSignedCert:SelfSignedCert`: a certificate that lives in the state and nowhere else.
 *
 * Its validity times carry nanoseconds, while the certificate itself has whole seconds: whoever compares the two must cut.
 */
import { randomBytes } from "node:crypto";
import { rfc3339Nano } from "../clock";
import type { ResourceType } from "../resource";
import { requiredText, texts, type PlainMap } from "../values";
import type { TlsContext } from "./context";
import { issueSelfSigned, keyAlgorithm, keyUses, subjectFields } from "./issue";

const HOUR = 3_600_000_000_000n;
const repeated = [
  "allowedUses",
  "dnsNames",
  "earlyRenewalHours",
  "ipAddresses",
  "maxPathLength",
  "privateKeyPem",
  "privateKeyPemWoVersion",
  "subject",
  "uris",
  "validityPeriodHours",
] as const;

export const selfSignedCert: ResourceType<TlsContext> = {
  token: "tls:index/selfSignedCert:SelfSignedCert",
  idInOutputs: true,
  properties: {
    allowedUses: { input: "required", replaces: true, oneOf: keyUses },
    dnsNames: { input: "optional", replaces: true },
    earlyRenewalHours: { input: "optional", default: 0 },
    ipAddresses: { input: "optional", replaces: true },
    isCaCertificate: { input: "optional", replaces: true, default: false },
    maxPathLength: { input: "optional", replaces: true },
    privateKeyPem: { input: "optional", replaces: true, secret: true },
    setAuthorityKeyId: { input: "optional", replaces: true, default: false },
    setSubjectKeyId: { input: "optional", replaces: true, default: false },
    subject: { input: "optional", replaces: true },
    uris: { input: "optional", replaces: true },
    validityPeriodHours: { input: "required", replaces: true },
    certPem: {},
    keyAlgorithm: {},
    readyForRenewal: { default: false },
    validityEndTime: {},
    validityStartTime: {},
  },
  validate: (inputs) => {
    const subject = inputs["subject"];
    const unknownField =
      subject === undefined || subject === null
        ? undefined
        : Object.keys(subject).find((field) => !(field in subjectFields) && field !== "__defaults");
    return [
      ...(inputs["privateKeyPem"] === undefined
        ? [{ property: "privateKeyPem", reason: "privateKeyPem is needed (the stand-in knows no write-only key)" }]
        : []),
      ...(unknownField === undefined
        ? []
        : [{ property: `subject.${unknownField}`, reason: `must be one of ${Object.keys(subjectFields).join(", ")}` }]),
    ];
  },
  // Early renewal as the program has it now, not as it was when the certificate was made.
  expired: ({ clock }, state, inputs) =>
    isReady(clock.nanoseconds(), { ...state, earlyRenewalHours: inputs["earlyRenewalHours"] ?? 0 })
      ? ["readyForRenewal"]
      : [],
  async create({ clock }, inputs) {
    const start = clock.nanoseconds();
    const end = start + BigInt(Math.round(number(inputs, "validityPeriodHours"))) * HOUR;
    const keyPem = requiredText(inputs, "privateKeyPem");
    // As the official plugin: any number of 128 bits; the id is the same number in decimal.
    const serial = BigInt(`0x${randomBytes(16).toString("hex")}`);
    const certPem = await issueSelfSigned({
      keyPem,
      serial,
      notBefore: wholeSecond(start),
      notAfter: wholeSecond(end),
      subject: stringMap(inputs["subject"]),
      allowedUses: texts(inputs, "allowedUses"),
      dnsNames: texts(inputs, "dnsNames"),
      ipAddresses: texts(inputs, "ipAddresses"),
      uris: texts(inputs, "uris"),
      isCa: inputs["isCaCertificate"] === true,
      ...(inputs["maxPathLength"] === undefined ? {} : { maxPathLength: number(inputs, "maxPathLength") }),
      subjectKeyId: inputs["setSubjectKeyId"] === true,
      authorityKeyId: inputs["setAuthorityKeyId"] === true,
    });
    return {
      id: serial.toString(),
      outputs: {
        ...settings(inputs),
        certPem,
        keyAlgorithm: keyAlgorithm(keyPem),
        readyForRenewal: false,
        validityEndTime: rfc3339Nano(end),
        validityStartTime: rfc3339Nano(start),
      },
    };
  },
  read: ({ clock }, id, state) => {
    if (Object.keys(state).length === 0)
      throw new Error("tls.SelfSignedCert can't be imported: it exists only in the state.");
    const ready = isReady(clock.nanoseconds(), state);
    return Promise.resolve({ id, outputs: ready ? { ...state, readyForRenewal: true } : state });
  },
  update: (_context, _id, state, inputs) => Promise.resolve({ ...state, ...settings(inputs), readyForRenewal: false }),
  delete: () => Promise.resolve(),
};

/** What is repeated of the inputs, with the defaults; what is not set is left out. */
function settings(inputs: PlainMap): PlainMap {
  const given = repeated.flatMap((name) => (inputs[name] === undefined ? [] : [[name, inputs[name]] as const]));
  return {
    earlyRenewalHours: 0,
    isCaCertificate: inputs["isCaCertificate"] === true,
    setAuthorityKeyId: inputs["setAuthorityKeyId"] === true,
    setSubjectKeyId: inputs["setSubjectKeyId"] === true,
    ...Object.fromEntries(given),
  };
}

/** Whether the certificate has run out, or will within `earlyRenewalHours`. */
function isReady(now: bigint, state: PlainMap): boolean {
  const end = state["validityEndTime"];
  if (typeof end !== "string") return false;
  const early = BigInt(Math.round(number(state, "earlyRenewalHours")));
  return BigInt(Date.parse(end)) * 1_000_000n - early * HOUR <= now;
}

function wholeSecond(nanoseconds: bigint): Date {
  return new Date(Number(nanoseconds / 1_000_000_000n) * 1000);
}

function number(properties: PlainMap, name: string): number {
  const value = properties[name];
  return typeof value === "number" ? value : 0;
}

function stringMap(value: PlainMap[string] | undefined): Readonly<Record<string, readonly string[]>> {
  if (value === undefined || value === null || typeof value !== "object") return {};
  return Object.fromEntries(
    Object.entries(value as PlainMap).map(([field, content]) => [
      field,
      Array.isArray(content) ? content.map(String) : typeof content === "string" ? [content] : [],
    ]),
  );
}
