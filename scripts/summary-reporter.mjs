/**
 * Says at the end of a test run which files have skipped tests, and what they need, and which tests needed a second try.
 */

/** What a test may need that is not installed with the package, by a word of its file's text or name. */
const NEEDS = /** @type {readonly (readonly [RegExp, string])[]} */ ([
  [/playground|browser|screens/, 'Chromium and `npm ci --prefix docs`'],
  [/tshark|translate|capture/, 'tshark'],
  [/examples/, '`npm ci --prefix examples`, and ab'],
  [/keepalived/, 'keepalived'],
  [/replay|records/, 'recordings'],
]);

/**
 * @param {import('vitest/node').TestModule} module
 * @returns {string[]} A line if the file has skipped tests.
 */
function skippedTests(module) {
  const skipped = [...module.children.allTests('skipped')].length;
  if (skipped === 0) return [];
  const need = NEEDS.find(([word]) => word.test(module.relativeModuleId))?.[1];
  const reason = need === undefined ? 'by a filter, or as its titles say' : `may need ${need}`;
  return [`  ${module.relativeModuleId}: ${skipped} skipped (${reason})`];
}

/**
 * @param {import('vitest/node').TestModule} module
 * @returns {string[]} A line for each test that passed on its second try.
 */
function retriedTests(module) {
  return [...module.children.allTests('passed')]
    .filter((test) => test.diagnostic()?.flaky)
    .map((test) => `  ${module.relativeModuleId}: ${test.fullName}`);
}

/** A reporter of vitest. */
export default class SummaryReporter {
  /** @param {readonly import('vitest/node').TestModule[]} modules */
  onTestRunEnd(modules) {
    const skipped = modules.flatMap(skippedTests);
    if (skipped.length > 0) {
      console.log(
        `\nSkipped tests:\n${skipped.join('\n')}\nCONTRIBUTING.md says how to install what they need.`,
      );
    }
    const retried = modules.flatMap(retriedTests);
    if (retried.length > 0) console.log(`\nPassed on the second try:\n${retried.join('\n')}`);
  }
}
