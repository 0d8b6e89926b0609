/**
 * Replays recordings of the persistence engine `sip` and of the FTP helper.
 *
 * Besides the steps of other packet-level recordings, commands have their output; `conn_text` and `file` are the kernel's
 * lists of connections; `sync` has the datagrams of a master; `ct` the lines of `conntrack -L`. Lists of connections are
 * compared as sets of lines.
 */
import type { FtpOptions } from '../../src/director/ftp-options.js';
import { ConnectionTracking } from '../../src/conntrack/connection-tracking.js';
import { formatTrackedConnection } from '../../src/conntrack/listing.js';
import type { SyncTransport } from '../../src/sync/sync-transport.js';
import { synchronization } from '../../src/sync/synchronization.js';
import {
  readDirectorRecording,
  type RecordedStep,
  type RecordingHeader,
} from './director-recording.js';
import { DirectorRun } from './director-run.js';
import { hexOf } from './hex.js';
import { soundly } from './json-lines.js';
import { connectionFileOf, linesOf, originFileOf } from './recorded-proc.js';
import { normalLine } from './conntrack-trace.js';
import type { Replayer } from './recording.js';
import { Tally } from './tally.js';

const SETS: readonly (string | undefined)[] = ['SIP', 'FTP'];

/** A step of such a recording. */
interface HelperStep extends RecordedStep {
  /** The list of connections after the step. */
  readonly conn_text?: string;
  /** What a master has sent since the last such step. */
  readonly datagrams?: readonly { readonly payload: string }[];
  /** The text of the kernel's list of origins. */
  readonly text?: string;
}

/** Replays recordings of helpers. */
export const helperTraceReplayer: Replayer = {
  format: 'recording of a helper (JSON Lines)',
  files: /\.jsonl(?:\.gz)?$/,
  recognizes: ({ header }) => SETS.includes((header as Partial<RecordingHeader> | undefined)?.set),
  replay: ({ text }) => {
    const tally = new Tally();
    const { header, steps } = readDirectorRecording(text);
    const run = soundly('header', () => new HelperRun(header, isTracked(steps), tally));
    for (const [index, step] of steps.entries()) {
      soundly(`line ${index + 2}`, () => run.perform(step));
    }
    return tally;
  },
};

/** The helper of the recorded host. */
function ftpOf({
  set,
  module_ports: ports = '21',
  conntrack_hooks: hooks,
}: HelperHeader): FtpOptions | false {
  if (set !== 'FTP') return false;
  return { ports: String(ports).split(',').map(Number), hostTracks: hooks === true };
}

/** Whether the recorded host tracked connections: without, `conntrack -L` has nothing. */
function isTracked(steps: readonly RecordedStep[]): boolean {
  return steps.some(({ ct = [] }) => ct.length > 0);
}

/** The first line of such a recording. */
interface HelperHeader extends RecordingHeader {
  /** The ports of the kernel's helper, if they are not the default. */
  readonly module_ports?: string | number | readonly number[];
  /** Whether the host tracks connections for a reason of its own. */
  readonly conntrack_hooks?: boolean;
}

/** A director whose messages and lists are compared. */
class HelperRun {
  private readonly run: DirectorRun;
  private readonly tally: Tally;
  private readonly sent: string[] = [];
  private readonly tracking: ConnectionTracking | undefined;

  constructor(header: RecordingHeader, tracks: boolean, tally: Tally) {
    const transport: SyncTransport = {
      open: () => ({
        send: (bytes, length) => void this.sent.push(hexOf(bytes.slice(0, length))),
        close: () => undefined,
      }),
    };
    this.tally = tally;
    const tracking = tracks ? new ConnectionTracking() : undefined;
    this.tracking = tracking;
    this.run = new DirectorRun(header, [], tally, {
      sync: synchronization({ transport }),
      engines: ['sip'],
      ftp: ftpOf(header),
      shortestOwnTtl: 63,
      ...(tracking !== undefined && { tracking }),
    });
  }

  perform(step: HelperStep): void {
    const { run, tally } = this;
    const name = `step ${step.i} (${step.op} at ${step.t} ms)`;
    // The firewall of the recorded host is outside of the director.
    if (step.op === 'setup' || step.op === 'file') run.advanceTo(step.t);
    else run.perform(step);
    if (step.datagrams !== undefined) {
      const expected = step.datagrams.map(({ payload }) => payload);
      tally.compare(name, expected.join(' '), this.sent.splice(0).join(' '));
    }
    if (step.conn_text !== undefined) {
      const got = connectionFileOf(run.director);
      tally.compare(name, linesOf(step.conn_text).join('\n'), got.join('\n'));
    }
    if (step.ct !== undefined && this.tracking !== undefined) {
      const got = [...this.tracking.connections()].map(formatTrackedConnection);
      const normal = (lines: readonly string[]): string =>
        lines.map(normalLine).toSorted().join('\n');
      tally.compare(name, normal(step.ct), normal(got));
    }
    if (step.op === 'file') {
      const got = originFileOf(run.director);
      tally.compare(name, linesOf(step.text ?? '').join('\n'), got.join('\n'));
    }
  }
}
