import { testCertificate } from "../entra/testing/certificates";
import { entryProblems, signedText } from "./entry";
import { entryOf } from "./testing/entries";

describe("an entry", () => {
  it("takes one certificate, and nothing beside it", async () => {
    const { certificatePem: pem, privateKeyPem } = await testCertificate();
    expect(entryProblems(entryOf("a", { certificate: pem }))).toEqual([]);
    expect(entryProblems(entryOf("a", { certificate: `${pem}\n` }))).toEqual([]);
    const refused = [{ path: "certificate", message: expect.stringContaining("one certificate in PEM") }];
    expect(entryProblems(entryOf("a", { certificate: `${pem}\n${pem}` }))).toEqual(refused);
    expect(entryProblems(entryOf("a", { certificate: `Subject: x\n${pem}` }))).toEqual(refused);
    expect(entryProblems(entryOf("a", { certificate: privateKeyPem }))).toEqual([
      { path: "certificate", message: expect.stringMatching(/^a private key was given \(not shown\)/) },
    ]);
  });

  it("is signed as it is, whatever the order of its properties, and without its signature", () => {
    const entry = entryOf("a");
    const reversed = Object.fromEntries(Object.entries({ ...entry, signature: "x" }).reverse());
    expect(signedText(reversed as unknown as typeof entry)).toBe(signedText(entry));
    expect(signedText({ ...entry, by: "bob@contoso.com" })).not.toBe(signedText(entry));
  });
});
