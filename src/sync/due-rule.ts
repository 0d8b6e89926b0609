/**
 * When a master sends an entry: the rules of `sync_threshold`, `sync_period`, `sync_refresh_period`,
 * `sync_retries` and `sync_persist_mode`.
 *
 * With n = packets of the client so far, T = threshold, P = period, R = refresh period, in this order:
 *
 * 1. Only templates are sent with `sync_persist_mode`, for connections that one controls.
 * 2. TCP and SCTP connections are not sent while they are opening.
 * 3. A state other than ESTABLISHED that was not sent yet is sent at once.
 * 4. R > 0: no, while the expiry has moved by less than min(R, max(timeout/2, 10 s)) since the last
 *    sending; `sync_retries` repetitions are made all the same.
 * 5. P > 0: templates always, connections when n mod P = T. P = R = 0: when n = T. P = 0 < R: always.
 *
 * Source: datagrams recorded from Linux 6.1.192. Cost: constant; eight bytes per entry, only while a master runs.
 */
import { PROTOCOL_SCTP, PROTOCOL_TCP } from '../connections/entries/flags.js';
import type { DueFields, SynchronizedEntries } from '../connections/doors/synchronized-entries.js';
import type { SyncTunables } from './sync-part.js';

/** TCP states in which a connection may be sent: ESTABLISHED, FIN_WAIT, TIME_WAIT, CLOSE, CLOSE_WAIT. */
const TCP_SENT: number = (1 << 1) | (1 << 4) | (1 << 5) | (1 << 6) | (1 << 7);
/** SCTP states in which it may: ESTABLISHED, S-SENT, S-RECEIVED, S-ACK-SENT, CLOSED. */
const SCTP_SENT: number = (1 << 8) | (1 << 9) | (1 << 10) | (1 << 11) | (1 << 13);
const TCP_ESTABLISHED = 1;
const SCTP_ESTABLISHED = 8;

/** The state that was sent last; above it how many retries were made, and whether the entry was looked at. */
const STATE_MASK = 0xf;
const RETRY_SHIFT = 4;
const RETRY_MASK = 0x3;
const SEEN = 0x40;

/** Decides which entries are sent, and remembers what was. */
export class DueRule {
  private readonly entries: SynchronizedEntries;
  private readonly tunables: SyncTunables;

  /**
   * @param entries - The entries; what was sent of each is noted there.
   * @param tunables - The tunables, live.
   */
  constructor(entries: SynchronizedEntries, tunables: SyncTunables) {
    this.entries = entries;
    this.tunables = tunables;
  }

  /**
   * Whether a packet of a client cannot make its connection due, nor what controls that: a quick answer for most packets.
   *
   * @param slot - The connection.
   * @returns `true` when nothing is due; `false` leaves it open.
   */
  isPassed(slot: number): boolean {
    if (this.tunables.sync_refresh_period !== 0) return false;
    const packets = this.entries.packetsOf(slot, PROTOCOL_TCP, TCP_ESTABLISHED);
    return packets >= 0 && !this.isCounted(false, packets);
  }

  /**
   * Whether an entry is to be sent now; if so, it counts as sent.
   *
   * @param slot - Its slot.
   * @param entry - The entry.
   * @param packets - Its packets so far.
   * @param now - The present time in milliseconds.
   * @returns `true` when it is.
   */
  take(slot: number, entry: DueFields, packets: number, now: number): boolean {
    const { sent: column, sentExpiries } = this.entries;
    let sent = column.get(slot);
    if (sent === 0) {
      column.set(slot, (sent = SEEN));
      sentExpiries.set(slot, Math.ceil(now) | 0);
    }
    const retries = this.retriesOf(slot, sent, entry, packets, now);
    if (retries < 0) return false;
    column.set(slot, SEEN | entry.state | (retries << RETRY_SHIFT));
    if (retries === 0) sentExpiries.set(slot, (Math.ceil(now) + entry.timeoutMs) | 0);
    return true;
  }

  /** −1 when the entry is not due, else how many retries have been made with this one. */
  private retriesOf(
    slot: number,
    sent: number,
    entry: DueFields,
    packets: number,
    now: number,
  ): number {
    const { sync_persist_mode: persist, sync_refresh_period: refresh } = this.tunables;
    if (persist !== 0 && entry.hasTemplate && !entry.isTemplate) return -1;
    const state = stateRule(entry, sent & STATE_MASK);
    if (state === 'never') return -1;
    if (state === 'at-once') return 0;
    const retries =
      refresh > 0 ? this.refreshRule(slot, (sent >>> RETRY_SHIFT) & RETRY_MASK, entry, now) : 0;
    return retries >= 0 && this.isCounted(entry.isTemplate, packets) ? retries : -1;
  }

  private refreshRule(slot: number, retries: number, entry: DueFields, now: number): number {
    const { sync_refresh_period: refresh, sync_retries: most } = this.tunables;
    const { timeoutMs } = entry;
    const expiry = this.entries.sentExpiries.get(slot);
    const moved = Math.abs((Math.ceil(now) + timeoutMs - expiry) | 0);
    if (moved >= Math.min(refresh * 1000, Math.max(timeoutMs / 2, 10_000))) return 0;
    if (retries >= most) return -1;
    const retryFrom = (expiry - timeoutMs + refresh * 125) | 0;
    return ((Math.ceil(now) - retryFrom) | 0) >= 0 ? retries + 1 : -1;
  }

  private isCounted(isTemplate: boolean, packets: number): boolean {
    const { sync_threshold: threshold, sync_period: period } = this.tunables;
    if (period > 0) return isTemplate || packets % period === threshold;
    return this.tunables.sync_refresh_period > 0 || packets === threshold;
  }
}

function stateRule(entry: DueFields, sent: number): 'never' | 'at-once' | 'counted' {
  const { protocol, state } = entry;
  if (entry.isTemplate) return 'counted';
  if (protocol === PROTOCOL_TCP) return stateRuleOf(state, sent, TCP_SENT, TCP_ESTABLISHED);
  if (protocol === PROTOCOL_SCTP) return stateRuleOf(state, sent, SCTP_SENT, SCTP_ESTABLISHED);
  return 'counted';
}

function stateRuleOf(
  state: number,
  sent: number,
  allowed: number,
  established: number,
): 'never' | 'at-once' | 'counted' {
  if (((allowed >>> state) & 1) === 0) return 'never';
  return state !== sent && state !== established ? 'at-once' : 'counted';
}
