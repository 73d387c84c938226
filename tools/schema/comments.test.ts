import * as path from "node:path";
import { readSource } from "./comments";

test("each of several objects has its own comments, even on properties that others have too", () => {
  const { comment, within } = readSource(path.join(__dirname, "testing", "unions.ts"))
    .comments(["shapes", "drawing"])
    .of("form");
  const texts = (type: string): string[] =>
    ["type", "size", "turn"].map((name) => within.where("type", type).of(name).comment.text);
  expect(comment.text).toBe("What is drawn.");
  expect(texts("circle")).toEqual(["A circle.", "From the middle to the edge.", ""]);
  expect(texts("square")).toEqual(["A square.", "From edge to edge.", "In degrees."]);
});
