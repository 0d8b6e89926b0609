/**
 * What connection tracking knows of the packet at hand: one object, reused for every packet. Written by
 * those who find out what it belongs to: the tracker, its entries, its errors, and the identification.
 */
import type { IpAddress } from '../ip-address.js';
import { RECORD_WORDS } from './record.js';
import type { Stray } from './strays.js';
import { Tuple } from './tuple.js';

/** What a packet is to connection tracking; `untracked`: it takes no part. */
export type TrackedAs = 'new' | 'established' | 'invalid' | 'untracked';

const NONE = -1;

/** The packet at hand. */
export class CurrentPacket {
  /** What it is. */
  as: TrackedAs = 'untracked';
  /** The entry of its connection, or −1. */
  slot: number = NONE;
  /** The connection it belongs to when that is not an entry. */
  stray: Stray | undefined = undefined;
  /** Its direction. */
  direction = 0;
  /** Its firewall mark. */
  mark = 0;
  /** Whether it is an ICMP error, and the connection that of the packet it quotes. */
  isError = false;
  /** The own address that its connection has toward the server, when it is translated. */
  ownAddress: IpAddress | undefined = undefined;
  /** The own port, likewise. */
  ownPort = 0;
  /** Its tuple as it came in; of an error that of the quoted packet. */
  readonly tuple: Tuple = new Tuple();
  /** The record of a connection that is not stored yet. */
  readonly fresh: Int32Array = new Int32Array(RECORD_WORDS);

  /**
   * Begins with a packet.
   *
   * @param mark - Its firewall mark.
   */
  begin(mark: number): void {
    this.as = 'untracked';
    this.slot = NONE;
    this.stray = undefined;
    this.direction = 0;
    this.mark = mark;
    this.isError = false;
    this.ownAddress = undefined;
  }
}
