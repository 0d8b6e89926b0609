/**
 * What is being measured, on standard error: one line that is written over, or nothing when nobody watches.
 */
import type { Progress } from './run-suite.js';

/**
 * Shows the progress of a suite.
 *
 * @param suite - Its name.
 * @returns What is told before each job.
 */
export function showProgress(suite: string): Progress {
  const { stderr } = process;
  if (!stderr.isTTY) {
    return (done, all) => {
      if (done % 25 === 0) stderr.write(`${suite}: ${done} of ${all}\n`);
    };
  }
  return (done, all, { job, n }) => {
    const line = `${suite}: ${done + 1} of ${all}  ${job}, n = ${n}`;
    stderr.write(`\r${line.padEnd(stderr.columns - 1)}${done + 1 === all ? '\r' : ''}`);
  };
}
