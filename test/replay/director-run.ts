/**
 * A recorded director in the course of its replay: a clock, a director, and the steps one after the other.
 */
import { ManualClock } from '../../src/clock.js';
import { Director } from '../../src/director/director.js';
import type { FtpOptions } from '../../src/director/ftp-options.js';
import type { PersistenceEngineName } from '../../src/model/persistence-engine.js';
import type { HostOptions } from '../../src/director/host.js';
import type { Reason } from '../../src/director/reasons.js';
import type { TrackingSource } from '../../src/conntrack/tracking-part.js';
import type { SyncFactory } from '../../src/sync/sync-part.js';
import { IpAddress } from '../../src/ip-address.js';
import { type RandomSource, seededRandom } from '../../src/random.js';
import { schedulersByName } from '../../src/schedulers/create-scheduler.js';
import { Packet } from '../../src/wire/packet.js';
import { maskArbitraryFields } from './arbitrary-fields.js';
import { cutAsTheTool, rowsOfTheTool } from './cut-lines.js';
import type {
  RecordedConnection,
  RecordedFrame,
  RecordedOutcome,
  RecordedPacket,
  RecordedServiceLines,
  RecordedStep,
  RecordingHeader,
} from './director-recording.js';
import { GuardedFrame } from './guarded-frame.js';
import { HostTraffic } from './host-traffic.js';
import { bytesOf, hexOf } from './hex.js';
import { runLine } from './ipvsadm-run.js';
import { RecordedChoice } from './recorded-choice.js';
import { kernelOf } from './recorded-kernel.js';
import { LateTimers } from './late-timers.js';
import { listConnectionsAsRecorded, listServicesAsRecorded } from './recorded-lists.js';
import { frameOf, outcomeOf, plainPacketOf, resetOf } from './recorded-packets.js';
import { inFixedOrder, procListing } from './recorded-texts.js';
import {
  hostOf,
  markOf,
  type MarkRule,
  markRuleOfFirewall,
  markRuleOfNote,
  markRulesOf,
  RECORDED_DEVICES,
  recordedNetworks,
  serverOfFrame,
} from './recorded-topology.js';
import type { Tally } from './tally.js';

const LINK_HEADER = 14;

/** The recording kernel's timers ran one tick late. */
const TIMER_LATENESS_MS = 10;

/** How a recording is replayed. */
export interface DirectorRunOptions {
  /** How many bytes in front of each frame the director may overwrite; default 0. */
  readonly headroom?: number;
  /** Called with every frame that leaves. */
  readonly onDeparture?: (frame: Uint8Array) => void;
  /** Synchronization of the director; default none. */
  readonly sync?: SyncFactory;
  /** The persistence engines of the director; default none, as most recorded kernels. */
  readonly engines?: readonly PersistenceEngineName[];
  /** The FTP helper of the director; default none, as most recorded kernels. */
  readonly ftp?: FtpOptions | false;
  /** The least TTL of ICMP errors that the host made itself; default 64. */
  readonly shortestOwnTtl?: number;
  /** Connection tracking of the director; default none. */
  readonly tracking?: TrackingSource;
  /** The random source of the director; default a seeded one. */
  readonly random?: RandomSource;
  /** The host of the director; default that of the recording's topology. */
  readonly host?: HostOptions;
  /** A mark that packets get besides those of the topology; default none. */
  readonly markOf?: (packet: Packet) => number;
}

/** Replays the steps of one recording. */
export class DirectorRun {
  /** The director. */
  readonly director: Director;
  private readonly clock = new ManualClock();
  private readonly header: RecordingHeader;
  private readonly tally: Tally;
  private readonly marks: MarkRule[];
  private readonly hostTraffic: HostTraffic | undefined;
  private readonly guard: GuardedFrame;
  private readonly shortestOwnTtl: number;
  private readonly onDeparture: (frame: Uint8Array) => void;
  private freePages = Infinity;
  private departed: RecordedFrame[] = [];
  private lateTimers: LateTimers | undefined;
  private readonly recordedChoice = new RecordedChoice();
  private readonly otherMarkOf: (packet: Packet) => number;
  /** The reason of the last verdict on a frame. */
  reason: Reason | undefined;

