/**
 * The master: announces connections and templates to backups.
 *
 * After each packet of a client the connection is looked at, then the template that controls it. What is
 * due (`due-rule.ts`) goes into the message that is being filled; the message is sent when it is full or its
 * first entry is more than 2 s old, which is looked at each second. Source: datagrams recorded from Linux 6.1.192.
 */
import { FLAG_OUT_SEQ } from '../connections/entries/flags.js';
import type { DueFields, SynchronizedEntries } from '../connections/doors/synchronized-entries.js';
import { writeUint32 } from '../wire/bytes.js';
import { DueRule } from './due-rule.js';
import { SyncMessageWriter } from './message-writer.js';
import { OUTWARD, SEQUENCE_BYTES, SyncEntry } from './sync-entry.js';
import type { SyncDaemon } from './sync-daemon.js';
import type { MasterStatistics, SyncEnvironment, SyncTunables } from './sync-part.js';
import type { SyncChannel } from './sync-transport.js';

const NONE = -1;
/** How often waiting messages are looked at. */
const TICK_MS = 1000;
/** Spreads the clients over the ports: 2^32 over the golden ratio. */
const HASH_FACTOR = 0x9e3779b1;
/** The age of the first entry from which on a message is sent. */
const OLD_MS = 2000;

/** The sending half of synchronization. */
export class SyncMaster {
  /** When the next look at waiting messages is due, in milliseconds; Infinity while none waits. */
  dueMs: number = Infinity;
  private messages = 0;
  private sentEntries = 0;
  private readonly startMs: number;
  private readonly intervalMs: number;
  private readonly entries: SynchronizedEntries;
  private readonly tunables: SyncTunables;
  private readonly engine: string | undefined;
  private readonly rule: DueRule;
  /** One message per port is being filled. */
  private readonly writers: readonly SyncMessageWriter[];
  private readonly entry = new SyncEntry();
  private readonly looked: DueFields = {
    protocol: 0,
    isTemplate: false,
    hasTemplate: false,
    state: 0,
    timeoutMs: 0,
  };

  /**
   * @param daemon - How it runs.
   * @param environment - The connections and tunables.
   * @param channel - Takes complete messages.
   * @param now - The present time in milliseconds.
   */
  constructor(daemon: SyncDaemon, environment: SyncEnvironment, channel: SyncChannel, now: number) {
    const { table, tunables, timerLatenessMs } = environment;
    this.entries = table.synchronized;
    this.tunables = tunables;
    [this.engine] = environment.engines;
    this.intervalMs = TICK_MS + timerLatenessMs;
    this.rule = new DueRule(this.entries, tunables);
    this.writers = Array.from(
      { length: tunables.sync_ports },
      (_, index) =>
        new SyncMessageWriter(daemon.syncId, daemon.maxLengthBytes, (bytes, length) => {
          this.messages++;
          channel.send(bytes, length, index);
        }),
    );
    this.startMs = now;
  }

  /** What was sent so far. */
  get statistics(): MasterStatistics {
    return { messages: this.messages, entries: this.sentEntries };
  }

  /**
   * A packet of a client belonged to a connection, and was counted.
   *
   * @param slot - The connection.
   * @param now - The present time in milliseconds.
   */
  clientPacket(slot: number, now: number): void {
    if (this.rule.isPassed(slot)) return;
    const sent = this.look(slot, this.entries.packets(slot), now);
    if (!sent && this.tunables.sync_version === 0) return;
    this.lookAtController(this.entries.controller(slot), now);
  }

  /**
   * Packets of a client belonged to a connection, and were not counted: as if one of them had completed a period.
   *
   * @param slot - The connection.
   * @param now - The present time in milliseconds.
   */
  uncountedPackets(slot: number, now: number): void {
    const { entries, tunables } = this;
    // Without periods a connection is announced once.
    if (tunables.sync_period === 0 && tunables.sync_refresh_period === 0) return;
    this.look(slot, tunables.sync_threshold, now);
    this.lookAtController(entries.controller(slot), now);
  }

