/**
 * Whether a client's packet may use the connection whose entry it matched, or is scheduled again: the
 * tunable `conn_reuse_mode`.
 *
 * Only a packet that opens a connection (TCP SYN, SCTP INIT) makes the question arise. It is scheduled
 * again when the entry is finished:
 *
 * | `conn_reuse_mode` | TCP states that are finished                                     | SCTP   |
 * | ----------------- | ---------------------------------------------------------------- | ------ |
 * | 0                 | none                                                             | none   |
 * | bit 1 or bit 2    | TIME_WAIT, CLOSE                                                 | CLOSED |
 * | bit 2 (2, 3)      | also FIN_WAIT, when no packet of the server was seen             | CLOSED |
 *
 * A connection that a template controls is never finished in this sense. With `expire_nodest_conn`, an
 * entry of a quiesced server (weight 0) is finished in every state and mode; what that tunable does about
 * removed servers is in `expire-nodest-conn.ts`. The old entry expires at once, unless it controls other
 * entries. When the packet is part of a connection that is tracked, it is dropped: the next one finds that gone.
 * Source: recorded decisions.
 */
import { FLAG_NO_OUTPUT, PROTOCOL_SCTP } from '../connections/entries/flags.js';
import { SCTP_CLOSED } from '../connections/states/sctp.js';
import { TCP_CLOSE, TCP_FIN_WAIT, TCP_TIME_WAIT } from '../connections/states/tcp.js';
import type { Packet } from '../wire/packet.js';
import type { DirectorParts } from './parts.js';
import { isOpening } from './transport-event.js';

/** The bit of `conn_reuse_mode` that also reschedules from FIN_WAIT. */
const REUSE_FIN_WAIT = 2;

/** Whether a packet uses the entry it matched, is scheduled again, or is dropped. */
export type Reuse = 'use' | 'reschedule' | 'drop';

/**
 * Decides whether a packet uses the entry it matched; an entry that is given up expires at once.
 *
 * @param parts - The director.
 * @param slot - The entry.
 * @param packet - A TCP, UDP or SCTP packet.
 * @param now - The present time in milliseconds.
 * @returns What to do with the packet.
 */
export function checkReuse(parts: DirectorParts, slot: number, packet: Packet, now: number): Reuse {
  const { table, expireNodest, tracking } = parts;
  if (isOpening(packet) && givesWay(parts, slot)) {
    if (table.controlled(slot) === 0) table.expireNow(slot, now);
    return tracking?.holds(slot) === true ? 'drop' : 'reschedule';
  }
  return table.server(slot)?.available === false ? expireNodest.withoutServer(slot, now) : 'use';
}

/**
 * Whether an entry gives way to an opening packet that matches it.
 *
 * @param parts - The director.
 * @param slot - The entry.
 * @returns `true` when such a packet is scheduled again.
 */
export function givesWay(parts: DirectorParts, slot: number): boolean {
  return parts.expireNodest.quits(slot) || isFinished(parts, slot);
}

/** Whether `conn_reuse_mode` lets an opening packet start a new connection in place of this one. */
function isFinished({ table, tunables }: DirectorParts, slot: number): boolean {
  const { conn_reuse_mode: mode } = tunables;
  if (mode === 0 || table.controller(slot) >= 0) return false;
  const state = table.state(slot);
  if (table.protocol(slot) === PROTOCOL_SCTP) return state === SCTP_CLOSED;
  if (state === TCP_TIME_WAIT || state === TCP_CLOSE) return true;
  const serverIsSilent = (table.flags(slot) & FLAG_NO_OUTPUT) !== 0;
  return (mode & REUSE_FIN_WAIT) !== 0 && state === TCP_FIN_WAIT && serverIsSilent;
}
