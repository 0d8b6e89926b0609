/**
 * Recorded sequences of segments on a whole director: for each a fresh service with one server, and a
 * packet every 40 ms from one client or from the server.
 *
 * After a sequence its connections are told to expire, so that nothing of it is left for the next one.
 */
import { ManualClock } from '../../src/clock.js';
import { Director } from '../../src/director/director.js';
import type { Verdict } from '../../src/director/verdict.js';
import { IpAddress } from '../../src/ip-address.js';
import type { Protocol } from '../../src/protocols.js';
import { seededRandom } from '../../src/random.js';
import { encodePacket } from '../../src/wire/encode-packet.js';
import { Packet } from '../../src/wire/packet.js';
import { flagBits, resetFlags } from './recorded-packets.js';
import { segmentContent } from './recorded-segments.js';
import type { Tally } from './tally.js';

/** A recorded sequence and what it left behind. */
export interface RecordedSequence {
  /** How the server gets its packets. */
  readonly forward: 'masq' | 'dr' | 'tun';
  /** A tunable that has not its default. */
  readonly sysctl?: readonly [name: string, value: number];
  /** The segments. */
  readonly seq: readonly string[];
  /** What came out for each. */
  readonly out: readonly (string | null)[];
  /** The state of the connection afterwards; `null` when there is none. */
  readonly state: string | null;
  /** Whole seconds left. */
  readonly expires: number | null;
  /** How many connections there are. */
  readonly entries: number;
  /** Active connections of the server. */
  readonly active: number;
  /** Inactive ones. */
  readonly inactive: number;
}

const METHODS = { masq: 'masquerading', dr: 'gatewaying', tun: 'tunneling' } as const;
const TIMER_LATENESS_MS = 10;
const STEP_MS = 40;

const CLIENT = IpAddress.parse('198.51.100.1');
const CLIENT_PORT = 40000;
const SERVER = IpAddress.parse('10.0.0.2');
const PORT = 80;

/** Replays sequences one after the other. */
export class StateTraceRun {
  private readonly clock = new ManualClock();
  private readonly director: Director;
  private readonly protocol: Protocol;
  private readonly virtual: IpAddress;
  private readonly tally: Tally;

  /**
   * @param protocol - The protocol of all segments.
   * @param virtualAddress - The service's address.
   * @param tally - Where to count.
   */
  constructor(protocol: Protocol, virtualAddress: string, tally: Tally) {
    this.protocol = protocol;
    this.virtual = IpAddress.parse(virtualAddress);
    this.tally = tally;
    this.director = new Director({
      clock: this.clock,
      random: seededRandom(1),
      host: { client: { ipv4: '192.168.100.1' }, server: { ipv4: '10.0.0.1' } },
      timerLatenessMs: TIMER_LATENESS_MS,
    });
  }

  /**
   * Replays one sequence.
   *
   * @param label - Where it stands in the recording.
   * @param recorded - The sequence.
   */
  perform(label: string, recorded: RecordedSequence): void {
    const { director } = this;
    const name = { protocol: this.protocol, address: this.virtual, port: PORT };
    const forwardingMethod = METHODS[recorded.forward];
    const [tunable, value] = recorded.sysctl ?? ['', 0];
    const usual = tunable === '' ? 0 : director.tunables.get(tunable);
    if (tunable !== '') director.setTunable(tunable, value);
    director.addService(name, { scheduler: 'rr' });
    const server = director.addServer(name, { address: SERVER, port: PORT, forwardingMethod });
    const out = recorded.seq.map((segment) => this.play(segment));
    const { state, expires, entries, active, inactive } = recorded;
    const where = `${label}: ${recorded.seq.join(' ')}`;
    this.compare(`${where}, packets`, recorded.out, out);
    const left = { ...this.connectionLeft(), active: server.active, inactive: server.inactive };
    this.compare(`${where}, state`, { state, expires, entries, active, inactive }, left);
    director.removeService(name);
    if (tunable !== '') director.setTunable(tunable, usual);
    this.clear();
  }

  private clear(): void {
    const { table } = this.director;
    for (let slot = table.next(-1); slot >= 0; slot = table.next(slot)) {
      table.expireNow(slot, this.clock.now());
    }
    this.clock.advance(STEP_MS);
  }

  /** Sends a segment, tells what came out, and waits for the next one. */
  private play(segment: string): string | null {
    const { director, clock, virtual } = this;
    const text = segment.slice(1);
    const isRequest = segment.startsWith('c');
    const [sourcePort, destinationPort] = isRequest ? [CLIENT_PORT, PORT] : [PORT, CLIENT_PORT];
    const content = segmentContent(this.protocol, text, sourcePort, destinationPort);
    const [source, destination] = isRequest ? [CLIENT, virtual] : [SERVER, CLIENT];
    const bytes = encodePacket({ source, destination, ...content });
    const verdict = isRequest ? director.receive(bytes) : director.respond(bytes);
    const isAccepted = verdict.action === 'accept' && !verdict.leaves;
    const out = isAccepted ? this.answerOfHost(text) : this.outcomeOf(verdict);
    clock.advance(STEP_MS);
    return out;
  }

  private outcomeOf(verdict: Verdict): string | null {
    const [departure] = verdict.departures();
    if (departure === undefined) return null;
    if (departure.side === 'server') return 'fwd';
    const packet = new Packet();
    packet.parse(departure.bytes);
    const { bytes, transportOffset: at } = packet;
    if (verdict.action === 'reply') return `icmp${bytes[at]}/${bytes[at + 1]}`;
    const source = IpAddress.fromBytes(packet.family, bytes, packet.sourceOffset);
    return source.equals(this.virtual) ? 'nat' : 'plain';
  }

  /** What the host's own stack, which has no listeners, answers to a packet that is left to it. */
  private answerOfHost(text: string): string | null {
    if (this.protocol !== 'tcp') return this.protocol === 'udp' ? 'icmp3/3' : 'icmp3/2';
    const flags = resetFlags(flagBits(text));
    if (flags === undefined) return null;
    const transport = { type: 'tcp', sourcePort: PORT, destinationPort: CLIENT_PORT } as const;
    const [source, destination] = [this.virtual, CLIENT];
    // The reset passes the director like any answer from the virtual address.
    const reset = encodePacket({ source, destination, transport: { ...transport, flags } });
    this.director.observe(reset);
    return 'rst';
  }

  private connectionLeft(): Pick<RecordedSequence, 'state' | 'expires' | 'entries'> {
    const rows = [...this.director.connections()];
    const [row] = rows;
    return { state: row?.state ?? null, expires: row?.secondsLeft ?? null, entries: rows.length };
  }

  private compare(label: string, expected: unknown, got: unknown): void {
    this.tally.compare(label, JSON.stringify(expected), JSON.stringify(got));
  }
}
