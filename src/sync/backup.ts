/**
 * The backup: takes over what a master announces.
 *
 * An entry that is known is updated; a new one is bound to its server when that exists here, else it is
 * kept without one and bound at a later message. A hostile sender cannot make the table larger than its
 * limit: what does not fit is counted. An entry without timeout gets that of its protocol and state, a template 180 s.
 * Messages of another sync id are ignored (`decode-message.ts`). Source: a receiver recorded from Linux 6.1.192.
 */
import { AddressBuffer } from '../address-words.js';
import {
  FLAG_INACTIVE,
  FLAG_ONE_PACKET,
  FLAG_SYNC,
  FLAG_TEMPLATE,
} from '../connections/entries/flags.js';
import type { SynchronizedEntries } from '../connections/doors/synchronized-entries.js';
import { OTHER_TIMEOUT_MS } from '../connections/states/timeouts.js';
import type { RealServer } from '../model/real-server.js';
import type { ServerList } from '../model/server-list.js';
import type { Service } from '../services/service.js';
import {
  type MessageFault,
  type RestFault,
  SyncDecoder,
  type SyncFault,
  type SyncVisitor,
} from './decode-message.js';
import type { EntryFault } from './skipped-entries.js';
import { MessagePrefetch, UNKNOWN } from './message-prefetch.js';
import { readInt32 } from '../wire/bytes.js';
import { ServerFinder } from './server-finder.js';
import { OUTWARD, type SyncEntry } from './sync-entry.js';
import type { SyncDaemon } from './sync-daemon.js';
import type { BackupStatistics, SyncEnvironment } from './sync-part.js';

const NONE = -1;
/** The first state of a template without a name. */
const UNNAMED_STATE = 2;
/** The longest timeout that the table takes, in seconds: 32 days. */
const MAX_TIMEOUT_SECONDS = 32 * 86_400;

/** The receiving half of synchronization. */
export class SyncBackup implements SyncVisitor {
  private readonly environment: SyncEnvironment;
  private readonly entries: SynchronizedEntries;
  private readonly decoder: SyncDecoder;
  private readonly prefetch: MessagePrefetch;
  private readonly faults = new Map<SyncFault, number>();
  private readonly virtual = new AddressBuffer();
  private readonly finders = new WeakMap<ServerList, ServerFinder>();
  private lastFinder: ServerFinder | undefined;
  private readonly initial = { state: 0, active: false, timeoutMs: 0 };
  private now = 0;
  /** How many entries of the message have been read. */
  private read = 0;
  private messages = 0;
  private added = 0;
  private updated = 0;
  private outdated = 0;
  private refused = 0;

  /**
   * @param daemon - How it runs.
   * @param environment - What it works on.
   */
  constructor(daemon: SyncDaemon, environment: SyncEnvironment) {
    this.environment = environment;
    this.entries = environment.table.synchronized;
    this.prefetch = new MessagePrefetch(environment.table.fastPath);
    this.decoder = new SyncDecoder(daemon.syncId, environment.engines, environment.kernel);
  }

  /** What was received so far. */
  get statistics(): BackupStatistics {
    const { messages, added, updated, outdated, refused } = this;
    return { messages, added, updated, outdated, refused, faults: new Map(this.faults) };
  }

  /**
   * Takes a message.
   *
   * @param bytes - The UDP payload; not kept.
   * @param now - The present time in milliseconds.
   * @returns Why the message, or its rest, was dropped; `undefined` when all of it was read.
   */
  receive(bytes: Uint8Array, now: number): MessageFault | RestFault | undefined {
    this.now = now;
    this.messages++;
    this.read = 0;
    this.prefetch.read(bytes);
    const fault = this.decoder.decode(bytes, this);
    if (fault !== undefined) this.count(fault);
    return fault;
  }

  /** Called by the decoder. @internal */
  entry(entry: SyncEntry, version: 0 | 1): void {
    const { entries, now } = this;
    entry.key.engineData = engineDataOf(entry);
    const known = this.find(entry, this.read++);
    let slot = known;
    if (known !== NONE && this.isOther(known, entry)) {
      if ((entry.flags & FLAG_INACTIVE) !== 0) {
        this.outdated++;
        return;
      }
      this.environment.table.expireNow(known, now);
      slot = NONE;
    }
    const timeoutMs = this.timeoutOf(entry, version);
    if (slot === NONE) slot = this.add(entry, timeoutMs);
    else this.update(slot, entry, timeoutMs);
    if (slot === NONE) return;
    entries.setPackets(slot, this.environment.tunables.sync_threshold);
    this.updateSequence(slot, entry);
    this.environment.entryReceived?.(slot, now);
  }

  /** Called by the decoder. @internal */
  skipped(fault: EntryFault): void {
    this.read++;
    this.count(fault);
  }

