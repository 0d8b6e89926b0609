/**
 * Replays what was recorded of the rule language when one of its files is named: `NAME.rules` or
 * `NAME.traffic.jsonl`, with the outputs in the files beside them, or a list of commands as JSON Lines.
 */
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Director } from '../../src/director/director.js';
import { InputError } from '../../src/cli/command.js';
import type { RecordedStep, RecordingHeader } from './director-recording.js';
import { DirectorRun } from './director-run.js';
import { collectRecordings } from './ipvsadm-recording.js';
import { replayCommands, replayRules, type ReplayTarget, type RuleReplay } from './ipvsadm.js';
import { listServicesAsRecorded } from './recorded-lists.js';
import { RECORDED_DEVICES, recordedNetworks } from './recorded-topology.js';
import { readRecording, type Recording, type Replayer } from './recording.js';
import type { Tally } from './tally.js';

/** The files by which a recording of rules may be named. */
const ONE_OF_THEM = /\.(?:rules|traffic\.jsonl)(?:\.gz)?$/;

/** Replays `NAME.rules`. */
export const rulesReplayer: Replayer = {
  format: "ipvsadm's rules (NAME.rules) with its outputs beside them",
  files: /\.rules(?:\.gz)?$/,
  companions: /\.traffic\.jsonl(?:\.gz)?$/,
  recognizes: ({ path }) => ONE_OF_THEM.test(path),
  replay: (recording) => replayRulesFile(recording),
};

/** Replays commands one after the other. */
export const commandsReplayer: Replayer = {
  format: "ipvsadm's commands (JSON Lines)",
  files: /\.jsonl(?:\.gz)?$/,
  recognizes: ({ header, text }) =>
    (header as { set?: unknown } | undefined)?.set === 'E' && /^\{.*"argv"/m.test(text),
  replay: ({ text }) => replayCommands(text, createRecordedTarget),
};

/**
 * Makes a director in the place of the recorded one.
 *
 * @param header - The first line of the traffic, parsed; `undefined` when there is none.
 * @param tally - Where it counts what the traffic did.
 * @returns A director without services, which takes traffic when there is any.
 */
export function createRecordedTarget(header: unknown, tally: Tally): ReplayTarget {
  if (header === undefined) return targetOf(newDirector());
  const run = new DirectorRun(header as RecordingHeader, [], tally);
  const player = {
    play: (step: unknown) => run.perform(step as RecordedStep),
    advanceTo: (timeMs: number) => run.perform({ i: 0, t: timeMs, op: 'advance' }),
  };
  return { ...targetOf(run.director), player };
}

function targetOf(director: Director): ReplayTarget {
  return { administrator: director, services: () => listServicesAsRecorded(director) };
}

function newDirector(): Director {
  return new Director({
    networks: recordedNetworks(),
    devices: RECORDED_DEVICES,
    persistenceEngines: [],
  });
}

function replayRulesFile({ path }: Recording): RuleReplay {
  const name = basename(path).replace(ONE_OF_THEM, '.');
  const folder = dirname(path);
  const beside = readdirSync(folder).filter((each) => each.startsWith(name));
  const files = beside.map((each) => {
    return [each.replace(/\.gz$/, ''), readRecording(join(folder, each)).text] as const;
  });
  const [recording] = collectRecordings(new Map(files));
  if (recording === undefined) throw new InputError(`has no ${name}rules beside it`);
  const replayed = replayRules(recording, createRecordedTarget);
  if (replayed.checks === 0) throw new InputError('has no recorded outputs beside it');
  return replayed;
}
