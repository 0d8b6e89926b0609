/**
 * Which entries can be spared when memory is short: the rules of the `drop_entry` defence.
 *
 * TCP connections that wait for the client's proof (SYN_RECV, SYNACK) always; established ones, and those
 * of other protocols, when they were idle for 60 s and have seen 1 to 8 packets: of those with n packets
 * one in n. Templates that are not ASSURED; never an entry that controls others. Cost: constant.
 */
import { TEMPLATE_ASSURED } from './entry-editor.js';
import type { EntryReader } from './entries/entry-reader.js';
import { PROTOCOL_TCP } from './entries/flags.js';
import { TCP_ESTABLISHED, TCP_SYN_RECV, TCP_SYNACK } from './states/tcp.js';

const IDLE_MS = 60_000;
const MOST_PACKETS = 8;

/** An {@link EntryReader} that knows when timers are due. */
export interface TimedReader extends EntryReader {
  /**
   * When an entry's timer is due.
   *
   * @param slot - The entry.
   * @returns Milliseconds.
   */
  expiryMs(slot: number): number;
}

/** The rules, with their counts of entries passed over. */
export class DropRules {
  private readonly table: TimedReader;
  private readonly passed = new Uint8Array(MOST_PACKETS + 1);

  /** @param table - Whose entries are judged. */
  constructor(table: TimedReader) {
    this.table = table;
  }

  /**
   * Whether an entry may be dropped; asking counts as its turn.
   *
   * @param slot - The entry.
   * @param now - The present time in milliseconds.
   * @returns `true` when it can be spared.
   */
  allow(slot: number, now: number): boolean {
    const { table } = this;
    if (table.controlled(slot) > 0) return false;
    const state = table.state(slot);
    if (table.isTemplate(slot)) return state !== TEMPLATE_ASSURED;
    if (table.protocol(slot) !== PROTOCOL_TCP) return this.isIdle(slot, now);
    if (state === TCP_SYN_RECV || state === TCP_SYNACK) return true;
    return state === TCP_ESTABLISHED && this.isIdle(slot, now);
  }

  private isIdle(slot: number, now: number): boolean {
    const { table } = this;
    if (now - (table.expiryMs(slot) - table.timeoutMs(slot)) < IDLE_MS) return false;
    const packets = table.packets(slot);
    if (packets < 1 || packets > MOST_PACKETS) return false;
    this.passed[packets] = (this.passed[packets] + 1) % packets;
    return this.passed[packets] === 0;
  }
}
