import { problemsOf } from "../core";
import { country } from "./countries";

test.each(["GB", "gb", "De"])("%s is a country, and comes out in upper case", (code) => {
  expect(country.parse(code)).toBe(code.toUpperCase());
});

test.each([
  ["United Kingdom", "GB"],
  ["germany", "DE"],
  ["USA", "US"],
  ["UK", "GB"],
])("%s is answered with its code", (name, code) => {
  expect(problemsOf(country, name)[0]?.message).toMatch(
    new RegExp(`^"${name}" was given; allowed: the alpha-2 code of a country in ISO 3166-1; for .+ it is ${code}$`),
  );
});

test("what is no country at all is answered with an example", () => {
  expect(problemsOf(country, "Atlantis")[0]?.message).toMatch(/^"Atlantis" was given; .+ such as GB$/);
  expect(problemsOf(country, "constructor")).toHaveLength(1);
});
