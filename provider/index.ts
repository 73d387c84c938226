/**
 * A Microsoft 365 tenant under audit by code. Importing this module loads Pulumi, azuread and tls and nothing else; what talks to
 * the network is loaded by the engine, when it is needed.
 */
export * as entra from "./entra";
export * as exchange from "./exchange";
export * as nowprivacy from "./nowprivacy";
export * as onesecure from "./onesecure";
