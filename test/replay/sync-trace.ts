/**
 * Replays recordings of synchronization: the datagrams that a master sent, byte for byte, and what a backup
 * made of datagrams that were given to it.
 *
 * Besides the steps of other packet-level recordings there are `sync` (datagrams seen since the last such
 * step; a `frame` step may have them too) and `inject` (a datagram given to the backup, which takes effect
 * 200 ms before the step). `origin` lists which entries came by synchronization.
 */
import { Packet } from '../../src/wire/packet.js';
import type { SyncTransport } from '../../src/sync/sync-transport.js';
import { synchronization } from '../../src/sync/synchronization.js';
import type { Director } from '../../src/director/director.js';
import {
  readDirectorRecording,
  type RecordedStep,
  type RecordingHeader,
} from './director-recording.js';
import { DirectorRun } from './director-run.js';
import { bytesOf, hexOf } from './hex.js';
import { soundly } from './json-lines.js';
import type { Replayer } from './recording.js';
import { Tally } from './tally.js';

/** How long before its step an injected datagram takes effect. */
const INJECTED_BEFORE_MS = 200;
const UDP_HEADER_BYTES = 8;

/** A step of a recording of synchronization. */
interface SyncStep extends RecordedStep {
  readonly sync?: readonly { readonly frame: string; readonly payload: string }[];
  readonly origin?: readonly (readonly [string, string, string])[];
}

/** Replays recordings of masters and backups. */
export const syncTraceReplayer: Replayer = {
  format: 'recording of synchronization (JSON Lines)',
  files: /\.jsonl(?:\.gz)?$/,
  recognizes: ({ header }) => (header as Partial<RecordingHeader> | undefined)?.set === 'F',
  replay: ({ text }) => {
    const tally = new Tally();
    const { header, steps } = readDirectorRecording(text);
    const run = soundly('header', () => new SyncRun(header, steps, tally));
    for (const [index, step] of steps.entries()) {
      soundly(`line ${index + 2}`, () => run.perform(step as SyncStep));
    }
    return tally;
  },
};

/** A director with a transport that keeps what is sent, and gives what is injected. */
class SyncRun {
  private readonly run: DirectorRun;
  private readonly tally: Tally;
  private readonly sent: string[] = [];
  private receive: (bytes: Uint8Array) => void = () => undefined;

  constructor(header: RecordingHeader, steps: readonly RecordedStep[], tally: Tally) {
    const notes = steps.map(({ note }) => note).filter((note) => note !== undefined);
    const transport: SyncTransport = {
      open: (_daemon, _ports, receive) => {
        this.receive = receive;
        return {
          send: (bytes, length) => void this.sent.push(hexOf(bytes.slice(0, length))),
          close: () => undefined,
        };
      },
    };
    this.tally = tally;
    this.run = new DirectorRun(header, notes, tally, { sync: synchronization({ transport }) });
  }

  perform(step: SyncStep): void {
    const inject = step.op === 'inject';
    if (inject) {
      this.run.advanceTo(step.t - INJECTED_BEFORE_MS);
      this.receive(payloadOf(bytesOf(step.in as string)));
    }
    this.run.perform(step);
    const name = `step ${step.i} (${step.op} at ${step.t} ms)`;
    if (step.sync !== undefined) {
      const expected = step.sync.map(({ payload }) => payload);
      this.tally.compare(name, expected.join(' '), this.sent.splice(0).join(' '));
    }
    if (step.origin !== undefined) {
      const expected = step.origin.map((row) => row.join(' ')).toSorted();
      this.tally.compare(name, expected.join(', '), originsOf(this.run.director).join(', '));
    }
  }
}

/** The payload of a UDP datagram in a frame. */
function payloadOf(frame: Uint8Array): Uint8Array {
  const packet = new Packet();
  packet.parseFrame(frame);
  return frame.subarray(packet.transportOffset + UDP_HEADER_BYTES, packet.end);
}

/** The entries as `/proc/net/ip_vs_conn_sync` shows them: protocol, origin, seconds left. */
function originsOf(director: Director): string[] {
  const rows = [...director.connections()].map(({ protocol, origin, secondsLeft }) =>
    `${protocol} ${origin} ${secondsLeft}`.toUpperCase(),
  );
  return rows.toSorted();
}
