/**
 * `npm run replay`: compares this library with recorded decisions.
 *
 * Each file is read, its format recognized by the table of replayers, and every recorded decision
 * made again. A file that cannot be read does not keep the others from being replayed.
 */
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { EXIT, InputError, UsageError, type OptionTable } from '../../src/cli/command.js';
import type { Io } from '../../src/cli/io.js';
import { describeOptions, readArguments } from '../../src/cli/options.js';
import { LATE_TIMERS_FOLDER } from './director-trace.js';
import { readRecording } from './recording.js';
import { REPLAYERS } from './replayers.js';
import type { ReplayResult } from './tally.js';

/** What became of one file. */
interface FileResult extends ReplayResult {
  readonly file: string;
}

const OPTIONS: OptionTable = {
  json: { help: 'print one JSON document instead of text' },
  help: { help: 'show this help' },
};

const HELP = `Usage: npm run replay -- FILE... [OPTIONS]

Makes every decision recorded in each FILE (plain or gzip) again and compares. A folder means all
recordings in it and below; - is standard input.
Prints a line per file, its first ten differences, and the total.
Exits with 0 when all is the same, 1 on any difference, 2 when a file cannot be read.

Nothing but fields that are random by nature may differ. In recordings of a folder named
'${LATE_TIMERS_FOLDER}' timers may fire late, by up to an eighth of their time.

Formats: ${formats()}.

Options:
${describeOptions(OPTIONS, 100)}`;

/**
 * Replays what a command line names.
 *
 * @param argv - The words.
 * @param io - Where to write.
 * @returns The exit code.
 */
export async function replay(argv: readonly string[], io: Io): Promise<number> {
  try {
    const { values, operands } = readArguments(argv, OPTIONS);
    if (values['help'] !== true) return await replayAll(operands, values['json'] === true, io);
    io.out.write(HELP);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.err.write(`replay: ${error.message}\n`);
    return EXIT.refused;
  }
}

async function replayAll(operands: readonly string[], asJson: boolean, io: Io): Promise<number> {
  if (operands.length === 0) throw new UsageError('a file is missing; expected FILE...');
  const results: FileResult[] = [];
  let refused = false;
  for (const path of operands.flatMap((operand) => expand(operand))) {
    const result = await replayFile(path, io);
    if (result === undefined) refused = true;
    else {
      results.push(result);
      if (!asJson) printFile(result, io);
    }
  }
  const total = sum(results);
  if (asJson) io.out.write(`${JSON.stringify({ files: results, total })}\n`);
  else io.out.write(`${countLine('total', total)}\n`);
  if (refused) return EXIT.refused;
  return total.differences > 0 ? EXIT.differences : EXIT.ok;
}

/** The recordings of a folder and those below it, in the order of their names; any other path is itself. */
function expand(path: string): string[] {
  if (!(statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false)) return [path];
  const entries = readdirSync(path, { withFileTypes: true }).toSorted((one, other) =>
    one.name < other.name ? -1 : 1,
  );
  return entries.flatMap((entry) => {
    const inside = join(path, entry.name);
    if (entry.isDirectory()) return expand(inside);
    return isRecording(entry.name) ? [inside] : [];
  });
}

function isRecording(name: string): boolean {
  return (
    REPLAYERS.some(({ files }) => files.test(name)) &&
    !REPLAYERS.some(({ companions }) => companions?.test(name))
  );
}

/** Replays one file; when that is impossible, prints why and gives nothing. */
async function replayFile(path: string, io: Io): Promise<FileResult | undefined> {
  try {
    const recording = readRecording(path);
    const replayer = REPLAYERS.find((each) => each.recognizes(recording));
    if (replayer === undefined) {
      throw new InputError(`unknown format; expected one of ${formats()}`);
    }
    return { file: basename(path), ...(await replayer.replay(recording)) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    io.err.write(`replay: ${path}: ${error.message}\n`);
    return undefined;
  }
}

function formats(): string {
  return REPLAYERS.map(({ format }) => format).join(', ');
}

function printFile(result: FileResult, io: Io): void {
  io.out.write(`${countLine(result.file, result)}\n`);
  for (const { step, expected, got } of result.first) {
    io.out.write(`  ${step}: expected ${expected}, got ${got}\n`);
  }
}

function sum(results: readonly FileResult[]): Pick<ReplayResult, 'checks' | 'differences'> {
  let checks = 0;
  let differences = 0;
  for (const result of results) {
    checks += result.checks;
    differences += result.differences;
  }
  return { checks, differences };
}

function countLine(
  name: string,
  { checks, differences }: Pick<ReplayResult, 'checks' | 'differences'>,
): string {
  return `${name}: ${checks} checks, ${differences} differences`;
}
