/** Writes the result of the last test run as one line; a run without any test is a failure. */
import { readFileSync } from 'node:fs';
import { root } from './entries.mjs';

const { numPassedTests, numFailedTests } = JSON.parse(
  readFileSync(`${root}reports/tests.json`, 'utf8'),
);
console.log(`${numPassedTests} passed, ${numFailedTests} failed`);
if (numPassedTests === 0 || numFailedTests > 0) process.exitCode = 1;
