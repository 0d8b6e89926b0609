/**
 * Fragments that wait for the rest of their datagram: what becomes of them is what becomes of the datagram.
 *
 * Source: RFC 791, RFC 8200 section 4.5 for what fragments of one datagram have in common.
 */
import { IpAddress } from '../../ip-address.js';
import type { Packet } from '../../wire/index.js';

/** Datagrams that are remembered at most. */
const MOST_DATAGRAMS = 4096;
/** Fragments of a datagram that are remembered at most. */
const MOST_FRAGMENTS = 8192;

/** One datagram that came in fragments. */
export interface WaitingDatagram {
  /** The numbers of the packets that wait. */
  readonly packets: number[];
  /** Where data is that was not captured: pairs of first byte and end, counted as fragments do. */
  readonly missing: (readonly [from: number, to: number])[];
  /** Index behind the last byte of data that was seen. */
  end: number;
}

/** The datagrams of one capture. */
export class Fragments {
  private readonly waiting = new Map<string, WaitingDatagram>();

  /**
   * The datagram of a fragment.
   *
   * @param packet - The fragment.
   * @returns What is remembered of it.
   */
  of(packet: Packet): WaitingDatagram {
    const key = keyOf(packet);
    const known = this.waiting.get(key);
    if (known !== undefined) return known;
    const datagram: WaitingDatagram = { packets: [], missing: [], end: 0 };
    this.waiting.set(key, datagram);
    if (this.waiting.size > MOST_DATAGRAMS) {
      const [oldest] = this.waiting.keys();
      this.waiting.delete(oldest);
    }
    return datagram;
  }

  /**
   * Forgets a datagram that is complete.
   *
   * @param packet - One of its fragments.
   */
  forget(packet: Packet): void {
    this.waiting.delete(keyOf(packet));
  }

  /**
   * Remembers that a fragment waits.
   *
   * @param datagram - Its datagram.
   * @param number - Its packet's number.
   */
  wait(datagram: WaitingDatagram, number: number): void {
    if (datagram.packets.length < MOST_FRAGMENTS) datagram.packets.push(number);
  }
}

function keyOf(packet: Packet): string {
  const { family, bytes, protocol, identification } = packet;
  const source = IpAddress.fromBytes(family, bytes, packet.sourceOffset);
  const destination = IpAddress.fromBytes(family, bytes, packet.destinationOffset);
  return `${source} ${destination} ${family === 4 ? protocol : ''} ${identification}`;
}