  /** Looks at what controls an entry, and at what controls that: a data connection's control connection has a template. */
  private lookAtController(controller: number, now: number): void {
    if (controller === NONE) return;
    const { entries, tunables } = this;
    if (entries.isTemplate(controller)) return this.lookAtTemplate(controller, now);
    const sent = this.look(controller, tunables.sync_threshold, now);
    if (sent || tunables.sync_version !== 0) {
      this.lookAtController(entries.controller(controller), now);
    }
  }

  /**
   * A packet of a client was counted at a template.
   *
   * @param template - The template.
   * @param now - The present time in milliseconds.
   */
  lookAtTemplate(template: number, now: number): void {
    this.look(template, this.entries.countPacket(template), now);
  }

  /**
   * A template was re-armed.
   *
   * @param template - The template.
   * @param now - When, in milliseconds.
   */
  templateRearmed(template: number, now: number): void {
    this.look(template, this.tunables.sync_threshold, now);
  }

  /**
   * Sends the message that has waited long enough.
   *
   * @param now - The present time in milliseconds: {@link SyncMaster.dueMs} or later.
   */
  tick(now: number): void {
    this.dueMs = Infinity;
    for (const writer of this.writers) {
      if (writer.pending === 0) continue;
      const due = this.dueOf(writer);
      if (due <= now) writer.flush();
      else this.dueMs = Math.min(this.dueMs, due);
    }
  }

  /** Sends what waits. */
  flush(): void {
    for (const writer of this.writers) writer.flush();
  }

  /** Whether the entry was due, and is in the message now. */
  private look(slot: number, packets: number, now: number): boolean {
    const { entries, looked, entry } = this;
    const version = this.tunables.sync_version === 0 ? 0 : 1;
    if (version === 0 && entries.isIpv6(slot)) return false;
    // A message that was due before goes first, however late the caller looks at the clock.
    while (this.dueMs < now) this.tick(this.dueMs);
    entries.readDue(slot, looked);
    if (!this.rule.take(slot, looked, packets, now)) return false;
    entries.read(slot, entry);
    describeEngine(entry, this.engine);
    describeSequence(entry, entries.shifts(slot));
    const writer = this.writerOf(entry);
    writer.append(entry, version, now);
    this.sentEntries++;
    if (writer.pending === 1) this.dueMs = Math.min(this.dueMs, this.dueOf(writer));
    return true;
  }

  /** The first look at which the message of a writer is old enough. */
  private dueOf(writer: SyncMessageWriter): number {
    const age = writer.startedMs + OLD_MS - this.startMs;
    return this.startMs + (Math.floor(age / this.intervalMs) + 1) * this.intervalMs;
  }

  /** The messages of one client take one port, so that they arrive in order. */
  private writerOf({ key }: SyncEntry): SyncMessageWriter {
    const { writers } = this;
    if (writers.length === 1) return writers[0];
    return writers[(Math.imul(key.client3, HASH_FACTOR) >>> 0) % writers.length];
  }
}

/** Adds to a template what its persistence engine has read, and the engine's name. */
function describeEngine(entry: SyncEntry, engine: string | undefined): void {
  const data = entry.key.engineData;
  entry.engineName = data === '' ? undefined : engine;
  entry.engineData =
    entry.engineName === undefined
      ? undefined
      : Uint8Array.from(data, (character) => character.charCodeAt(0));
}

/** Adds to a connection with shifted sequence numbers by how much they are shifted, towards the client. */
function describeSequence(
  entry: SyncEntry,
  shifts: ReturnType<SynchronizedEntries['shifts']>,
): void {
  entry.sequence = undefined;
  if (shifts === undefined || (entry.flags & FLAG_OUT_SEQ) === 0) return;
  entry.sequence = new Uint8Array(SEQUENCE_BYTES);
  writeUint32(entry.sequence, OUTWARD, shifts.position);
  writeUint32(entry.sequence, OUTWARD + 4, shifts.behind);
  writeUint32(entry.sequence, OUTWARD + 8, shifts.before);
}
