/**
 * One stand-in plugin as a process: `node main.js azuread|tls|command [engine address]`.
 *
 * Prints its port as the first line on stdout, as every Pulumi plugin does, and serves until it is ended. When it was
 * forked, it ends with its parent.
 */
import { azureadPlugin } from "./azuread";
import { clockOf } from "./clock";
import { commandPlugin } from "./command";
import { serve, type Serving } from "./server";
import { obeyTimeRequests } from "./timeChannel";
import { tlsPlugin } from "./tls";

async function main(name: string | undefined): Promise<Serving> {
  const clock = clockOf(process.env);
  obeyTimeRequests(clock);
  switch (name) {
    case "azuread":
      return serve(azureadPlugin(process.env, clock));
    case "tls":
      return serve(tlsPlugin(clock));
    case "command":
      return serve(commandPlugin(process.env));
    default:
      throw new Error(`There is no stand-in for "${name ?? ""}"; name azuread, tls or command.`);
  }
}

// The parent's end of the channel closes with the parent, however that ends.
process.on("disconnect", () => process.exit());

main(process.argv[2]).then(
  ({ port }) => {
    process.stdout.write(`${String(port)}\n`);
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
    if (process.connected) process.disconnect();
  },
);
