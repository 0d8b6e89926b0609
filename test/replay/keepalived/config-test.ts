/**
 * Replays recorded tests of configurations: each is read, and what `keepalived -t` said and ended with is
 * compared.
 */
import { formatMessage } from '../../../src/keepalived/messages.js';
import { type ParseOptions, parseKeepalived } from '../../../src/keepalived/parse.js';
import { readJsonLines, soundly } from '../json-lines.js';
import type { Replayer } from '../recording.js';
import { type ReplayResult, Tally } from '../tally.js';
import { RECORDED_ID, recordedEnvironment } from './recorded-environment.js';

/** One test of a configuration. */
interface RecordedTest {
  readonly name: string;
  readonly config: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly exit: number;
  readonly messages: readonly string[];
}

/** Replays tests of configurations. */
export const configTestReplayer: Replayer = {
  format: 'tests of keepalived.conf (JSON Lines)',
  files: /\.jsonl(?:\.gz)?$/,
  recognizes: ({ header }) => {
    const { config, messages } = (header ?? {}) as Partial<RecordedTest>;
    return config !== undefined && messages !== undefined;
  },
  replay: ({ text }) => replayConfigTests(text),
};

/**
 * Replays tests of configurations.
 *
 * @param text - JSON Lines.
 * @returns What was the same and what was not.
 * @throws {InputError} When the recording is damaged.
 */
export function replayConfigTests(text: string): ReplayResult {
  const tally = new Tally();
  for (const [index, line] of readJsonLines(text).entries()) {
    soundly(`line ${index + 1}`, () => replayTest(line as RecordedTest, tally));
  }
  return tally;
}

function replayTest(
  { name, config, files, args = [], exit, messages }: RecordedTest,
  tally: Tally,
): void {
  const { messages: said, exitStatus } = parseKeepalived(config, {
    behavior: 'asRecorded',
    testing: true,
    environment: recordedEnvironment(files),
    ...recordedArguments(args),
  });
  tally.compare(`${name}: messages`, messages.join('\n'), said.map(formatMessage).join('\n'));
  tally.compare(`${name}: exit status`, String(exit), String(exitStatus));
}

/**
 * The arguments of a recorded run that concern how its configuration is read.
 *
 * @param args - The arguments.
 * @returns The same as options.
 */
export function recordedArguments(args: readonly string[]): Partial<ParseOptions> {
  const id = args.indexOf('-i');
  return {
    configId: id === -1 ? RECORDED_ID : (args[id + 1] ?? RECORDED_ID),
    strictIncludes: args.includes('-e'),
  };
}
