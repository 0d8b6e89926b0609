/**
 * Running the command inside the test's own process, and files for it to read.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Io } from '../../src/cli/io.js';
import type { Sink } from '../../src/cli/sink.js';
import { main } from '../../src/cli/main.js';

/** What a run of the command left behind. */
export interface CliResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The surroundings of a run. */
export interface Surroundings {
  readonly env?: Record<string, string>;
  readonly isTerminal?: boolean;
  readonly columns?: number;
  /** What stands on standard input; default a terminal. */
  readonly input?: string;
  /** How much later every look at the clock is; default no time passes. */
  readonly stepMs?: number;
  /** What host names resolve to; default none does. */
  readonly hosts?: Readonly<Record<string, string>>;
}

/** Runs `ipvs` with some words. */
export function ipvs(argv: readonly string[], where: Surroundings = {}): Promise<CliResult> {
  return runWithIo((io) => main(argv, io), where);
}

/** Runs a program and collects what it writes. */
export async function runWithIo(
  program: (io: Io) => Promise<number>,
  where: Surroundings = {},
): Promise<CliResult> {
  const { env = {}, isTerminal = false, columns = 120, input, stepMs = 0, hosts = {} } = where;
  const out: string[] = [];
  const err: string[] = [];
  let nowMs = 0;
  const sink = (texts: string[]): Sink => ({
    isTerminal,
    columns,
    write: (text) => void texts.push(text),
    flush: () => undefined,
  });
  const io: Io = {
    out: sink(out),
    err: sink(err),
    in: { isTerminal: input === undefined, read: () => input ?? '' },
    env,
    lookUp: (name) => Promise.resolve(hosts[name]),
    now: () => (nowMs += stepMs),
  };
  const code = await program(io);
  return { code, out: out.join(''), err: err.join('') };
}

/** A folder for the test file's own files, gone when its tests are done. */
export function temporaryFolder(): (name: string, content: string | Uint8Array) => string {
  const folder = mkdtempSync(join(tmpdir(), 'ipvs-test-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  return (name, content) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
}
