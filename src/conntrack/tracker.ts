/**
 * The connection tracking of one director: what a packet belongs to, and what becomes of it beside the director.
 *
 * | packet                                 | `conntrack` 0            | `conntrack` 1                                |
 * | -------------------------------------- | ------------------------ | -------------------------------------------- |
 * | opens an entry                         | is taken out of tracking | is tracked; source NAT is consulted (masq)   |
 * | of an entry, invalid                   | passes                   | a client's is judged again as it leaves      |
 * | SYN that would replace a tracked entry | –                        | the entry ends, the SYN is dropped           |
 * | left to the host or to routing         | is tracked               | is tracked                                   |
 *
 * Which are tracked: `which-are-tracked.ts`. When an entry ends, so does what is tracked of it.
 * What is invalid has no connection. As it leaves for its server it is therefore judged once more, by the ends that it
 * has then, and whatever its checksum: behind NAT it would be a connection whose answers are those of the real one, and
 * is lost, unless nothing is tracked of its entry.
 * Cost: constant per packet, but for checksums. Source: recorded decisions, and outcomes observed on Linux hosts.
 */
import { isMasquerading, METHOD_BITS, METHOD_FLAGS } from '../connections/entries/flags.js';
import { isIcmp } from '../forwarding/received-icmp-errors.js';
import { PROTOCOL_UDP } from '../protocols.js';
import type { Packet } from '../wire/packet.js';
import { CurrentPacket } from './current-packet.js';
import type { Firewall } from './firewall.js';
import { followOther, Follower } from './follower.js';
import { Identification } from './identification.js';
import { trackedEntry, trackedStray } from './listed-connection.js';
import { PlainSegments } from './plain-segment.js';
import { DECIDED, FLAGS, TRACKED } from './record.js';
import { SourceTranslation } from './source-nat-choice.js';
import { Strays } from './strays.js';
import type { TrackedConnection } from './tracked-connection.js';
import { TrackedEntries } from './tracked-entries.js';
import { TrackedErrors } from './tracked-errors.js';
import type { TrackingEnvironment, TrackingFault, TrackingPart } from './tracking-part.js';
import { restoreTracking, stateOfTracking, type TrackingState } from './tracking-state.js';
import { translateSource } from './translation.js';
import { Tuple } from './tuple.js';
import { mayBeTracked } from './which-are-tracked.js';

const NONE = -1;

/** Tracks the packets of one director. */
export class Tracker implements TrackingPart {
  readonly plain: PlainSegments;
  private readonly environment: TrackingEnvironment;
  private readonly firewall: Firewall;
  private readonly follower = new Follower();
  private readonly strays = new Strays(this.follower);
  private readonly current = new CurrentPacket();
  private readonly entries: TrackedEntries;
  private readonly translation: SourceTranslation;
  private readonly errors: TrackedErrors;
  private readonly identification: Identification;
  /** The packets that would answer a new connection; written by `isTaken`. */
  private readonly answers = new Tuple();

  /**
   * @param environment - The director.
   * @param firewall - The firewall's rules.
   */
  constructor(environment: TrackingEnvironment, firewall: Firewall) {
    this.environment = environment;
    this.firewall = firewall;
    this.entries = new TrackedEntries(environment.table, this.follower);
    this.plain = new PlainSegments(environment.table, firewall, this.entries);
    this.translation = new SourceTranslation(environment, firewall, this.entries);
    this.errors = new TrackedErrors(this.entries, this.strays);
    const { current, entries, strays, follower } = this;
    this.identification = new Identification(environment, current, entries, strays, follower);
  }

  /** Bytes of what is kept of entries. */
  get bytes(): number {
    return this.entries.bytes;
  }

  receive(packet: Packet, mark: number, now: number, isOfHost: boolean): boolean {
    const { current } = this;
    current.begin(mark);
    const toHost = this.environment.isLocal(packet.destination);
    const verifies = !isOfHost && this.firewall.verifiesChecksums;
    if (isIcmp(packet)) this.errors.receive(packet, current, toHost, now);
    else this.identification.receive(packet, toHost, now, verifies);
    if (current.as !== 'invalid') return true;
    const { dropsInput, dropsForwarded } = this.firewall;
    return !(toHost ? dropsInput : dropsForwarded);
  }

  send(packet: Packet, slot: number, toHost: boolean, now: number): TrackingFault | undefined {
    const { current } = this;
    if (current.isError) {
      if (toHost) this.errors.send(packet, current);
      return undefined;
    }
    if (current.as === 'untracked') return undefined;
    const entry = this.entryOfCurrent(slot, toHost);
    if (entry === NONE) {
      // Requests that are scheduled one packet at a time have no entry.
      if (this.environment.tunables.conntrack !== 0) this.accept(now);
      return undefined;
    }
    if (!this.isTracked(entry)) return undefined;
    return toHost ? this.sendToServer(packet, entry, now) : this.sendToClient(entry, now);
  }

  sendOuter(outer: Packet, now: number): void {
    const { current, strays } = this;
    const hasPorts = outer.protocol === PROTOCOL_UDP && outer.hasPorts;
    current.tuple.set(
      outer.protocol,
      outer.source,
      hasPorts ? outer.sourcePort : 0,
      outer.destination,
      hasPorts ? outer.destinationPort : 0,
    );
    const known = strays.find(current.tuple, now);
    const stray = known ?? strays.create();
    followOther(stray.words, 0, outer.protocol, 0, now);
    if (known === undefined) {
      stray.original.copy(current.tuple);
      stray.reply.copy(current.tuple, true);
      strays.add(stray, now);
    }
  }

