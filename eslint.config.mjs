import eslint from "@eslint/js";
import prettier from "eslint-config-prettier";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  { ignores: ["dist/", "coverage/", "node_modules/", "**/*.gen.ts"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  eslint.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", ignoreRestSiblings: true }],
      // `x => void f()` is how a callback says that it has no result.
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true, ignoreVoidOperator: true },
      ],
      // Overflows the stack on a type that contains itself (8.73.0), such as that of JSON values.
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      // `claims["tid"]` says that the type does not promise the property.
      "@typescript-eslint/dot-notation": ["error", { allowIndexSignaturePropertyAccess: true }],
      eqeqeq: "error",
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // What the engine loads must not write to the streams that it reads; a surface reports in the engine's own way.
    files: ["provider/**/*.ts"],
    ignores: ["provider/surfaces/**", "**/*.test.ts"],
    rules: { "no-console": "error" },
  },
  {
    // A class that only declares its outputs and calls `super` is Pulumi's own form.
    files: ["provider/**/*.ts", "examples/**/*.ts"],
    rules: { "@typescript-eslint/no-extraneous-class": "off" },
  },
  {
    files: ["**/*.test.ts", "**/testing/**/*.ts", "tests/**/*.ts"],
    rules: {
      // A table of cases is one idea, however long.
      "max-lines": "off",
      // jest matchers such as `expect.objectContaining` are typed `any`.
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/unbound-method": "off",
      // An async stand-in for an async interface often has nothing to wait for.
      "@typescript-eslint/require-await": "off",
      "no-restricted-syntax": [
        "error",
        {
          selector: "MemberExpression[object.name=/^(describe|it|test)$/][property.name=/^(only|skip|todo)$/]",
          message: "Every test runs, every time.",
        },
      ],
    },
  },
  {
    files: ["**/*.{js,cjs,mjs}"],
    languageOptions: {
      globals: {
        console: "readonly",
        process: "readonly",
        require: "readonly",
        module: "writable",
        __dirname: "readonly",
        URL: "readonly",
      },
    },
  },
  prettier,
);
