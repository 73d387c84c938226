const { availableParallelism } = require("node:os");

// Types are checked by `npm run check`; the tests only need the code transpiled. To CommonJS throughout: Jest can only follow a
// dynamic `import()` when it is compiled to a `require`.
const compilerOptions = {
  target: "ES2022",
  module: "commonjs",
  moduleResolution: "node10",
  ignoreDeprecations: "5.0",
  esModuleInterop: true,
  isolatedModules: true,
  inlineSourceMap: true,
};
const common = {
  testEnvironment: "node",
  transform: { "^.+\\.ts$": ["ts-jest", { tsconfig: compilerOptions, diagnostics: false }] },
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  modulePathIgnorePatterns: ["<rootDir>/dist/"],
};

module.exports = {
  // The limit is against hangs alone: no test may depend on how busy the machine is. End-to-end tests set their own.
  testTimeout: 60_000,
  // An end-to-end test mostly waits for the engine's processes and for what the product waits for: more workers than cores pay.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  testSequencer: "<rootDir>/tests/support/sequencer.cjs",
  projects: [
    {
      ...common,
      displayName: "unit",
      testMatch: ["<rootDir>/{provider,sandbox,cli,tools,bench}/**/*.test.ts"],
    },
    {
      ...common,
      displayName: "end-to-end",
      testMatch: ["<rootDir>/tests/**/*.test.ts"],
      globalSetup: "<rootDir>/tests/support/globalSetup.ts",
      setupFilesAfterEnv: ["<rootDir>/tests/support/setup.ts"],
    },
  ],
};
