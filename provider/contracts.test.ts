import * as m365audit from ".";
import { components, kinds } from "./contracts";
import { dispatch } from "./surfaces/dynamic/host";

const all = Object.entries({ ...kinds, ...components });

describe("the table of contracts", () => {
  it.each(all)("has %s under the token that the contract gives itself", (token, contract) => {
    expect(contract.token).toBe(token);
  });

  it.each(Object.keys(kinds))("lists %s, which the dynamic surface serves", (token) => {
    expect(() => dispatch(token)).not.toThrow();
  });

  it.each(all.map(([token]) => token))("lists %s, for which the package exports a class", (token) => {
    const [, folder = "", name = ""] = token.split(":");
    expect(m365audit).toHaveProperty([folder, name], expect.any(Function));
  });

  it("lists every class that the package exports", () => {
    const exported = Object.entries(m365audit).flatMap(([folder, module]) =>
      Object.entries(module)
        .filter(([name, value]) => typeof value === "function" && /^[A-Z]/.test(name))
        .map(([name]) => `m365audit:${folder}:${name}`),
    );
    expect(all.map(([token]) => token).sort()).toEqual(exported.sort());
  });
});
