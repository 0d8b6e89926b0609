/**
 * What happens to a client's packet that hits an entry, before it is forwarded: does it still belong there?
 *
 * A packet that opens a connection and hits an old one (finished, or of a quiesced server when
 * `expire_nodest_conn` is on) starts afresh: the old entry is told to expire, and the packet goes on as
 * one without entry. A packet of a connection whose server was removed is dropped, or starts afresh with
 * `expire_nodest_conn`. Source: recorded decisions.
 */
import { FLAG_NO_OUTPUT, PROTOCOL_SCTP } from '../connections/entries/flags.js';
import { SCTP_CLOSED } from '../connections/states/sctp.js';
import { TCP_CLOSE, TCP_FIN_WAIT, TCP_TIME_WAIT } from '../connections/states/tcp.js';
import type { Packet } from '../wire/packet.js';
import type { DirectorContext } from './context.js';
import { isOpening } from './transport-event.js';

/** The bit of `conn_reuse_mode` that lets entries in FIN_WAIT be used again. */
const REUSE_FIN_WAIT = 2;

/** Whether a packet belongs to its entry (`stay`), starts afresh, or ends here (`drop`). */
export type Belonging = 'stay' | 'afresh' | 'drop';

/**
 * Decides whether a packet belongs to the entry it hit; an entry that must go is told to expire.
 *
 * @param context - The director.
 * @param slot - The entry.
 * @param packet - The packet, TCP, UDP or SCTP.
 * @returns What to do.
 */
export function belongingOf(context: DirectorContext, slot: number, packet: Packet): Belonging {
  const { table, tunables, now } = context;
  if (isOpening(packet) && startsAfresh(context, slot)) {
    if (table.controlled(slot) === 0) table.expireNow(slot, now);
    return 'afresh';
  }
  if (table.server(slot)?.available !== false) return 'stay';
  if (tunables.expire_nodest_conn === 0) return 'drop';
  table.expireNow(slot, now);
  return 'afresh';
}

function startsAfresh({ table, tunables }: DirectorContext, slot: number): boolean {
  if (tunables.expire_nodest_conn !== 0 && table.server(slot)?.weight === 0) return true;
  if (tunables.conn_reuse_mode === 0 || table.controller(slot) >= 0) return false;
  const state = table.state(slot);
  if (table.protocol(slot) === PROTOCOL_SCTP) return state === SCTP_CLOSED;
  if (state === TCP_TIME_WAIT || state === TCP_CLOSE) return true;
  const reusesFinWait = (tunables.conn_reuse_mode & REUSE_FIN_WAIT) !== 0;
  return reusesFinWait && state === TCP_FIN_WAIT && (table.flags(slot) & FLAG_NO_OUTPUT) !== 0;
}