  accept(now: number): void {
    const { current, strays } = this;
    if (current.as !== 'new') return;
    const stray = strays.create();
    stray.words.set(current.fresh);
    stray.mark = this.firewall.connectionMark(current.mark);
    stray.original.copy(current.tuple);
    stray.reply.copy(current.tuple, true);
    strays.add(stray, now);
  }

  deliver(slot: number, now: number): void {
    const { current, entries } = this;
    if (current.as !== 'new') return;
    const entry = this.entryOfCurrent(slot, true);
    if (entry === NONE || !this.isTracked(entry)) return;
    if (!entries.isPresent(entry, now)) this.store(entry);
  }

  holds(slot: number): boolean {
    return this.current.as === 'established' && this.isTracked(slot);
  }

  connectionRemoved(slot: number): void {
    this.entries.remove(slot);
  }

  *connections(): Iterable<TrackedConnection> {
    const { entries, environment } = this;
    const { table } = environment;
    const now = environment.advance();
    for (let slot = table.next(-1); slot >= 0; slot = table.next(slot)) {
      if (entries.isPresent(slot, now)) yield trackedEntry(table, entries, slot, now);
    }
    for (const stray of this.strays.present(now)) yield trackedStray(stray, now);
  }

  toJSON(): TrackingState {
    const { environment, entries, strays } = this;
    return stateOfTracking(environment.table, entries, strays, environment.advance());
  }

  restore(state: TrackingState): void {
    restoreTracking(state, this.entries, this.strays, this.environment.advance());
  }

  /** The entry to which the director forwarded the packet at hand, or −1; `slot` is what the director knows of it. */
  private entryOfCurrent(slot: number, toHost: boolean): number {
    const { current, environment } = this;
    // AH and ESP follow the entry of their key exchange, but are no packets of that connection.
    if (slot !== NONE && environment.table.protocol(slot) === current.tuple.protocol) return slot;
    const isReply = current.ownAddress !== undefined && current.direction === 1;
    return isReply ? current.slot : this.entries.entryOf(current.tuple, toHost);
  }

  /** Whether an entry is tracked: decided when it is seen first. */
  private isTracked(entry: number): boolean {
    const { records } = this.entries;
    const flags = records.flagsOf(entry);
    if ((flags & DECIDED) !== 0) return (flags & TRACKED) !== 0;
    const isTracked = mayBeTracked(this.environment, entry);
    records.reserve(entry);
    records.wordsOf(entry)[records.offsetOf(entry) + FLAGS] |= DECIDED | (isTracked ? TRACKED : 0);
    return isTracked;
  }

  /** A client's packet of a tracked entry, which goes to the server. */
  private sendToServer(packet: Packet, entry: number, now: number): TrackingFault | undefined {
    const { current, entries, environment } = this;
    const isMasqueraded = isMasquerading(environment.table.flags(entry));
    if (current.as === 'invalid') return this.sendInvalid(packet, entry, now);
    if (current.as === 'new') {
      if (entries.records.has(entry)) return undefined;
      if (isMasqueraded && this.isTaken(packet, now)) return 'answers-tracked';
      this.store(entry);
      const fault = this.translation.choose(entry, current);
      if (fault !== undefined) {
        entries.forget(entry);
        return fault;
      }
    }
    if (isMasqueraded && current.ownAddress !== undefined) {
      translateSource(packet, current.ownAddress, current.ownPort);
    }
    return undefined;
  }

  /** A client's invalid packet of a tracked entry, which goes to the server. */
  private sendInvalid(packet: Packet, entry: number, now: number): TrackingFault | undefined {
    const { current, entries, environment, identification } = this;
    const method = environment.table.flags(entry) & METHOD_BITS;
    // Of a tunnel the outer packet leaves.
    if (method === METHOD_FLAGS.tunneling) return undefined;
    const isPresent = entries.isPresent(entry, now);
    identification.receive(packet, true, now, false);
    if (current.as !== 'new') return undefined;
    if (method !== METHOD_FLAGS.masquerading) this.store(entry);
    else if (isPresent || this.isTaken(packet, now)) return 'invalid-segment';
    else this.accept(now);
    return undefined;
  }

  /** Begins to track an entry with the packet at hand. */
  private store(entry: number): void {
    const { current, entries, firewall } = this;
    entries.store(entry, current.fresh);
    entries.marks.set(entry, firewall.connectionMark(current.mark));
  }

  /** Whether the answers to a new connection behind NAT belong to another; source NAT would give it another port. */
  private isTaken(packet: Packet, now: number): boolean {
    const { answers, current, strays, firewall } = this;
    if (strays.size === 0 || firewall.sourceRules.length > 0) return false;
    const { source, sourcePort, destination, destinationPort } = packet;
    answers.set(current.tuple.protocol, destination, destinationPort, source, sourcePort);
    return strays.find(answers, now) !== undefined;
  }

  /** A server's packet of a tracked entry whose connection was forgotten: it begins one of its own. */
  private sendToClient(entry: number, now: number): undefined {
    const { current, environment, strays } = this;
    if (current.as !== 'new') return;
    const { table } = environment;
    const { clientAddress, clientPort, virtualAddress, virtualPort } = table.endpoints(entry);
    const stray = strays.create();
    stray.words.set(current.fresh);
    stray.original.copy(current.tuple);
    stray.reply.set(current.tuple.protocol, clientAddress, clientPort, virtualAddress, virtualPort);
    strays.add(stray, now);
  }
}
