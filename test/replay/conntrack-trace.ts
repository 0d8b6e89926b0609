/**
 * Replays recordings of a director beside connection tracking and a firewall: frames, IPVS's entries, and the lines of
 * `conntrack -L` after each step.
 *
 * `setup` steps are commands that set up the firewall and policy routing (`recorded-firewall.ts`); `conntrack` steps look
 * at the lists; `nft` steps have the counters of a rule that drops invalid packets. The port that a second client
 * with the same port gets is arbitrary: the director draws the recorded one.
 */
import { ConnectionTracking } from '../../src/conntrack/connection-tracking.js';
import { formatTrackedConnection } from '../../src/conntrack/listing.js';
import type { SourceNatRule } from '../../src/conntrack/source-nat-rules.js';
import type { HostOptions } from '../../src/director/host.js';
import { IpAddress } from '../../src/ip-address.js';
import { type RandomSource, seededRandom } from '../../src/random.js';
import { Packet } from '../../src/wire/packet.js';
import {
  readDirectorRecording,
  type RecordedFrame,
  type RecordedStep,
  type RecordingHeader,
} from './director-recording.js';
import { DirectorRun } from './director-run.js';
import { bytesOf } from './hex.js';
import { soundly } from './json-lines.js';
import {
  connectionMarkOf,
  markOfPrerouting,
  readSetup,
  type RecordedMark,
  type RecordedRoute,
} from './recorded-firewall.js';
import { hostOf } from './recorded-topology.js';
import type { Replayer } from './recording.js';
import { Tally } from './tally.js';

const SET = 'CT';
/** The ports from which an own port is drawn for a client with an ordinary port. */
const FIRST_PORT = 1024;
const PORTS = 65_536 - FIRST_PORT;

/** A step of such a recording. */
interface ConntrackStep extends RecordedStep {
  /** The lines of `conntrack -L`, sorted, without the count of users. */
  readonly ct?: readonly string[];
  readonly command?: string;
  readonly input?: string;
  /** The rules with their counters. */
  readonly text?: string;
}

/** The header of such a recording. */
interface ConntrackHeader extends RecordingHeader {
  /** Whether a rule that needs tracking is there from the start. */
  readonly conntrack_hooks: boolean;
}

/** Replays recordings of connection tracking. */
export const conntrackTraceReplayer: Replayer = {
  format: 'recording of connection tracking (JSON Lines)',
  files: /\.jsonl(?:\.gz)?$/,
  recognizes: ({ header }) => (header as Partial<RecordingHeader> | undefined)?.set === SET,
  replay: ({ text }) => {
    const tally = new Tally();
    const { header, steps } = readDirectorRecording(text);
    const run = soundly('header', () => new ConntrackRun(header as ConntrackHeader, tally));
    for (const [index, step] of steps.entries()) {
      soundly(`line ${index + 2}`, () => run.perform(step as ConntrackStep));
    }
    return tally;
  },
};

/** A director with the connection tracking of its recording. */
class ConntrackRun {
  private readonly run: DirectorRun;
  private readonly tally: Tally;
  private readonly tracking: ConnectionTracking | undefined;
  private readonly marks: RecordedMark[] = [];
  private readonly routes: RecordedRoute[] = [];
  private readonly rules: SourceNatRule[] = [];
  /** The port that is drawn next; `undefined` = any number. */
  private port: number | undefined;
  private dropped = { packets: 0, bytes: 0 };

  constructor(header: ConntrackHeader, tally: Tally) {
    const { marks } = this;
    this.tally = tally;
    this.tracking = header.conntrack_hooks
      ? new ConnectionTracking({ connectionMark: (mark) => connectionMarkOf(marks, mark) })
      : undefined;
    this.run = new DirectorRun(header, [], tally, {
      random: this.randomSource(),
      host: this.host(header),
      markOf: (packet) => markOfPrerouting(marks, packet),
      ...(this.tracking !== undefined && { tracking: this.tracking }),
    });
  }

  perform(step: ConntrackStep): void {
    const name = `step ${step.i} (${step.op} at ${step.t} ms, ${step.note ?? ''})`;
    if (step.op === 'setup') {
      this.setUp(step, name);
      return;
    }
    this.port = portOf(step);
    this.run.perform(step);
    this.port = undefined;
    this.countDropped(step);
    if (step.op === 'nft') {
      const { packets, bytes } = this.dropped;
      const counter = /counter packets \d+ bytes \d+/.exec(step.text ?? '')?.[0];
      this.tally.compare(name, counter ?? '', `counter packets ${packets} bytes ${bytes}`);
    }
    if (step.ct === undefined) return;
    const expected = step.ct.map(normalLine).toSorted().join('\n');
    const got = [...(this.tracking?.connections() ?? [])].map(formatTrackedConnection);
    this.tally.compare(name, expected, got.map(normalLine).toSorted().join('\n'));
  }

  private setUp(step: ConntrackStep, name: string): void {
    const setup = readSetup(step.command ?? '', step.input ?? '');
    if (setup === undefined) {
      this.tally.different(name, 'a known command', step.command ?? '');
      return;
    }
    this.marks.push(...setup.marks);
    this.routes.push(...setup.routes);
    this.rules.push(...setup.sourceNat);
    this.tracking?.firewall.set({
      sourceNat: this.rules,
      ...(setup.dropInvalid.length > 0 && { dropInvalid: setup.dropInvalid }),
    });
  }

  private countDropped({ op, in: frame }: ConntrackStep): void {
    if (op !== 'frame' || this.run.reason !== 'invalid-packet') return;
    const packet = new Packet();
    packet.parseFrame(bytesOf(frame as string));
    this.dropped.packets += 1;
    this.dropped.bytes += packet.length;
  }

  private randomSource(): RandomSource {
    const others = seededRandom(1);
    return () => {
      const { port } = this;
      this.port = undefined;
      return port === undefined ? others() : (port - FIRST_PORT + 0.5) / PORTS;
    };
  }

  /** The recorded host; packets with a source that has a route of its own take that one. */
  private host({ topology }: RecordingHeader): HostOptions {
    const host = hostOf(topology, []);
    const { link } = host;
    if (link === undefined) return host;
    const { routes } = this;
    return {
      ...host,
      link: {
        client: link.client,
        server: link.server,
        resolveNeighbor: (side, address, source) => {
          const route = routes.find((each) => each.source.equals(source));
          return side === 'client' && route !== undefined
            ? route.router
            : link.resolveNeighbor(side, address, source);
        },
      },
    };
  }
}

/** The source port of a client's packet at its server, when it is another one than the client's. */
function portOf(step: ConntrackStep): number | undefined {
  const [out] = (step.out ?? []) as readonly RecordedFrame[];
  if (step.op !== 'frame' || step.dev !== 'client' || out?.dev !== 'server') return undefined;
  const [before, after] = [new Packet(), new Packet()];
  before.parseFrame(bytesOf(step.in as string));
  after.parseFrame(bytesOf(out.hex));
  const hasPorts = before.protocol === 6 || before.protocol === 17;
  if (!hasPorts || before.protocol !== after.protocol) return undefined;
  return before.sourcePort === after.sourcePort ? undefined : after.sourcePort;
}

/**
 * A line with single blanks and short addresses.
 *
 * @param line - A line of `conntrack -L`.
 * @returns The same line in a fixed form.
 */
export function normalLine(line: string): string {
  return line
    .replaceAll(/ +/g, ' ')
    .replaceAll(/(src|dst)=(\S+)/g, (_, name, text) => `${name}=${IpAddress.parse(text)}`);
}