  /**
   * @param header - The recording's first line.
   * @param notes - Its remarks, some of which announce marks.
   * @param tally - Where to count.
   * @param options - How to replay it.
   */
  constructor(
    header: RecordingHeader,
    notes: readonly string[],
    tally: Tally,
    options: DirectorRunOptions = {},
  ) {
    const { topology, sysctl = {}, extra_sysctl: extra = {} } = header;
    const {
      headroom = 0,
      onDeparture = () => undefined,
      sync,
      engines = [],
      ftp = false,
    } = options;
    const { tracking, random = seededRandom(1), markOf: otherMarkOf = () => 0 } = options;
    this.otherMarkOf = otherMarkOf;
    const noted = notes.map(markRuleOfNote).filter((rule) => rule !== undefined);
    this.header = header;
    this.tally = tally;
    this.marks = [...markRulesOf(topology), ...noted];
    this.guard = new GuardedFrame(headroom);
    this.onDeparture = onDeparture;
    this.shortestOwnTtl = options.shortestOwnTtl ?? 64;
    this.director = new Director({
      schedulers: (name, settings) =>
        name === 'twos' ? this.recordedChoice.factory : schedulersByName(name, settings),
      clock: this.clock,
      random,
      host: options.host ?? hostOf(topology, this.marks, header.local),
      tunables: { ...sysctl, ...extra },
      networks: recordedNetworks(),
      devices: RECORDED_DEVICES,
      headroom,
      freeMemory: () => this.freePages,
      timerLatenessMs: TIMER_LATENESS_MS,
      persistenceEngines: engines,
      ftp,
      ...kernelOf(header),
      ...(sync !== undefined && { sync }),
      ...(tracking !== undefined && { tracking }),
    });
    const { director, marks } = this;
    if (header.local !== undefined) this.hostTraffic = new HostTraffic(director, header, marks);
  }

  /**
   * Lets the timers run late as they did in the recording; see {@link LateTimers}.
   *
   * @param steps - All steps.
   */
  runTimersLate(steps: readonly RecordedStep[]): void {
    this.lateTimers = new LateTimers(this.director.table, steps);
  }

  /**
   * Lets time pass.
   *
   * @param now - The time, in milliseconds since the first step.
   */
  advanceTo(now: number): void {
    this.clock.set(Math.max(now, this.clock.now()));
    this.director.advance();
  }

  /**
   * Does a step, and compares what it shows.
   *
   * @param step - The step.
   */
  perform(step: RecordedStep): void {
    this.lateTimers?.prepare(step);
    this.advanceTo(step.t);
    if (step.self !== undefined) this.hostTraffic?.sendBefore(step.self);
    if (step.op === 'cmd') this.command(step);
    else if (step.op === 'sysctl') this.tune(step);
    else if (step.op === 'defences') this.compareDefenses(step);
    else if (step.op === 'pkt') this.packet(step);
    else if (step.op === 'file') this.compareFile(step);
    else if (step.op === 'setup') this.setUp(step);
    else if (this.hostTraffic !== undefined) this.compareTraffic(step, this.hostTraffic);
    else if (step.op === 'frame') this.frame(step);
    if (step.services !== undefined) this.compareServices(step, step.services);
    if (step.conns !== undefined) this.compareConnections(step, step.conns);
    if (step.lnc !== undefined)
      this.compareText(step, step.lnc, runLine('-Lnc', this.director).output);
  }

  private command(step: RecordedStep): void {
    const answer = runLine(step.argv ?? '', this.director);
    this.compare(step, { rc: step.rc ?? 0 }, { rc: answer.exitStatus });
    const { stdout = '', stderr = '' } = step;
    if (stderr + answer.errors !== '') this.compare(step, stderr, answer.errors);
    if (stdout + answer.output === '') return;
    if (isConnectionList(stdout)) {
      const got = cutAsTheTool(answer.output, this.director);
      this.compareRows(step, rowsOfTheTool(stdout), got);
    } else {
      this.compare(step, stdout, answer.output);
    }
  }

