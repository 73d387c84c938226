import type { PluginClock } from "../clock";

/** What the tls stand-in's resources need. */
export interface TlsContext {
  readonly clock: PluginClock;
}
