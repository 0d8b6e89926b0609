/**
 * Measures the parts of the report that are not there yet, each in processes of its own.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import type { KeptResults, Result, RowsFile } from './kept-results.js';
import type { Part, Settings } from './parts.js';

/** No part may take longer. */
const LONGEST_MS = 480_000;

/** Where parts leave their rows and messages. */
const FOLDER = 'reports/bench/parts';

/**
 * Measures what is missing.
 *
 * @param parts - The parts.
 * @param kept - The results that are there, and that are added to.
 * @param settings - How to measure.
 * @param minutes - After this time no further part is begun.
 * @param note - Takes lines on the progress.
 * @returns The parts that failed, with the reason.
 */
export async function measureParts(
  parts: readonly Part[],
  kept: KeptResults,
  settings: Settings,
  minutes: number,
  note: (line: string) => void,
): Promise<ReadonlyMap<string, string>> {
  const start = performance.now();
  const failed = new Map<string, string>();
  for (const [index, part] of parts.entries()) {
    const place = `[${index + 1}/${parts.length}] ${part.name}`;
    const command = part.command(settings);
    if (command === undefined) {
      note(`${place}: nothing to measure`);
    } else if (kept.get(part.name) !== undefined) {
      note(`${place}: kept from before`);
    } else if (performance.now() - start > 60_000 * minutes) {
      note(`${place}: no time left`);
      failed.set(part.name, 'no time was left');
    } else {
      note(`${place} ...`);
      const result = await measured(part.name, command, part.section === undefined);
      if (typeof result === 'string') failed.set(part.name, result);
      else kept.keep(result);
      const outcome = typeof result === 'string' ? result : `${result.seconds.toFixed(0)} s`;
      note(`${place}: ${outcome}, ${elapsed(performance.now() - start)} in all`);
    }
  }
  return failed;
}

/** The result, or why there is none. */
async function measured(
  name: string,
  command: readonly string[],
  hasRows: boolean,
): Promise<Result | string> {
  mkdirSync(FOLDER, { recursive: true });
  const json = join(FOLDER, `${name}.rows.json`);
  rmSync(json, { force: true });
  const startedAt = new Date().toISOString();
  const [load] = loadavg() as [number];
  const start = performance.now();
  const outcome = await outputOf(
    [...command, ...(hasRows ? ['--json', json] : [])],
    join(FOLDER, `${name}.log`),
  );
  if ('reason' in outcome) return outcome.reason;
  if (hasRows && !existsSync(json)) return 'has no rows';
  const seconds = (performance.now() - start) / 1000;
  const rows = hasRows && { measured: JSON.parse(readFileSync(json, 'utf8')) as RowsFile };
  rmSync(json, { force: true });
  return { name, startedAt, seconds, load, text: hasRows ? '' : outcome.text.trimEnd(), ...rows };
}

/** What a program prints. */
async function outputOf(
  command: readonly string[],
  log: string,
): Promise<{ text: string } | { reason: string }> {
  const stderr = openSync(log, 'w');
  const child = spawn(process.execPath, ['scripts/run-typescript.mjs', ...command], {
    // A group of its own, so that what it starts ends with it.
    detached: true,
    stdio: ['ignore', 'pipe', stderr],
  });
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    endGroup(child);
  }, LONGEST_MS);
  const interrupt = (): void => {
    endGroup(child);
    process.exit(INTERRUPTED);
  };
  for (const signal of SIGNALS) process.once(signal, interrupt);
  const [code] = (await once(child, 'close')) as [number | null];
  for (const signal of SIGNALS) process.removeListener(signal, interrupt);
  clearTimeout(timer);
  closeSync(stderr);
  if (isLate) return { reason: `took longer than ${LONGEST_MS / 60_000} minutes` };
  return code === 0 ? { text } : { reason: `failed, see ${log}` };
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
const INTERRUPTED = 130;

function endGroup({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid, 'SIGTERM');
}

/** Minutes and seconds. */
function elapsed(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
