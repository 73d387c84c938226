/** The stand-in for the official tls plugin: keys and self-signed certificates. */
import type { PluginClock } from "../clock";
import type { Plugin } from "../resource";
import type { TlsContext } from "./context";
import { privateKey } from "./privateKey";
import { selfSignedCert } from "./selfSignedCert";

export function tlsPlugin(clock: PluginClock): Plugin<TlsContext> {
  return {
    name: "tls",
    version: "5.6.1",
    defaultsIn: "outputs",
    resources: [privateKey, selfSignedCert],
    functions: [],
    configure: () => Promise.resolve({ clock }),
  };
}
