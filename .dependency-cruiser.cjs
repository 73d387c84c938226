/**
 * The layers: core ← clients ← kinds ← components; the surfaces see kinds and components. Data flows one way, from a program
 * down to the wire, and a lower layer never imports a higher one.
 *
 * A file of a system's folder (entra, exchange, onesecure, nowprivacy) counts as a kind unless it is named below, so a new
 * component or client has to be added here, and a forgotten one is an error rather than a hole.
 */
const systems = "entra|exchange|onesecure|nowprivacy";

/** Test code: `x.test.ts` beside its file, and what several tests share. */
const tests = "\\.test\\.ts$|/testing/";

/** Talk to the wire, or say how it is spoken. They know of nothing but core (and, of the operator, whether a person is meant). */
const clients = [
  "^provider/(identity|gateway)/",
  "^provider/entra/graph(/|\\.ts$)",
  "^provider/exchange/(adminApi|powershell)(/|\\.ts$)",
  "^provider/(onesecure|nowprivacy)/(backend|httpBackend|operatorBackend|bulkFile)(/|\\.ts$)",
  "^provider/(onesecure|nowprivacy)/openapi\\.gen\\.ts$",
];

/** Say what a cloud or a place is, and reach out for nothing when they are loaded: for everyone. */
const vocabulary = "^provider/identity/(environments|privateKey)\\.ts$";

/** Pulumi classes: what a program uses. */
const components = [
  "^provider/entra/(?!(wellKnown|credentialRotation|generations|preflight|preflightContract|appAccess|leastPrivilege|graph|adoption|schemas|dates)(/|\\.ts$))",
  "^provider/exchange/(index|applicationScopeResource|mailboxAuditPolicy\\w*|mailboxAuditResource)\\.ts$",
  "^provider/onesecure/(index|resources|exchangeOnlineAuditing\\w*)\\.ts$",
  "^provider/nowprivacy/(index|connectionResource|resources|office365DataSource\\w*)\\.ts$",
];

const pulumi = "^node_modules/@pulumi/";
const shipped = "^(provider|sandbox|cli)/";

