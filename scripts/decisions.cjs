/**
 * What the scripts decide, as pure functions. CommonJS, so that jest can load it as well as the scripts, which run before
 * anything is installed or compiled. Types are in decisions.d.cts.
 */
"use strict";

/** Why the installed packages are not those of the lock file, or nothing when they are. */
function installFault(lock, installed) {
  if (installed === undefined) return "no packages are installed";
  for (const [path, wanted] of Object.entries(lock.packages ?? {})) {
    if (path === "" || wanted.link === true) continue;
    const found = installed.packages?.[path];
    if (found === undefined) {
      // Packages for other platforms are in the lock file and never installed.
      if (wanted.optional === true || wanted.devOptional === true) continue;
      return `${path.replace(/^node_modules\//, "")} is not installed`;
    }
    if (found.version !== wanted.version || found.integrity !== wanted.integrity) {
      return `${path.replace(/^node_modules\//, "")} is ${found.version}, not ${wanted.version}`;
    }
  }
  return undefined;
}

/** Why what was compiled is out of date, or nothing when it is not. */
function compileFault(recorded, current, outputs) {
  if (recorded === undefined) return "nothing is compiled";
  if (recorded !== current) return "sources have changed";
  const missing = outputs.expected.filter((file) => !outputs.present.has(file));
  return missing.length === 0 ? undefined : `${missing[0]} is missing`;
}

/** Where a source file goes in `dist`, relative to the repository; nothing for what isn't compiled or copied. */
function outputOf(source) {
  const file = source.replaceAll("\\", "/");
  if (/\.test\.ts$|(^|\/)testing\/|(^|\/)\.|\.md$|\.d\.[cm]?ts$/.test(file)) return undefined;
  return `dist/${file.replace(/\.ts$/, ".js")}`;
}

/** Sums up jest's JSON report and the checks' summary. What can't be read counts as one failure, never as nothing. */
function countResults(checks, checksCode, tests, testsCode) {
  let passed = 0;
  let failed = 0;
  const notes = [];
  if (checks === undefined) {
    failed += 1;
    notes.push(`npm run check ended with ${checksCode} before any check was run`);
  } else {
    passed += checks.filter((check) => check.passed).length;
    failed += checks.filter((check) => !check.passed).length;
    if (checksCode !== 0 && checks.every((check) => check.passed)) {
      failed += 1;
      notes.push(`npm run check ended with ${checksCode}`);
    }
  }
  if (tests === undefined) {
    failed += 1;
    notes.push(`npm test ended with ${testsCode} before any test was run`);
  } else {
    // A suite that can't be loaded has no tests to count.
    const broken = tests.numFailedTests + tests.numRuntimeErrorTestSuites;
    passed += tests.numPassedTests;
    failed += broken;
    const skipped = tests.numPendingTests + tests.numTodoTests;
    if (skipped > 0) notes.push(`${skipped} tests were not run`);
    if (tests.numTotalTests === 0) {
      failed += 1;
      notes.push("npm test found no tests");
    } else if (testsCode !== 0 && broken === 0) {
      failed += 1;
      notes.push(`npm test ended with ${testsCode}`);
    }
  }
  return { passed, failed, notes };
}

module.exports = { installFault, compileFault, outputOf, countResults };
