/**
 * Says at the end of a test run which files have skipped tests, and what they need.
 */

/** What a test may need that is not installed with the package, by a word of its file's text or name. */
const NEEDS = /** @type {readonly (readonly [RegExp, string])[]} */ ([
  [/playground|browser|screens/, 'Chromium and `npm ci --prefix docs`'],
  [/tshark|translate|capture/, 'tshark'],
  [/examples/, '`npm ci --prefix examples`, and ab'],
  [/keepalived/, 'keepalived'],
  [/replay|records/, 'recordings'],
]);

/** A reporter of vitest. */
export default class SkipReporter {
  /** @param {readonly import('vitest/node').TestModule[]} modules */
  onTestRunEnd(modules) {
    const lines = modules.flatMap((module) => {
      const skipped = [...module.children.allTests('skipped')].length;
      if (skipped === 0) return [];
      const need = NEEDS.find(([word]) => word.test(module.relativeModuleId))?.[1];
      const reason = need === undefined ? 'by a filter, or as its titles say' : `may need ${need}`;
      return [`  ${module.relativeModuleId}: ${skipped} skipped (${reason})`];
    });
    if (lines.length === 0) return;
    console.log(
      `\nSkipped tests:\n${lines.join('\n')}\nCONTRIBUTING.md says how to install what they need.`,
    );
  }
}
