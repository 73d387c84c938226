/** Runs of a program with one `Certificate`, as the tls and azuread plugins would have it. */
import type * as pulumi from "@pulumi/pulumi";
import {
  type EngineRecord,
  mockEngine,
  type MockEngineOptions,
  type Registered,
} from "../../pulumi/testing/mockEngine";
import { Certificate } from "../certificate";
import type { CertificateArgs } from "../certificateArgs";
import { dayMs } from "../dates";
import type { TestCertificate } from "./certificates";

export const applicationId = "/applications/984d51af-215f-437c-ab31-480cc7c04b0e";
/** The day of the first run. */
export const start = Date.parse("2026-11-22T17:51:31.008Z");
export const credentialType = "azuread:index/applicationCertificate:ApplicationCertificate";

export interface Run {
  readonly certificate: Certificate;
  readonly resources: readonly Registered[];
  /** Those that the application holds. */
  readonly uploaded: readonly string[];
  readonly record: EngineRecord;
}

export interface Runs {
  /** One `up`, so many days after the first. */
  up(args: Partial<CertificateArgs>, day?: number, before?: Run): Promise<Run>;
  /** A program whose arguments are to be refused on the first day. */
  refused(args: Partial<CertificateArgs>): Promise<{ problems: readonly string[]; registered: readonly string[] }>;
  /** An engine on the first day. */
  plugins(now?: number): Required<Pick<MockEngineOptions, "now" | "outputs">>;
}

/** @param made what the tls plugin makes; asked when it does */
export function runsWith(made: () => TestCertificate): Runs {
  const plugins: Runs["plugins"] = (now = start) => ({
    now,
    outputs: (type, name, inputs) => {
      switch (type) {
        case "tls:index/privateKey:PrivateKey":
          return { privateKeyPem: made().privateKeyPem, privateKeyPemPkcs8: made().privateKeyPem };
        case "tls:index/selfSignedCert:SelfSignedCert": {
          const end = new Date(now + Number(inputs["validityPeriodHours"]) * 3_600_000 + 1_500);
          return { certPem: made().certificatePem, validityEndTime: end.toISOString().replace("Z", "906399Z") };
        }
        case credentialType:
          return { keyId: `key of ${name}` };
        default:
          return {};
      }
    },
  });
  const program = (args: Partial<CertificateArgs>, now: number) => (): Certificate =>
    new Certificate("exchange", { applicationId, ...args }, {}, () => now);
  return {
    plugins,
    up: async (args, day = 0, before) => {
      const now = start + day * dayMs;
      const engine = await mockEngine({ ...plugins(now), ...(before === undefined ? {} : { before: before.record }) });
      const { result, resources } = await engine.run(program(args, now));
      const uploaded = resources.filter(({ type }) => type === credentialType).map(({ name }) => name);
      return { certificate: result, resources, uploaded, record: engine.record };
    },
    refused: async (args) => (await mockEngine(plugins())).refused(program(args, start)),
  };
}

/** A resource of a run. */
export function named({ resources }: Pick<Run, "resources">, name: string): Registered {
  const found = resources.find((resource) => resource.name === name);
  if (found === undefined) throw new Error(`${name} was not registered`);
  return found;
}

export function keyOf({ privateKeyPem }: Certificate): pulumi.Output<string> {
  if (privateKeyPem === undefined) throw new Error("there is no key");
  return privateKeyPem;
}
