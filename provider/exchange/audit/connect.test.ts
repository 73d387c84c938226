import { InvalidInput } from "../../core/errors";
import { hostsFor } from "./connect";

const settings = (values: Readonly<Record<string, string>>) => ({ get: (name: string) => values[name] });

test("a tenant is in the public cloud unless something says otherwise", () => {
  expect(hostsFor(settings({}), undefined).exchangeEndpoint).toBe("https://outlook.office365.com");
});

test("the declared cloud goes before the stack's", () => {
  const stack = settings({ environment: "china" });
  expect(hostsFor(stack, undefined).authorityHost).toBe("https://login.partner.microsoftonline.cn");
  expect(hostsFor(stack, "usGovernmentDod")).toEqual({
    exchangeEndpoint: "https://outlook-dod.office365.us",
    scope: "https://outlook-dod.office365.us/.default",
    authorityHost: "https://login.microsoftonline.us",
  });
});

test("hosts that the stack names take the place of the cloud's, but the token stays one for the cloud", () => {
  const sandbox = settings({ exchangeEndpoint: "https://localhost:8443", authorityHost: "https://localhost:9443" });
  expect(hostsFor(sandbox, "usGovernment")).toEqual({
    exchangeEndpoint: "https://localhost:8443",
    scope: "https://outlook.office365.us/.default",
    authorityHost: "https://localhost:9443",
  });
});

test("a cloud that there is not is refused with those that there are", () => {
  expect(() => hostsFor(settings({ environment: "germany" }), undefined)).toThrow(InvalidInput);
  expect(() => hostsFor(settings({ environment: "germany" }), undefined)).toThrow(
    /m365audit:environment: "germany" was given; allowed: public, usGovernment, usGovernmentDod, china/,
  );
});