  private compareFile(step: RecordedStep): void {
    const known = step.path === '/proc/net/ip_vs' ? procListing(this.director) : 'an unknown file';
    this.compareText(step, step.text ?? '', known);
  }

  private compareText(step: RecordedStep, expected: string, got: string): void {
    this.tally.compare(stepName(step), inFixedOrder(expected), inFixedOrder(got));
  }

  private setUp(step: RecordedStep): void {
    const rule = markRuleOfFirewall(step.input ?? '');
    if (rule === undefined) this.tally.different(stepName(step), 'rules of a firewall', 'unknown');
    else this.marks.push(rule);
  }

  /** Compares what left, and what the host got, in a step of a recording whose host has sockets. */
  private compareTraffic(step: RecordedStep, traffic: HostTraffic): void {
    if (step.op !== 'frame' && step.op !== 'host') return;
    const expected = traffic.recorded(step);
    const got = traffic.replay(step);
    this.compare(step, expected.out, got.out);
    this.compare(step, expected.deliver, got.deliver);
  }

  private tune(step: RecordedStep): void {
    let error: string | undefined;
    try {
      this.director.setTunable(step.name ?? '', step.value ?? 0);
    } catch {
      error = 'Invalid argument';
    }
    this.tally.compare(stepName(step), step.error ?? 'taken', error ?? 'taken');
  }

