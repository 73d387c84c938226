// Types are checked by `npm run check`; the tests only need the code transpiled.
const transform = { "^.+\\.ts$": ["ts-jest", { isolatedModules: true, tsconfig: "tsconfig.json", diagnostics: false }] };
const common = { testEnvironment: "node", transform, modulePathIgnorePatterns: ["<rootDir>/dist/"] };

module.exports = {
  projects: [
    {
      ...common,
      displayName: "unit",
      testMatch: ["<rootDir>/{provider,sandbox,cli,tools,bench}/**/*.test.ts"],
    },
    { ...common, displayName: "end-to-end", testMatch: ["<rootDir>/tests/**/*.test.ts"] },
  ],
};
