/** `tls:index/privateKey:PrivateKey`: a key pair that lives in the state and nowhere else. */
import { createHash, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { ResourceType } from "../resource";
import { requiredText, shown, type PlainMap } from "../values";
import type { TlsContext } from "./context";
import { openSshKey } from "./openSsh";

const generate = promisify(generateKeyPair);
const namedCurves = { P224: "secp224r1", P256: "P-256", P384: "P-384", P521: "P-521" } as const;

export const privateKey: ResourceType<TlsContext> = {
  token: "tls:index/privateKey:PrivateKey",
  idInOutputs: true,
  properties: {
    algorithm: { input: "required", replaces: true, oneOf: ["RSA", "ECDSA", "ED25519"] },
    ecdsaCurve: { input: "optional", replaces: true, default: "P224", oneOf: Object.keys(namedCurves) },
    rsaBits: { input: "optional", replaces: true, default: 2048 },
    privateKeyOpenssh: { secret: true },
    privateKeyPem: { secret: true },
    privateKeyPemPkcs8: { secret: true },
    publicKeyFingerprintMd5: {},
    publicKeyFingerprintSha256: {},
    publicKeyOpenssh: {},
    publicKeyPem: {},
  },
  async create(_context, inputs) {
    const key = await generateKey(inputs);
    const publicKey = createPublicKey(key);
    const der = publicKey.export({ type: "spki", format: "der" });
    const ssh = openSshKey(key);
    return {
      id: createHash("sha1").update(der).digest("hex"),
      outputs: {
        algorithm: requiredText(inputs, "algorithm"),
        ecdsaCurve: inputs["ecdsaCurve"] ?? "P224",
        rsaBits: inputs["rsaBits"] ?? 2048,
        privateKeyOpenssh: ssh?.privateKey ?? "",
        privateKeyPem: pem(key),
        privateKeyPemPkcs8: key.export({ type: "pkcs8", format: "pem" }).toString(),
        publicKeyFingerprintMd5: ssh?.fingerprintMd5 ?? "",
        publicKeyFingerprintSha256: ssh?.fingerprintSha256 ?? "",
        publicKeyOpenssh: ssh?.publicKey ?? "",
        publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
      },
    };
  },
  read: (_context, id, state) => {
    if (Object.keys(state).length === 0)
      throw new Error("tls.PrivateKey can't be imported: a key exists only in the state.");
    return Promise.resolve({ id, outputs: state });
  },
  delete: () => Promise.resolve(),
};

async function generateKey(inputs: PlainMap): Promise<KeyObject> {
  switch (inputs["algorithm"]) {
    case "RSA": {
      const bits = inputs["rsaBits"] ?? 2048;
      if (typeof bits !== "number" || bits < 1024)
        throw new Error(`An RSA key of ${shown(bits)} bits can't be generated.`);
      return (await generate("rsa", { modulusLength: bits })).privateKey;
    }
    case "ECDSA": {
      const curve = namedCurves[(inputs["ecdsaCurve"] ?? "P224") as keyof typeof namedCurves];
      return (await generate("ec", { namedCurve: curve })).privateKey;
    }
    default:
      return (await generate("ed25519")).privateKey;
  }
}

/** In the format that is traditional for the algorithm, as the official plugin writes it. */
function pem(key: KeyObject): string {
  const type = key.asymmetricKeyType === "rsa" ? "pkcs1" : key.asymmetricKeyType === "ec" ? "sec1" : "pkcs8";
  return key.export({ type, format: "pem" }).toString();
}
