/**
 * Six-bit ids for the busiest IPv4 virtual endpoints, stored in the client index.
 *
 * An id stands for protocol, virtual address and virtual port as long as any reference in the index has it. There are
 * {@link MAX_ENDPOINT_ID}; further endpoints get none, nor does anything but IPv4 connections. Look-ups do not see any id
 * until {@link EndpointIds.show}: in a small index the id and the position of a reference do not identify its client.
 * Cost: constant expected time.
 */

/** Bits of an id; 0 = none. */
export const ENDPOINT_ID_BITS = 6;
/** The greatest id. */
export const MAX_ENDPOINT_ID: number = (1 << ENDPOINT_ID_BITS) - 1;
const IDS: number = MAX_ENDPOINT_ID + 1;
/** The first word of the ports and protocols. */
const PORTS: number = IDS;
/** The port and protocol of a free id. */
const FREE = -1;

/** The endpoints that have ids. */
export class EndpointIds {
  /** The address of each id, then port × 65536 + protocol of each; id 0 matches no endpoint. */
  private readonly words = new Int32Array(2 * IDS).fill(FREE);
  /** The same as look-ups see it: no endpoint until ids are shown. */
  private shown = new Int32Array(2 * IDS).fill(FREE);
  private used = 0;
  private readonly uses = new Int32Array(IDS);
  /** The ids of each hash bucket, as a list. */
  private readonly first = new Uint8Array(IDS);
  private readonly following = new Uint8Array(IDS);

  /** Whether an id, or that of a reference, is the id of an endpoint, as look-ups see it; the lowest 16 bits of `port` count. */
  isOf(reference: number, protocol: number, address: number, port: number): boolean {
    const { shown } = this;
    const id = reference & MAX_ENDPOINT_ID;
    const end = (port << 16) | protocol;
    return ((shown[id] ^ address) | (shown[PORTS + id] ^ end)) === 0;
  }

  /** Lets look-ups see the ids. */
  show(): void {
    this.shown = this.words;
  }

  /** The protocol of an id in use. */
  protocolOf(id: number): number {
    return this.words[PORTS + id] & 0xff;
  }

  /** The id of an endpoint, of which one use is counted; 0 when other endpoints have all of them. */
  take(protocol: number, address: number, port: number): number {
    const bucket = bucketOf(address, port);
    const end = (port << 16) | protocol;
    let id = this.first[bucket];
    while (id !== 0 && (this.words[id] !== address || this.words[PORTS + id] !== end)) {
      id = this.following[id];
    }
    if (id === 0) id = this.assign(bucket, address, end);
    if (id !== 0) this.uses[id]++;
    return id;
  }

  /** Takes back one use of an id. */
  release(id: number): void {
    if (--this.uses[id] > 0) return;
    this.used--;
    const bucket = bucketOf(this.words[id], this.words[PORTS + id] >>> 16);
    this.words[PORTS + id] = FREE;
    if (this.first[bucket] === id) {
      this.first[bucket] = this.following[id];
      return;
    }
    let before = this.first[bucket];
    while (this.following[before] !== id) before = this.following[before];
    this.following[before] = this.following[id];
  }

  private assign(bucket: number, address: number, end: number): number {
    if (this.used === MAX_ENDPOINT_ID) return 0;
    const id = this.uses.indexOf(0, 1);
    this.used++;
    this.words[id] = address;
    this.words[PORTS + id] = end;
    this.following[id] = this.first[bucket];
    this.first[bucket] = id;
    return id;
  }
}

function bucketOf(address: number, port: number): number {
  return (address ^ (address >>> 8) ^ port) & MAX_ENDPOINT_ID;
}
