import { Command, CommanderError } from "commander";
import { addSandboxCommand } from "./sandbox";

describe("the options of m365audit sandbox", () => {
  it.each([
    [["--mailboxes", "many"], "whole number from 0 to 1000000"],
    [["--mailboxes", "-1"], "whole number"],
    [["--port", "99999"], "whole number from 0 to 65535"],
    [["--seed", ""], "must not be empty"],
    [["--cmdlet-latency", "soon"], "number of at least 0"],
    [["--concurrent-requests", "0"], "whole number from 1 to 1000"],
    [["--writes-per-minute", "0"], "number of at least 1"],
    [["--time-scale", "0"], "number of at least 0.001"],
    [["--tenant", "nodomain"], "domain such as contoso.onmicrosoft.com"],
    [["--tenant", "a.example", "A.example"], "domain of its own"],
    [["--exchange", "unifiedAuditLogDelayMs"], "such as unifiedAuditLogDelayMs=0"],
    [["--nonsense"], "unknown option"],
  ])("refuse %j and say what is allowed", async (args, words) => {
    let written = "";
    const program = new Command().exitOverride().configureOutput({ writeErr: (text) => (written += text) });
    addSandboxCommand(program);
    await expect(program.parseAsync(["sandbox", ...args], { from: "user" })).rejects.toThrow(CommanderError);
    expect(written).toContain(words);
  });

  it("refuse behaviours of Exchange that there are not, all at once", async () => {
    const program = new Command();
    addSandboxCommand(program);
    const args = ["sandbox", "--exchange", "batchLimit=0", "refusedCmdlet=nulBytes", "nowhere=1"];
    await expect(program.parseAsync(args, { from: "user" })).rejects.toThrow(
      /^start the sandbox: .*nowhere.*batchLimit/s,
    );
  });
});
