/**
 * Recordings of `drop_entry` at work, whose draws are random: 240 entries of a kind, counted each second.
 *
 * What is not random is compared as it is: tunables, kinds of which nothing is dropped before its timers end it, and
 * the end of the defense. How many of the others are left is compared as a share. Several times as many entries are
 * replayed, so that their share varies little; the recorded one may differ from it by chance, up to
 * {@link DEVIATIONS} times the standard deviation of 240 draws.
 */
import { ManualClock } from '../../src/clock.js';
import { Director } from '../../src/director/index.js';
import { seededRandom } from '../../src/random.js';
import { encodePacket, TCP_FLAG, type TransportDescription } from '../../src/wire/index.js';
import {
  readDirectorRecording,
  type RecordedStep,
  type RecordingHeader,
} from './director-recording.js';
import { runLine } from './ipvsadm-run.js';
import { soundly } from './json-lines.js';
import { kernelOf } from './recorded-kernel.js';
import type { Replayer } from './recording.js';
import { type ReplayResult, Tally } from './tally.js';

/** The recordings of random drops do not list their packets. */
export const RANDOM_DROPS = /^drop-entry-(?!modes$)/;

/** How many entries are replayed for each recorded one. */
const TIMES = 8;
/** How far a recorded share may be off, in standard deviations; beyond is 1 in 100,000. */
const DEVIATIONS = 4.5;
/** The difference that is always allowed: the recorded second ends some milliseconds earlier or later. */
const SLACK = 3;

const { SYN, ACK, FIN } = TCP_FLAG;

/** The flags of the segments that make an entry of a kind; a datagram is `undefined`. */
function segmentsOf(kind: string): readonly (number | undefined)[] {
  const established = /^est(\d+)$/.exec(kind);
  if (established !== null) {
    return [SYN, ...Array.from({ length: Number(established[1]) - 1 }, () => ACK)];
  }
  const known: Record<string, readonly (number | undefined)[]> = {
    syn: [SYN],
    template: [SYN],
    assured: [SYN, ACK],
    fin: [SYN, ACK, FIN | ACK],
    udp: [undefined],
  };
  const segments = known[kind];
  if (segments === undefined) throw new Error(`unknown kind of entries: ${kind}`);
  return segments;
}

/** Replays recordings of random drops. */
export const randomDropsReplayer: Replayer = {
  format: 'random drops (JSON Lines)',
  files: /\.jsonl(?:\.gz)?$/,
  recognizes: ({ header }) => {
    const { set, name = '' } = (header ?? {}) as Partial<RecordingHeader>;
    return set === 'DEF' && RANDOM_DROPS.test(name);
  },
  replay: ({ text }) => replayRandomDrops(text),
};

function replayRandomDrops(text: string): ReplayResult {
  const tally = new Tally();
  const { header, steps } = readDirectorRecording(text);
  const run = soundly('header', () => new RandomDropsRun(header, steps, tally));
  for (const [index, step] of steps.entries()) {
    soundly(`line ${index + 2}`, () => run.perform(step));
  }
  return tally;
}

class RandomDropsRun {
  private readonly clock = new ManualClock();
  private readonly director: Director;
  private readonly tally: Tally;
  /** The states of which the recording drops nothing: their number stays until timers end them. */
  private readonly spared: ReadonlySet<string>;

  constructor(header: RecordingHeader, steps: readonly RecordedStep[], tally: Tally) {
    this.tally = tally;
    this.spared = sparedStates(steps);
    this.director = new Director({
      clock: this.clock,
      random: seededRandom(1),
      tunables: { ...header.sysctl },
      host: { addresses: header.topology.vips },
      timerLatenessMs: 10,
      ...kernelOf(header),
    });
  }

  perform(step: RecordedStep): void {
    this.clock.set(step.t);
    this.director.advance();
    const name = `step ${step.i} (${step.op} at ${step.t} ms)`;
    if (step.op === 'cmd') {
      const { exitStatus } = runLine(step.argv ?? '', this.director);
      this.tally.compare(name, String(step.rc ?? 0), String(exitStatus));
    } else if (step.op === 'sysctl') this.director.setTunable(step.name ?? '', step.value ?? 0);
    else if (step.op === 'note') this.makeEntries(step.note ?? '');
    else if (step.op === 'defences') this.compare(name, step);
  }

  private makeEntries(note: string): void {
    const found = /^(\d+) entries of kind (\w+) made/.exec(note);
    if (found === null) return;
    const [, count, kind] = found;
    const [service] = this.director.services;
    for (let entry = 0; entry < Number(count) * TIMES; entry++) {
      for (const flags of segmentsOf(kind)) {
        const ports = { sourcePort: 20_000 + (entry >> 8), destinationPort: service.port };
        const transport: TransportDescription =
          flags === undefined ? { type: 'udp', ...ports } : { type: 'tcp', ...ports, flags };
        const source = `198.51.${100 + (entry >> 8)}.${entry & 255}`;
        this.director.receive(
          encodePacket({ source, destination: service.address.toString(), transport }),
        );
      }
    }
  }

  private compare(name: string, step: RecordedStep): void {
    const { tunables } = this.director;
    for (const [tunable, value] of Object.entries(step.values ?? {})) {
      this.tally.compare(name, `${tunable} ${value}`, `${tunable} ${tunables.get(tunable)}`);
    }
    const got = new Map<string, number>();
    for (const { state, clientPort } of this.director.connections()) {
      const key = clientPort === 0 ? `template ${state}` : state;
      got.set(key, (got.get(key) ?? 0) + 1);
    }
    for (const state of new Set([...Object.keys(step.entries ?? {}), ...got.keys()])) {
      this.compareCount(
        `${name}, ${state}`,
        state,
        step.entries?.[state] ?? 0,
        got.get(state) ?? 0,
      );
    }
  }

  private compareCount(name: string, state: string, recorded: number, got: number): void {
    const mean = got / TIMES;
    if (this.spared.has(state)) {
      this.tally.compare(name, String(recorded), String(mean));
      return;
    }
    const share = Math.min(1, Math.max(0, (recorded + mean) / 2 / 240));
    const deviation = Math.sqrt(240 * share * (1 - share) * (1 + 1 / TIMES));
    if (Math.abs(recorded - mean) <= SLACK + DEVIATIONS * deviation) this.tally.same();
    else this.tally.different(name, `about ${recorded}`, String(mean));
  }
}

/** The states whose number never changes but to 0, at once. */
function sparedStates(steps: readonly RecordedStep[]): Set<string> {
  const numbers = new Map<string, Set<number>>();
  for (const { entries } of steps) {
    for (const [state, count] of Object.entries(entries ?? {})) {
      numbers.set(state, (numbers.get(state) ?? new Set()).add(count));
    }
  }
  return new Set([...numbers].filter(([, counts]) => counts.size === 1).map(([state]) => state));
}