/** What is started or imported from outside; everything else must be in use by one of them. */
const entryPoints = [
  "^provider/(index|contracts)\\.ts$",
  "^provider/surfaces/(dynamic/host|plugin/main)\\.ts$",
  "^(cli|bench)/main\\.ts$",
  "^sandbox/(main|.+/main)\\.ts$",
  "^tools/[^/]+/(main|index)\\.ts$",
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "core-stands-alone",
      comment: "The kernel knows no system, no surface and no Pulumi.",
      severity: "error",
      from: { path: "^provider/core/", pathNot: tests },
      to: { path: ["^(provider/(?!core/)|sandbox|cli|tools|bench|tests|examples)", pulumi] },
    },
    {
      name: "clients-see-only-core",
      comment: "A client speaks a wire protocol; it does not know what a resource is.",
      severity: "error",
      from: { path: clients, pathNot: tests },
      to: {
        path: "^provider/",
        pathNot: ["^provider/(core|operator)/", "^provider/entra/wellKnown\\.ts$", ...clients],
      },
    },
    {
      name: "operator-sees-only-core",
      comment:
        "Run-sheets and attestations know of no system and no Pulumi; what a product calls things, its kinds say.",
      severity: "error",
      from: { path: "^provider/operator/", pathNot: tests },
      to: { path: ["^provider/", pulumi], pathNot: "^provider/(core|operator)/" },
    },
    {
      name: "kinds-know-no-pulumi",
      comment:
        "A kind plans and applies; the surfaces expose it to Pulumi. (A component that is new: name it in this file.)",
      severity: "error",
      from: { path: `^provider/(${systems})/`, pathNot: [tests, ...components] },
      to: { path: [pulumi, "^provider/(pulumi|surfaces)/", "^provider/(index|contracts)\\.ts$", ...components] },
    },
    {
      name: "components-talk-through-kinds",
      comment: "A component declares children. What goes over the wire is the business of a kind and its client.",
      severity: "error",
      from: { path: components, pathNot: tests },
      to: { path: clients, pathNot: vocabulary },
    },
    {
      name: "components-use-the-thin-surface",
      comment: "A component sees of the surfaces only the class that stands for a kind in a program.",
      severity: "error",
      from: { path: components, pathNot: tests },
      to: {
        path: ["^provider/surfaces/", "^provider/(index|contracts)\\.ts$"],
        pathNot: "^provider/surfaces/dynamic/thin\\.ts$",
      },
    },
    {
      name: "dynamic-host-serves-kinds",
      comment: "What the engine loads for each resource must not load every component with it.",
      severity: "error",
      from: { path: "^provider/surfaces/dynamic/", pathNot: tests },
      to: { path: [...components, "^provider/index\\.ts$"] },
    },
    {
      name: "pulumi-helpers-see-only-core",
      comment: "What all Pulumi classes share knows none of them.",
      severity: "error",
      from: { path: "^provider/pulumi/", pathNot: tests },
      to: { path: "^provider/", pathNot: "^provider/(core|operator|pulumi)/" },
    },
    {
      name: "provider-stands-alone",
      comment: "What users import depends on nothing that only surrounds it.",
      severity: "error",
      from: { path: "^provider/", pathNot: tests },
      to: { path: "^(sandbox|cli|tools|bench|tests|examples)/" },
    },
    {
      name: "sandbox-knows-only-the-published",
      comment: "The sandbox shares no code with the provider, so that it can catch the provider's mistakes.",
      severity: "error",
      from: { path: "^sandbox/" },
      to: {
        path: "^(provider|cli|tools|bench|tests|examples)/",
        pathNot: ["^provider/entra/wellKnown\\.ts$", "^provider/.*/openapi\\.gen\\.ts$"],
      },
    },
    {
      name: "sandbox-needs-no-pulumi-resources",
      comment: "The sandbox is a tenant; only its stand-ins for official plugins speak Pulumi's protocol.",
      severity: "error",
      from: { path: "^sandbox/" },
      to: { path: `${pulumi}(?!pulumi/)` },
    },
    {
      name: "cli-is-shipped-alone",
      comment: "The command line ships with the provider and the sandbox, without the tools of this repository.",
      severity: "error",
      from: { path: "^cli/", pathNot: tests },
      to: { path: "^(tools|bench|tests|examples)/" },
    },
    {
      name: "tests-are-leaves",
      comment: "Nothing that runs for a user is in a test file.",
      severity: "error",
      from: { pathNot: [tests, "^tests/"] },
      to: { path: [tests, "^tests/"] },
    },
    {
      name: "network-libraries-load-late",
      comment:
        "They cost tens of milliseconds, and a program that only declares resources never talks to the network: use `await import()` in the function that does, or `import type`.",
      severity: "error",
      from: { path: "^provider/", pathNot: tests },
      to: {
        path: "^node_modules/(undici|@azure/identity|openapi-fetch|@peculiar/x509|@grpc/grpc-js|google-protobuf)/",
        dependencyTypesNot: ["dynamic-import", "type-only"],
      },
    },
    {
      name: "no-circular",
      comment: "Of two files that need each other, one idea is in the wrong place.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-orphans",
      comment: "A file that nothing uses and that uses nothing.",
      severity: "error",
      from: { orphan: true, pathNot: ["\\.d\\.ts$", tests, "^tests/", "^examples/", ...entryPoints] },
      to: {},
    },
    {
      name: "no-dead-modules",
      comment: "A file that no program, command or tool reaches (only tests may use it).",
      severity: "error",
      from: { path: entryPoints },
      to: {
        path: "^(provider|sandbox|cli|tools|bench)/.*\\.ts$",
        pathNot: [tests, "\\.d\\.ts$", ...entryPoints],
        reachable: false,
      },
    },
    {
      name: "no-dev-dependencies-in-shipped-code",
      comment: "An install from npm does not have them.",
      severity: "error",
      from: { path: shipped, pathNot: tests },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"], pathNot: "^node_modules/@types/" },
    },
    {
      name: "no-undeclared-dependencies",
      comment: "It is there by chance: name it in package.json.",
      severity: "error",
      from: {},
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "no-unresolvable",
      comment: "There is no such module.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "^node_modules" },
    exclude: { path: "^dist/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["require", "node", "types", "default"] },
  },
};
