/**
 * `ipvs replay`: compares this library with recorded decisions.
 *
 * Each file is read, its format recognized by the table of replayers, and every recorded decision
 * made again. A file that cannot be read does not keep the others from being replayed.
 */
import { basename } from 'node:path';
import { EXIT, InputError, UsageError, type Command } from '../command.js';
import type { Io } from '../io.js';
import { readArguments } from '../options.js';
import { LATE_TIMERS_FOLDER } from '../replay/director-trace.js';
import { readRecording } from '../replay/recording.js';
import { REPLAYERS } from '../replay/replayers.js';
import type { ReplayResult } from '../replay/tally.js';

/** What became of one file. */
interface FileResult extends ReplayResult {
  readonly file: string;
}

/** The `replay` command. */
export const replay: Command = {
  name: 'replay',
  summary: 'compare with recorded decisions of a real director',
  operands: 'FILE...',
  get description() {
    return `
Makes every decision recorded in each FILE (plain or gzip) again and compares.
Prints a line per file, its first ten differences, and the total.
Exits with 0 when all is the same, 1 on any difference, 2 when a file cannot be read.

Nothing but fields that are random by nature may differ. In recordings of a folder named
'${LATE_TIMERS_FOLDER}' timers may fire late, by up to an eighth of their time.

Formats: ${REPLAYERS.map(({ format }) => format).join(', ')}.`;
  },
  options: { json: { help: 'print one JSON document instead of text' } },
  async run(argv, io) {
    const { values, operands } = readArguments(argv, this.options);
    if (operands.length === 0) throw new UsageError('a file is missing; expected FILE...');
    const results: FileResult[] = [];
    let refused = false;
    for (const path of operands) {
      const result = await replayFile(path, io);
      if (result === undefined) refused = true;
      else {
        results.push(result);
        if (values['json'] !== true) printFile(result, io);
      }
    }
    const total = sum(results);
    if (values['json'] === true) io.out.write(`${JSON.stringify({ files: results, total })}\n`);
    else io.out.write(`${countLine('total', total)}\n`);
    if (refused) return EXIT.refused;
    return total.differences > 0 ? EXIT.differences : EXIT.ok;
  },
};

/** Replays one file, or says why it cannot be and gives nothing. */
async function replayFile(path: string, io: Io): Promise<FileResult | undefined> {
  try {
    const recording = readRecording(path);
    const replayer = REPLAYERS.find((each) => each.recognizes(recording));
    if (replayer === undefined) {
      const known = REPLAYERS.map(({ format }) => format).join(', ');
      throw new InputError(`unknown format; expected one of ${known}`);
    }
    return { file: basename(path), ...(await replayer.replay(recording)) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    io.err.write(`ipvs replay: ${path}: ${error.message}\n`);
    return undefined;
  }
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
