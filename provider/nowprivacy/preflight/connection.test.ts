/** What a run may go on with. */
import type { Reach } from "../../entra/preflight/reach";
import { type ConnectionTest, judged, whatIsLacking } from "./connection";

const row = (answer: "yes" | "no" | "unknown", why: string) =>
  ({ service: "Exchange", api: "Microsoft Graph", need: "Mail.Read", answer, why }) as const;
const test1 = (reach: Partial<Reach>): ConnectionTest => ({
  reach: { rows: [], beyond: [], warnings: [], provenAt: "", tokenTenantId: "t", ...reach },
  mayCrawl: [],
  notes: [],
  found: [],
  testedAt: "",
});

test("a credential that got no token is refused even when warnings are ignored", () => {
  const down = test1({ rows: [row("unknown", "the sign-in could not be asked")], tokenTenantId: undefined });
  for (const ignoreWarnings of [true, false]) {
    expect(() => judged(down, "it", ignoreWarnings)).toThrow(/no token was given: the sign-in could not be asked/);
  }
  expect(whatIsLacking(down)).toContain("no token was given");
});

test("what a token does not tell is let through when warnings are ignored, and not else", () => {
  const unsure = test1({ rows: [row("unknown", "nobody says")] });
  expect(judged(unsure, "it", true).excused).toEqual(["Microsoft Graph Mail.Read: not known; nobody says"]);
  expect(() => judged(unsure, "it", false)).toThrow(/Set ignoreWarnings: true/);
  expect(whatIsLacking(unsure)).toBeUndefined();
});
