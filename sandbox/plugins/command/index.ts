/** The stand-in for the official command plugin: local commands. */
import type { Plugin } from "../resource";
import { command, type CommandContext } from "./command";

export function commandPlugin(environment: CommandContext["environment"]): Plugin<CommandContext> {
  return {
    name: "command",
    version: "1.2.1",
    defaultsIn: "outputs",
    resources: [command],
    functions: [],
    configure: (_configuration, start) =>
      Promise.resolve({ directory: start.programDirectory ?? process.cwd(), environment }),
  };
}
