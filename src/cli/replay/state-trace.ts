/**
 * Replays recorded state machines: after a short sequence of segments, the state and time of the one
 * connection, and the counters of its server.
 *
 * The first line is a header with the name of the set and of the recording (`tcp-…`, `udp-…`, `sctp-…`);
 * every other line is one sequence. What came out for its packets is one check, what they left behind another.
 */
import { type Protocol, PROTOCOLS } from '../../model/flow.js';
import { InputError } from '../command.js';
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
  const [first, ...lines] = text.split('\n').filter((line) => line !== '');
  const { name, vip } = JSON.parse(first as string) as StateHeader;
  const run = new StateTraceRun(protocolOf(name), vip, tally);
  for (const [index, line] of lines.entries()) {
    try {
      run.perform(`${name} line ${index + 2}`, JSON.parse(line) as RecordedSequence);
    } catch (error) {
      throw new InputError(`damaged: line ${index + 2}: ${(error as Error).message}`);
    }
  }
  return tally;
}

/** The protocol with which a recording's name begins. */
function protocolOf(name: string): Protocol {
  const protocol = PROTOCOLS.find((each) => name.startsWith(each));
  if (protocol === undefined) throw new InputError(`damaged: no protocol in the name ${name}`);
  return protocol;
}