  /** Compares the modes and how many entries are in each state; the free memory is that of the recording. */
  private compareDefenses(step: RecordedStep): void {
    this.freePages = step.available_pages ?? Infinity;
    const { tunables } = this.director;
    const values = Object.entries(step.values ?? {}).map(([name, value]) => [name, value]);
    const got = values.map(([name]) => [name, tunables.get(String(name))]);
    this.compare(step, values, got);
    const counts: Record<string, number> = {};
    for (const { state, clientPort } of this.director.connections()) {
      const name = clientPort === 0 ? `template ${state}` : state;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    const sorted = (each: object): string[] =>
      Object.entries(each)
        .map(([state, count]) => `${state} ${count}`)
        .toSorted();
    this.compare(step, sorted(step.entries ?? {}), sorted(counts));
  }

  private packet(step: RecordedStep): void {
    const described = step.in as RecordedPacket;
    const expected = step.out as RecordedOutcome;
    const plain = plainPacketOf(described);
    const frame = frameOf(plain);
    const mark = described.mark ?? this.markOfFrame(frame);
    this.recordedChoice.expect(expected !== null && 'server' in expected ? expected.server : '');
    const verdict = this.director.receive(frame, mark);
    const showsPort = expected !== null && 'dport' in expected;
    const { topology } = this.header;
    const got = outcomeOf(plain, verdict, this.servers(), topology, showsPort);
    this.compare(step, expected, got);
    const reset = verdict.action === 'accept' ? resetOf(plain) : undefined;
    if (reset !== undefined) this.director.observe(frameOf(reset).subarray(LINK_HEADER));
  }

  private frame(step: RecordedStep): void {
    const expected = (step.out_last ?? step.out ?? []) as readonly RecordedFrame[];
    for (let left = step.repeat ?? 1; left > 0; left--) {
      const bytes = bytesOf(step.in as string);
      const mark = this.markOfFrame(bytes);
      const isAccepted = this.take(step, bytes, mark);
      if (left > 1) continue;
      this.compareFrames(step, expected, isAccepted);
    }
  }

  private take(step: RecordedStep, frame: Uint8Array, mark: number): boolean {
    const side = step.dev ?? 'client';
    const { guard } = this;
    const bytes = guard.place(frame);
    const verdict = this.director.take(bytes, guard.offset, frame.length, side, mark);
    this.reason = verdict.reason;
    const departures = verdict.departures();
    this.departed = departures.map(({ side: dev, bytes: sent }) => ({ dev, hex: hexOf(sent) }));
    for (const departure of departures) this.onDeparture(departure.bytes);
    if (!guard.isIntact(frame.length)) {
      this.tally.different(stepName(step), 'no byte changed outside the frame', 'some');
    }
    return verdict.action === 'accept' && !verdict.leaves;
  }

  private compareFrames(
    step: RecordedStep,
    expected: readonly RecordedFrame[],
    isAccepted: boolean,
  ): void {
    // What the host's own stack answers is outside the director.
    if (isAccepted && expected.every(({ dev, hex }) => dev === step.dev && !this.isToServer(hex))) {
      this.observeHost(expected);
      this.tally.same();
      return;
    }
    const masked = (frames: readonly RecordedFrame[]): string[] =>
      frames.map(({ dev, hex }) => `${dev} ${this.mask(hex)}`);
    this.compare(step, masked(expected), masked(this.departed));
  }

  private observeHost(answers: readonly RecordedFrame[]): void {
    for (const { hex } of answers) {
      this.director.observe(bytesOf(hex).subarray(LINK_HEADER));
    }
  }

  private isToServer(hex: string): boolean {
    return serverOfFrame(bytesOf(hex), this.servers()) !== undefined;
  }

  private mask(hex: string): string {
    const bytes = bytesOf(hex);
    const own = this.header.topology.director_server_side;
    const isTunnel = (packet: Packet): boolean => {
      const source = IpAddress.fromBytes(packet.family, packet.bytes, packet.sourceOffset);
      return source.toString() === (packet.family === 4 ? own.ip : own.ip6);
    };
    return hexOf(maskArbitraryFields(bytes, isTunnel, this.shortestOwnTtl));
  }

  private markOfFrame(bytes: Uint8Array): number {
    const packet = new Packet();
    if (packet.parseFrame(bytes) !== 'ok') return 0;
    return markOf(this.marks, packet) || this.otherMarkOf(packet);
  }

  private compareServices(step: RecordedStep, expected: readonly RecordedServiceLines[]): void {
    this.compareRows(step, expected, listServicesAsRecorded(this.director));
  }

  private compareConnections(step: RecordedStep, expected: readonly RecordedConnection[]): void {
    const got = this.lateTimers?.list(step, expected) ?? listConnectionsAsRecorded(this.director);
    this.compareRows(step, expected, got);
  }

  /** Compares rows whose order means nothing, and reports only those that differ. */
  private compareRows(
    step: RecordedStep,
    expected: readonly unknown[],
    got: readonly unknown[],
  ): void {
    const wanted = expected.map((row) => JSON.stringify(row));
    const present = got.map((row) => JSON.stringify(row));
    const missing = without(wanted, present).toSorted();
    const surplus = without(present, wanted).toSorted();
    this.tally.compare(stepName(step), missing.join(' '), surplus.join(' '));
  }

  private servers(): IpAddress[] {
    const { services } = this.director;
    return [...services].flatMap(({ servers }) =>
      [...servers, ...servers.removed].map(({ address }) => address),
    );
  }

  private compare(step: RecordedStep, expected: unknown, got: unknown): void {
    this.tally.compare(stepName(step), JSON.stringify(expected), JSON.stringify(got));
  }
}

function stepName(step: RecordedStep): string {
  return `step ${step.i} (${step.op} at ${step.t} ms${step.note === undefined ? '' : `, ${step.note}`})`;
}

/** Whether an output lists connections, whose rows are a set. */
function isConnectionList(text: string): boolean {
  return text.startsWith('IPVS connection entries');
}

/** The rows that are not in others; equal ones are taken off one by one. */
function without(rows: readonly string[], others: readonly string[]): string[] {
  const rest = [...others];
  return rows.filter((row) => {
    const index = rest.indexOf(row);
    if (index >= 0) rest.splice(index, 1);
    return index < 0;
  });
}
