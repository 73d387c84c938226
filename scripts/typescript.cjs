/**
 * `node -r ./scripts/typescript.cjs`, or required: runs our TypeScript as it is, for processes that tests start from the sources. What
 * was compiled once is kept by its text in node_modules/.cache, so that a process needs no compiler, which costs two seconds each.
 */
"use strict";
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const path = require("node:path");

const options = {
  module: "commonjs",
  moduleResolution: "node10",
  target: "ES2022",
  esModuleInterop: true,
  inlineSourceMap: true,
};
const cache = path.join(__dirname, "..", "node_modules", ".cache", "m365audit", "typescript");
const settings = JSON.stringify([options, require("typescript/package.json").version]);

Module._extensions[".ts"] = (module, file) => {
  module._compile(compiled(readFileSync(file, "utf8"), file), file);
};

// `./x.js` is what TypeScript has us write where `./x.ts` is meant.
const find = Module._findPath;
Module._findPath = function (request, ...more) {
  const found = find.call(this, request, ...more);
  return found === false && request.endsWith(".js") ? find.call(this, request.replace(/\.js$/, ".ts"), ...more) : found;
};

function compiled(text, file) {
  const kept = path.join(cache, `${createHash("sha1").update(`${settings}\n${file}\n${text}`).digest("hex")}.js`);
  try {
    return readFileSync(kept, "utf8");
  } catch {
    const { transpileModule } = require("typescript");
    const { outputText } = transpileModule(text, { compilerOptions: options, fileName: file });
    mkdirSync(cache, { recursive: true });
    writeFileSync(`${kept}.${process.pid}`, outputText);
    renameSync(`${kept}.${process.pid}`, kept);
    return outputText;
  }
}
