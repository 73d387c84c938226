import * as path from "node:path";
import { z } from "zod";
import { readSource, type Source } from "./comments";
import { generateSchema, type Contracts } from "./generate";
import type { EnumTypeSpec, ObjectTypeSpec, PackageSpec, ResourceSpec, TypeSpec } from "./packageSpec";
import * as house from "./testing/contracts";

const facts = { version: "1.2.3", description: "A house.", keywords: ["pulumi"], license: "Apache-2.0" };

function resource(schema: PackageSpec, token: string): ResourceSpec {
  const found = schema.resources[token];
  if (found === undefined) throw new Error(`no resource ${token}`);
  return found;
}

/** Every `$ref` anywhere below. */
function references(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]: [string, unknown]) =>
    key === "$ref" && typeof item === "string" ? [item] : references(item),
  );
}

describe("the generated schema", () => {
  let source: Source;
  let schema: PackageSpec;
  let lamp: ResourceSpec;
  let room: ResourceSpec;

  beforeAll(() => {
    source = readSource(path.join(__dirname, "testing", "contracts.ts"));
    schema = generateSchema(house, source, facts);
    lamp = resource(schema, "m365audit:house:Lamp");
    room = resource(schema, "m365audit:house:Room");
  });

  /** Generates with other contracts than those that the comments are of. */
  function generating(changes: Partial<Contracts>): () => PackageSpec {
    return () => generateSchema({ ...house, ...changes }, source, facts);
  }

  it("carries the version and the words of package.json", () => {
    expect(schema).toMatchObject({ name: "m365audit", version: "1.2.3", keywords: ["pulumi"], license: "Apache-2.0" });
  });

  it("takes descriptions from doc comments, one line a paragraph, links as addresses", () => {
    expect(lamp.inputProperties.room?.description).toBe("Where the lamp hangs.\n\nSee https://example.com/rooms.");
  });

  it("finds the comments of a contract that is declared as the plain interface, and of picked and spread properties", () => {
    expect(lamp.inputProperties.color?.description).toBe("The light's color.");
    expect(room.inputProperties.color?.description).toBe("The light's color.");
  });

  it("finds the comments of nested objects in lists, maps, options and shared helpers", () => {
    const types = schema.types as Record<string, ObjectTypeSpec>;
    expect(types["m365audit:house:RoomLamps"]?.properties.power?.description).toBe("Its watts.");
    expect(types["m365audit:house:RoomDoor"]?.properties.width?.description).toBe("Its width in centimetres.");
    expect(types["m365audit:house:LampBulbs"]?.properties.count?.description).toBe("How many there are.");
    expect(types["m365audit:house:LampBrokenSample"]?.properties.name?.description).toBe("Which one.");
  });

  it("marks secrets, replacing properties and deprecated ones", () => {
    expect(lamp.inputProperties.pin).toMatchObject({ type: "string", secret: true });
    expect(lamp.properties.pin).toMatchObject({ secret: true });
    expect(lamp.inputProperties.room).toMatchObject({ replaceOnChanges: true });
    expect(room.inputProperties.room).not.toHaveProperty("replaceOnChanges");
    expect(lamp.inputProperties.alias).toMatchObject({ deprecationMessage: "Use `room`." });
    expect(lamp.inputProperties.power).not.toHaveProperty("secret");
    expect(room.properties.key).toMatchObject({ secret: true });
  });

  it("says what a component must know when it is constructed", () => {
    expect(room.inputProperties.door).toMatchObject({ plain: true });
    expect(room.inputProperties.color).not.toHaveProperty("plain");
  });

  it("gives a plain default as a default, and tells any other in words", () => {
    expect(lamp.inputProperties.power).toMatchObject({ type: "number", default: 40 });
    expect(lamp.inputProperties.owners).not.toHaveProperty("default");
    expect(lamp.inputProperties.owners?.description).toBe("Who may switch it.\n\nDefault: `[]`.");
  });

  it("requires of a program only what has no default, and promises no more of what is declared", () => {
    expect(lamp.requiredInputs).toEqual(["room"]);
    expect(lamp.required).toEqual(["bulbs", "room"]);
    expect(room.requiredInputs).toEqual(["lamps", "room"]);
  });

  it("names an enumeration once, by its typeName, wherever it stands", () => {
    expect(schema.types["m365audit:house:Color"]).toEqual<EnumTypeSpec>({
      type: "string",
      enum: [
        { name: "Red", value: "red" },
        { name: "DeepBlue", value: "deep-blue" },
      ],
    });
    expect(lamp.inputProperties.color).toMatchObject({ $ref: "#/types/m365audit:house:Color", default: "red" });
    expect(room.inputProperties.color?.$ref).toBe("#/types/m365audit:house:Color");
  });

  it("tells whole numbers, lists and maps apart", () => {
    const types = schema.types as Record<string, ObjectTypeSpec>;
    const lamps: TypeSpec | undefined = room.inputProperties.lamps;
    expect(lamps).toMatchObject({
      type: "object",
      additionalProperties: { $ref: "#/types/m365audit:house:RoomLamps" },
    });
    expect(lamp.inputProperties.owners).toMatchObject({ type: "array", items: { type: "string" } });
    expect(types["m365audit:house:LampBulbs"]?.properties.count?.type).toBe("integer");
  });

  it("lists drift among what may come out, and never among what is declared", () => {
    expect(lamp.properties.broken?.description).toMatch(/^Bulbs that do not\.\n\nOnly there when it was found/);
    expect(lamp.required).not.toContain("broken");
    expect(lamp.inputProperties).not.toHaveProperty("broken");
  });

  it("says which resources are components", () => {
    expect(room.isComponent).toBe(true);
    expect(lamp).not.toHaveProperty("isComponent");
  });

  it("offers every setting to the stack's configuration, to a provider and to the environment", () => {
    const variables = schema.config.variables;
    expect(variables.houseKey).toMatchObject({ secret: true });
    expect(variables.houseAddress).toMatchObject({
      default: "https://house.example",
      defaultInfo: { environment: ["M365AUDIT_HOUSE_ADDRESS"] },
    });
    expect(schema.provider.inputProperties).toEqual(variables);
  });

  it("tells the values of a setting in words, because settings are text", () => {
    expect(schema.config.variables.warmth).toMatchObject({
      type: "string",
      default: "warm",
      description: "How warm it is to be.\n\nAllowed: `warm`, `cold`.",
    });
  });

  it("refers to no type that it does not have", () => {
    const named = references(schema).filter((reference) => reference.startsWith("#/"));
    expect(named.length).toBeGreaterThan(0);
    for (const reference of named) expect(Object.keys(schema.types)).toContain(reference.replace("#/types/", ""));
  });

  it("is the same text whatever the order of the table", () => {
    const turned = { ...house, kinds: Object.fromEntries(Object.entries(house.kinds).reverse()) };
    expect(JSON.stringify(generateSchema(turned, source, facts))).toBe(JSON.stringify(schema));
  });

  it("is refused with the names of all properties that have no doc comment", () => {
    const bare = { ...house.kinds["m365audit:house:Lamp"], drift: z.object({ dust: z.int(), rust: z.int() }) };
    expect(generating({ kinds: { "m365audit:house:Lamp": bare } })).toThrow(
      /house:Lamp\.dust: no doc comment\n.*house:Lamp\.rust: no doc comment/,
    );
  });

  it("is refused when two different types have one name", () => {
    const other = z.enum(["warm", "cold"]).meta({ typeName: "Color" });
    const lamp = { ...house.kinds["m365audit:house:Lamp"], drift: z.object({ broken: other }) };
    expect(generating({ kinds: { "m365audit:house:Lamp": lamp } })).toThrow(
      "house:Lamp.broken: another type is called m365audit:house:Color",
    );
  });

  it("is refused when a property has a name that Pulumi keeps for itself", () => {
    expect(generating({ settings: z.object({ id: z.string() }) })).toThrow('Pulumi keeps the name "id" for itself');
  });

  it("is refused when a contract calls itself something else than the table does", () => {
    const lamp = { ...house.kinds["m365audit:house:Lamp"], token: "m365audit:house:Torch" };
    expect(generating({ kinds: { "m365audit:house:Lamp": lamp } })).toThrow(
      "m365audit:house:Lamp: the contract under this token calls itself m365audit:house:Torch",
    );
  });

  it("is refused for a setting that is more than one value", () => {
    expect(generating({ settings: z.object({ houseKey: z.object({}) }) })).toThrow(
      "settings.houseKey: a setting is one value, not an object",
    );
  });

  it("is refused for a type that other languages cannot have", () => {
    expect(generating({ settings: z.object({ houseKey: z.date() }) })).toThrow(
      `settings.houseKey: a package schema cannot express zod's "date"`,
    );
  });
});
