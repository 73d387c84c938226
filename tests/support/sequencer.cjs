/** The end-to-end files first, which take as long as dozens of others: so no worker ends up alone with one of them. */
"use strict";
const { default: Sequencer } = require("@jest/test-sequencer");

module.exports = class extends Sequencer {
  sort(tests) {
    const endToEnd = ({ context }) => context.config.displayName?.name === "end-to-end";
    const sorted = super.sort(tests);
    return [...sorted.filter(endToEnd), ...sorted.filter((test) => !endToEnd(test))];
  }
};
