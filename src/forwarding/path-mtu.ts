/**
 * Path MTU memory: what the director learned about the way to one real server from errors about its
 * own tunnel packets.
 *
 * It starts at the link's MTU and never rises. A reported m lowers it to m, when m is lower; an m
 * below 552 counts as 552, so that there it stays. The first lowering is in use from the
 * next packet on; errors relayed before that still carry the old value. Source: RFC 1191, section 3,
 * for the idea; recorded behaviour for the steps.
 */
import { requireStateFormat, type SavedState, STATE_FORMAT } from '../state-format.js';

/** The least MTU that is believed. */
const LEAST_MTU = 552;

/** The state of a {@link PathMtu}, as plain JSON. */
export interface PathMtuState extends SavedState {
  /** The MTU learned, in bytes. */
  readonly learned: number;
  /** Whether it is in use. */
  readonly inUse: boolean;
}

/** The memory for one server address. */
export class PathMtu {
  private readonly linkMtu: number;
  private learned: number;
  private inUse = false;

  /** @param linkMtu - The MTU of the link to the server, in bytes. */
  constructor(linkMtu: number) {
    this.linkMtu = linkMtu;
    this.learned = linkMtu;
  }

  /** The MTU that an error relayed now is computed from, in bytes. */
  get relayedMtu(): number {
    return this.inUse ? this.learned : this.linkMtu;
  }

  /**
   * The MTU that a packet to the server has to keep; from now on what was learned is in use.
   *
   * @returns Bytes.
   */
  use(): number {
    if (this.learned < this.linkMtu) this.inUse = true;
    return this.learned;
  }

  /**
   * Takes in a reported MTU.
   *
   * @param mtu - The MTU in an ICMP error "fragmentation needed", 0–65535.
   */
  learn(mtu: number): void {
    this.learned = Math.min(this.learned, Math.max(mtu, LEAST_MTU));
  }

  /**
   * Writes down what was learned.
   *
   * @returns Plain JSON for {@link PathMtu.restore}.
   */
  toJSON(): PathMtuState {
    return { format: STATE_FORMAT, learned: this.learned, inUse: this.inUse };
  }

  /**
   * Reads back what was learned.
   *
   * @param state - What {@link PathMtu.toJSON} gave.
   * @throws {TypeError} When it is no such state.
   * @throws {RangeError} When the state is of another format.
   */
  restore(state: PathMtuState): void {
    requireStateFormat('a path MTU', state);
    this.learned = state.learned;
    this.inUse = state.inUse;
  }

  /** Forgets everything learned. */
  reset(): void {
    this.learned = this.linkMtu;
    this.inUse = false;
  }
}