  private find({ flags, key }: SyncEntry, number: number): number {
    const { table } = this.environment;
    if ((flags & FLAG_TEMPLATE) !== 0) return table.findTemplate(key);
    // A connection that waits for its client's port is found by any port.
    const known = table.helped.waiting === 0 ? this.prefetch.find(number, key) : UNKNOWN;
    return known === UNKNOWN ? table.findIn(key) : known;
  }

  /** Whether a known connection has another server than the message says. */
  private isOther(slot: number, entry: SyncEntry): boolean {
    return (entry.flags & FLAG_TEMPLATE) === 0 && !this.entries.hasServer(slot, entry);
  }

  private add(entry: SyncEntry, timeoutMs: number): number {
    const flags = entry.flags & ~FLAG_ONE_PACKET;
    const { initial } = this;
    initial.state = storedState(entry);
    initial.active = (flags & (FLAG_TEMPLATE | FLAG_INACTIVE)) === 0;
    initial.timeoutMs = timeoutMs;
    this.environment.clientReceived?.(entry.key);
    const server = this.serverOf(entry);
    const slot = this.entries.insert(entry, flags | FLAG_SYNC, server, this.now, initial);
    if (slot === NONE) this.refused++;
    else this.added++;
    return slot;
  }

  /** Takes over by how much the sequence numbers of a connection are shifted, towards the client. */
  private updateSequence(slot: number, { flags, sequence }: SyncEntry): void {
    if (sequence === undefined || (flags & FLAG_TEMPLATE) !== 0) return;
    const position = readInt32(sequence, OUTWARD);
    const behind = readInt32(sequence, OUTWARD + 4);
    this.entries.setShifts(slot, position, readInt32(sequence, OUTWARD + 8), behind);
  }

  private update(slot: number, entry: SyncEntry, timeoutMs: number): void {
    const { entries } = this;
    this.updated++;
    if (entries.server(slot) === undefined) {
      const server = this.serverOf(entry);
      if (server !== undefined) entries.bind(slot, server);
    }
    entries.update(slot, entry.flags, storedState(entry), timeoutMs);
    this.environment.table.touch(slot, this.now);
  }

  /** The server of an entry, if there is one here. */
  private serverOf(entry: SyncEntry): RealServer | undefined {
    const service = this.serviceOf(entry);
    if (service === undefined) return undefined;
    const finder = this.finderOf(service.servers);
    const isMarkTemplate = (entry.flags & FLAG_TEMPLATE) !== 0 && entry.mark !== 0;
    const port = isMarkTemplate ? 0 : entry.serverPort;
    return finder.find(entry, port) ?? finder.find(entry, 0);
  }

  /** The index of a list; most entries are of the same service as the one before. */
  private finderOf(servers: ServerList): ServerFinder {
    if (this.lastFinder?.servers === servers) return this.lastFinder;
    let finder = this.finders.get(servers);
    if (finder === undefined) this.finders.set(servers, (finder = new ServerFinder(servers)));
    this.lastFinder = finder;
    return finder;
  }

  /** The service of an entry: by its mark if it has one, else by its virtual endpoint. */
  private serviceOf({ key, mark }: SyncEntry): Service | undefined {
    const { services } = this.environment;
    if (mark !== 0) return services.marked(key.family, mark);
    const { virtual } = this;
    if (key.family === 4) virtual.set4(key.virtual3);
    else virtual.set6(key.virtual0, key.virtual1, key.virtual2, key.virtual3);
    return services.lookup(0, key.protocol, virtual, key.virtualPort);
  }

  private timeoutOf(entry: SyncEntry, version: 0 | 1): number {
    if (version === 1 && entry.timeoutSeconds !== 0) {
      return Math.min(entry.timeoutSeconds, MAX_TIMEOUT_SECONDS) * 1000;
    }
    if ((entry.flags & FLAG_TEMPLATE) !== 0) return OTHER_TIMEOUT_MS;
    return this.environment.timeouts.of(entry.key.protocol, entry.state);
  }

  private count(fault: SyncFault): void {
    this.faults.set(fault, (this.faults.get(fault) ?? 0) + 1);
  }
}

/**
 * The state as the table keeps it. Of a template's state that has no name only whether it is odd matters: then
 * it counts as ASSURED.
 */
function storedState({ flags, state }: SyncEntry): number {
  if ((flags & FLAG_TEMPLATE) === 0 || state < UNNAMED_STATE) return state;
  return UNNAMED_STATE | (state & 1);
}

/** The data of a persistence engine, which distinguishes the templates of one client: one character per byte. */
function engineDataOf({ flags, engineData }: SyncEntry): string {
  if (engineData === undefined || (flags & FLAG_TEMPLATE) === 0) return '';
  return String.fromCharCode(...engineData);
}
