/**
 * Ethernet addresses as a capture shows them: the sender of an IP address has the address of its frames, and
 * the director has those that frames to it are sent to. Most clients are behind one router, whose address is
 * that of the first client's frame: only clients with another one are remembered, and a client that was never seen
 * is taken to be there, too. A server that was never seen gets an address made of its IP address.
 *
 * Cost: a few comparisons per packet, and a look-up for hosts that are remembered. At most {@link MOST_HOSTS} hosts
 * are remembered twice over: when there are more, those that were not seen for longest are forgotten.
 */
import type { Side } from '../../forwarding/index.js';

/** How many hosts a generation has. */
const MOST_HOSTS = 32_768;
/** The first two bytes of made-up addresses: locally administered. */
const MADE_UP = 0x0200;

interface Host {
  readonly word0: number;
  readonly word1: number;
  readonly word2: number;
  readonly word3: number;
  high: number;
  low: number;
  readonly next: Host | undefined;
}

/** The Ethernet addresses on one side. */
class Neighbors {
  private readonly hasRouter: boolean;
  /** The address of the router: that of the first frame; −1 before it. */
  private routerHigh = -1;
  private routerLow = 0;
  private recent = new Map<number, Host>();
  private older = new Map<number, Host>();

  /** @param hasRouter - Whether hosts are usually behind a router. */
  constructor(hasRouter: boolean) {
    this.hasRouter = hasRouter;
  }

  /** The router's address: its upper 16 bits, or −1. */
  get high(): number {
    return this.routerHigh;
  }

  /** Its lower 32 bits. */
  get low(): number {
    return this.routerLow;
  }

  find(word0: number, word1: number, word2: number, word3: number): Host | undefined {
    const key = word0 ^ word1 ^ word2 ^ word3;
    if (this.recent.size === 0) return undefined;
    let host = this.recent.get(key) ?? this.older.get(key);
    while (host !== undefined && !isHost(host, word0, word1, word2, word3)) host = host.next;
    return host;
  }

  learn(
    word0: number,
    word1: number,
    word2: number,
    word3: number,
    high: number,
    low: number,
  ): void {
    if (this.hasRouter) {
      if (this.routerHigh < 0) {
        this.routerHigh = high;
        this.routerLow = low;
      }
      const isRouter = high === this.routerHigh && low === this.routerLow;
      if (isRouter && this.recent.size === 0) return;
    }
    const key = word0 ^ word1 ^ word2 ^ word3;
    const first = this.recent.get(key);
    let host = first;
    while (host !== undefined && !isHost(host, word0, word1, word2, word3)) host = host.next;
    if (host !== undefined) {
      host.high = high;
      host.low = low;
      return;
    }
    this.recent.set(key, { word0, word1, word2, word3, high, low, next: first });
    if (this.recent.size <= MOST_HOSTS) return;
    this.older = this.recent;
    this.recent = new Map();
  }
}

/** The links of a director that works on a capture. */
export class NextHops {
  private readonly own = {
    client: { high: MADE_UP, low: 1 },
    server: { high: MADE_UP, low: 2 },
  };
  private readonly neighbors = { client: new Neighbors(true), server: new Neighbors(false) };

  /**
   * Learns from a frame.
   *
   * @param view - Over the bytes it is in.
   * @param at - Index of its receiver's address, which the sender's follows.
   * @param side - The interface by which it came.
   * @param family - The family of its packet.
   * @param sourceAt - Index of the packet's source address.
   */
  learn(view: DataView, at: number, side: Side, family: number, sourceAt: number): void {
    const high = view.getUint16(at);
    const own = this.own[side];
    // Group addresses belong to no single host.
    if ((high & 0x0100) === 0) {
      own.high = high;
      own.low = view.getInt32(at + 2);
    }
    const isShort = family === 4;
    this.neighbors[side].learn(
      isShort ? 0 : view.getInt32(sourceAt),
      isShort ? 0 : view.getInt32(sourceAt + 4),
      isShort ? 0 : view.getInt32(sourceAt + 8),
      view.getInt32(isShort ? sourceAt : sourceAt + 12),
      view.getUint16(at + 6),
      view.getInt32(at + 8),
    );
  }

  /**
   * Whether a frame was sent by the director itself towards the servers.
   *
   * @param view - Over the bytes it is in.
   * @param at - Index of its receiver's address.
   * @returns `true` when its sender's address is the one that clients' frames go to.
   */
  isOwnFrame(view: DataView, at: number): boolean {
    const { high, low } = this.own.client;
    return view.getUint16(at + 6) === high && view.getInt32(at + 8) === low;
  }

  /**
   * Writes the addresses of a frame that leaves.
   *
   * @param view - Over the bytes it is in.
   * @param at - Index of its receiver's address.
   * @param side - The interface by which it leaves.
   * @param word0 - The next hop's IP address: bits 0–31; 0 for IPv4.
   * @param word1 - Bits 32–63; 0 for IPv4.
   * @param word2 - Bits 64–95; 0 for IPv4.
   * @param word3 - Bits 96–127, or the IPv4 address.
   */
  write(
    view: DataView,
    at: number,
    side: Side,
    word0: number,
    word1: number,
    word2: number,
    word3: number,
  ): void {
    const neighbors = this.neighbors[side];
    const host =
      neighbors.find(word0, word1, word2, word3) ?? (neighbors.high < 0 ? undefined : neighbors);
    const own = this.own[side];
    view.setUint16(at, host === undefined ? MADE_UP : host.high);
    view.setInt32(at + 2, host === undefined ? word3 : host.low);
    view.setUint16(at + 6, own.high);
    view.setInt32(at + 8, own.low);
  }
}

function isHost(host: Host, word0: number, word1: number, word2: number, word3: number): boolean {
  return (
    host.word3 === word3 && host.word2 === word2 && host.word1 === word1 && host.word0 === word0
  );
}
