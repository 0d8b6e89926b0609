/**
 * Real load from the tools people use for it: autocannon, and `ab` where it is installed.
 */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { root } from '../../../scripts/entries.mjs';

const run = promisify(execFile);

/** What a load has met. */
export interface LoadResult {
  /** Requests that got a good answer. */
  readonly good: number;
  /** Requests that failed, were cut off, or got a bad answer. */
  readonly bad: number;
}

/** Whether ApacheBench is installed. */
export const abInstalled: boolean = spawnSync('ab', ['-V']).status === 0;

/** Says how to get what a skipped test lacks. */
export const AB_MISSING = 'needs ab, which Debian has in apache2-utils';

/** Makes requests with autocannon over keep-alive connections. */
export async function autocannon(
  url: string,
  connections: number,
  amount: number,
): Promise<LoadResult> {
  const { stdout } = await run(process.execPath, [
    `${root}examples/node_modules/autocannon/autocannon.js`,
    ...['--json', '--no-progress', '-c', String(connections), '-a', String(amount), url],
  ]);
  const result = JSON.parse(stdout) as Record<'2xx' | 'non2xx' | 'errors' | 'timeouts', number>;
  return { good: result['2xx'], bad: result.non2xx + result.errors + result.timeouts };
}

/** Makes requests with `ab`, each on a connection of its own. */
export async function ab(url: string, connections: number, amount: number): Promise<LoadResult> {
  const { stdout } = await run('ab', ['-n', String(amount), '-c', String(connections), url]);
  const figure = (pattern: RegExp): number => Number(pattern.exec(stdout)?.[1] ?? 0);
  const bad = figure(/Failed requests: +(\d+)/) + figure(/Non-2xx responses: +(\d+)/);
  return { good: figure(/Complete requests: +(\d+)/) - bad, bad };
}
