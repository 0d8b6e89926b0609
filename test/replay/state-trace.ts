/**
 * Replays recorded state machines: after a short sequence of segments, the state and time of the one
 * connection, and the counters of its server.
 *
 * The first line is a header with the name of the set and of the recording (`tcp-…`, `udp-…`, `sctp-…`);
 * every other line is one sequence. What came out for its packets is one check, what they left behind another.
 */
import { type Protocol, PROTOCOLS } from '../../src/protocols.js';
import { readJsonLines, soundly } from './json-lines.js';
import type { Replayer } from './recording.js';
import { type RecordedSequence, StateTraceRun } from './state-trace-run.js';
import { type ReplayResult, Tally } from './tally.js';

/** The first line. */
interface StateHeader {
  readonly set: string;
  readonly name: string;
  readonly vip: string;
}

/** Replays sequences of segments. */
export const stateTraceReplayer: Replayer = {
  format: 'state sequences (JSON Lines)',
  files: /\.jsonl(?:\.gz)?$/,
  recognizes: ({ header }) => {
    const { set, vip } = (header ?? {}) as Partial<StateHeader>;
    return set === 'C' && vip !== undefined;
  },
  replay: ({ text }) => replayStateSequences(text),
};

/**
 * Replays a recording of sequences.
 *
 * @param text - JSON Lines.
 * @returns What was the same and what was not.
 * @throws {InputError} When the recording is damaged.
 */
export function replayStateSequences(text: string): ReplayResult {
  const tally = new Tally();
  const [first, ...sequences] = readJsonLines(text);
  const { name, vip } = first as StateHeader;
  const run = soundly('header', () => new StateTraceRun(protocolOf(name), vip, tally));
  for (const [index, sequence] of sequences.entries()) {
    const line = `line ${index + 2}`;
    soundly(line, () => run.perform(`${name} ${line}`, sequence as RecordedSequence));
  }
  return tally;
}

/** The protocol with which a recording's name begins. */
function protocolOf(name: string): Protocol {
  const protocol = PROTOCOLS.find((each) => name.startsWith(each));
  if (protocol === undefined) throw new RangeError(`no protocol in the name ${name}`);
  return protocol;
}
