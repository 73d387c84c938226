import fc from "fast-check";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { decode, encode } from "./codec";
import { Secret, UNKNOWN, type Value } from "./values";

const signature = "4dabf18193072939515e22adb298388d";

it("takes no properties from no struct", () => {
  expect(decode(undefined)).toEqual({});
});

it("gives back what it wrote, with every mark in its place", () => {
  const { map } = fc.letrec<{ value: Value; map: Record<string, Value> }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom(null, true, 1.5, UNKNOWN),
      fc.string(),
      fc.array(tie("value"), { maxLength: 3 }),
      tie("map"),
      tie("value").map((value) => new Secret(value)),
    ),
    map: fc.dictionary(
      fc.string().filter((key) => key !== "__proto__"),
      tie("value"),
      { maxKeys: 3, noNullPrototype: true },
    ),
  }));
  fc.assert(
    fc.property(map, (properties) => {
      expect(decode(encode(properties))).toEqual(properties);
    }),
  );
});

it("understands outputs and references to resources as the engine sends them", () => {
  const output = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
  const resource = "5cf8f73096256a8f31e491e813e4eb8e";
  const wire = Struct.fromJavaScript({
    secret: { [signature]: output, value: "v", secret: true, dependencies: [] },
    unknown: { [signature]: output },
    resource: { [signature]: resource, urn: "urn", id: "id" },
  });
  expect(decode(wire)).toEqual({ secret: new Secret("v"), unknown: UNKNOWN, resource: "id" });
});
