import { randomUUID } from "node:crypto";
import { GuidSet } from "./guidSet";

test("a GUID is new once, in any letter case", () => {
  const guids = new GuidSet();
  const many = Array.from({ length: 5_000 }, () => randomUUID());
  expect(many.filter((guid) => !guids.add(guid))).toEqual([]);
  expect(many.filter((guid) => guids.add(guid.toUpperCase()))).toEqual([]);
});

test("GUIDs that differ in one digit are two, and those that sort together are found", () => {
  const guids = new GuidSet();
  const numbered = Array.from(
    { length: 3_000 },
    (_, n) => `00000000-0000-4000-8000-${n.toString(16).padStart(12, "0")}`,
  );
  expect(numbered.every((guid) => guids.add(guid))).toBe(true);
  expect(numbered.some((guid) => guids.add(guid))).toBe(false);
});

test.each(["00000000-0000-0000-0000-000000000000", "Contoso\\svc-1", ""])("%j is taken too", (text) => {
  const guids = new GuidSet();
  expect([guids.add(text), guids.add(text.toLowerCase()), guids.add(randomUUID())]).toEqual([true, false, true]);
});
