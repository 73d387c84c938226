/**
 * Between `google.protobuf.Struct`, as the Pulumi engine sends properties, and {@link Value}.
 *
 * The signatures are those that Pulumi's own SDK uses:
 * {@link https://github.com/pulumi/pulumi/blob/master/sdk/nodejs/runtime/rpc.ts}.
 */
import * as struct from "google-protobuf/google/protobuf/struct_pb";
import { isList, isMap, Secret, UNKNOWN, type Value, type ValueMap } from "./values";

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const resourceSignature = "5cf8f73096256a8f31e491e813e4eb8e";
/** How a value that is not known yet is written: one text for each type of value. */
const unknownTexts = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);
const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Reads properties; a missing struct (as in an import) is no properties. */
export function decode(properties: struct.Struct | undefined): ValueMap {
  return properties === undefined ? {} : decodeMap(properties.toJavaScript());
}

/** Writes properties. */
export function encode(properties: ValueMap): struct.Struct {
  return struct.Struct.fromJavaScript(encodeMap(properties));
}

function decodeMap(map: Readonly<Record<string, unknown>>): ValueMap {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, decodeValue(value)]));
}

function decodeValue(value: unknown): Value {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return unknownTexts.has(value) ? UNKNOWN : value;
  if (typeof value === "boolean" || typeof value === "number") return value;
  if (Array.isArray(value)) return value.map(decodeValue);
  const map = value as Readonly<Record<string, unknown>>;
  switch (map[signatureKey]) {
    case secretSignature:
      return new Secret(decodeValue(map["value"]));
    case outputSignature: {
      const known = "value" in map ? decodeValue(map["value"]) : UNKNOWN;
      return map["secret"] === true ? new Secret(known) : known;
    }
    case resourceSignature:
      return decodeValue(map["id"] ?? map["urn"]);
    default:
      // Assets and archives keep their signature and travel as they came.
      return decodeMap(map);
  }
}

function encodeMap(map: ValueMap): Record<string, struct.JavaScriptValue> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, encodeValue(value)]));
}

function encodeValue(value: Value): struct.JavaScriptValue {
  if (value === UNKNOWN) return unknownText;
  if (value instanceof Secret) return { [signatureKey]: secretSignature, value: encodeValue(value.value) };
  if (isMap(value)) return encodeMap(value);
  if (isList(value)) return value.map(encodeValue);
  return value;
}
