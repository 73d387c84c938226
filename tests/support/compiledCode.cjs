/**
 * Preloaded by each Node process of an end-to-end run, to spare each of them a second of a processor: compiled code comes from a
 * file in place of compiling the same thousand modules, and what no program of ours uses is not loaded. And nobody waits as long.
 */
"use strict";
const { Buffer } = require("node:buffer");
const { createHash } = require("node:crypto");
const { readFileSync, renameSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const v8 = require("node:v8");
const vm = require("node:vm");

const file = process.env.M365AUDIT_TEST_CODE_CACHE;
const fills = process.env.M365AUDIT_TEST_CODE_CACHE_FILL === "1";

/** Where the code of each text lies, by the text's hash; V8 itself refuses code of another version. */
function stored() {
  try {
    const all = readFileSync(file);
    const end = 4 + all.readUInt32LE(0);
    return { places: JSON.parse(all.toString("latin1", 4, end)), code: all.subarray(end) };
  } catch {
    return { places: {}, code: Buffer.alloc(0) };
  }
}

function install() {
  const { places, code } = stored();
  const scripts = new Map();
  // Pulumi's program sets it half way, and code that was compiled without is then refused.
  v8.setFlagsFromString("--allow-natives-syntax");
  const compile = Module.prototype._compile;
  const clock = path.join("dist", "provider", "core", "clock.js");
  Module.prototype._compile = function (text, filename, ...more) {
    // From a cache, V8 forgets how a module is to import; and a first line for the shell is Node's to take away.
    if (/^#!|\bimport\(/.test(text)) {
      const result = compile.call(this, text, filename, ...more);
      if (filename.endsWith(clock)) hasten(this.exports);
      return result;
    }
    const key = createHash("sha1").update(text).digest("base64");
    const [start, length] = places[key] ?? [0, 0];
    const cachedData = length === 0 ? undefined : code.subarray(start, start + length);
    const script = new vm.Script(Module.wrap(text), { filename, cachedData });
    if (fills) scripts.set(key, script);
    const { exports } = this;
    return script.runInThisContext().call(exports, exports, requireOf(this), this, filename, path.dirname(filename));
  };
  if (fills) process.on("exit", (exitCode) => exitCode === 0 && store(scripts));
}

/** A pause of the provider takes a twentieth of its time, and its clock knows of the whole. */
function hasten({ systemClock }) {
  const { now, sleep } = systemClock;
  let ahead = 0;
  systemClock.now = () => now() + ahead;
  systemClock.sleep = async (ms, signal) => {
    const end = systemClock.now() + ms;
    await sleep(ms / 20, signal);
    ahead = Math.max(ahead, end - now());
  };
}

/** As Node makes it for a CommonJS module. */
function requireOf(module) {
  const require = (name) => module.require(name);
  require.resolve = (name, options) => Module._resolveFilename(name, module, false, options);
  require.resolve.paths = (name) => Module._resolveLookupPaths(name, module);
  require.main = process.mainModule;
  require.extensions = Module._extensions;
  require.cache = Module._cache;
  return require;
}

function store(scripts) {
  const places = {};
  const parts = [];
  let start = 0;
  for (const [key, script] of scripts) {
    const data = script.createCachedData();
    places[key] = [start, data.length];
    start += data.length;
    parts.push(data);
  }
  const head = Buffer.from(JSON.stringify(places), "latin1");
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.length);
  writeFileSync(`${file}.${process.pid}`, Buffer.concat([length, head, ...parts]));
  renameSync(`${file}.${process.pid}`, file);
}

/** Pulumi's SDK loads npm's own (300 modules) to see what a serialized function needs; ours is a text that needs nothing. */
function loadLate(late) {
  const load = Module._load;
  Module._load = function (name, ...more) {
    if (name !== late) return load.call(this, name, ...more);
    return new Proxy(function () {}, {
      get: (_target, property) => (property === "__esModule" ? undefined : load.call(this, name, ...more)[property]),
      construct: (_target, args) => new (load.call(this, name, ...more))(...args),
    });
  };
}

if (file !== undefined) {
  install();
  loadLate("@npmcli/arborist");
}
// The Node language host that we build (3.66.0) knows no option `typescript` in Pulumi.yaml.
if (process.env.M365AUDIT_TEST_COMPILED === "1") delete process.env.PULUMI_NODEJS_TYPESCRIPT;
