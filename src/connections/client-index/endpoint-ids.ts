/**
 * Short numbers for the virtual endpoints that the client index holds many IPv4 connections of.
 *
 * A number stands for protocol, virtual address and virtual port as long as anything in the index has it. There
 * are {@link MOST_NUMBERS}; endpoints beyond that go without one, and so does everything that is not an IPv4
 * connection. Cost: constant expected time.
 */

/** Bits of a number; 0 = none. */
export const NUMBER_BITS = 6;
/** The greatest number. */
export const MOST_NUMBERS: number = (1 << NUMBER_BITS) - 1;
const NUMBERS: number = MOST_NUMBERS + 1;
/** Where in the words the ports and protocols begin. */
const ENDS: number = NUMBERS;
/** What free numbers have instead of port and protocol. */
const NOTHING = -1;

/** The endpoints that have numbers. */
export class EndpointNumbers {
  /** The address of each number, then port × 65536 + protocol of each; those of 0 belong to no endpoint. */
  private readonly words = new Int32Array(2 * NUMBERS).fill(NOTHING);
  private readonly uses = new Int32Array(NUMBERS);
  /** The numbers of each bucket, one after the other. */
  private readonly first = new Uint8Array(NUMBERS);
  private readonly following = new Uint8Array(NUMBERS);

  /** Whether a number, or that of a link, stands for an endpoint; of `port` the lowest 16 bits count. */
  isOf(link: number, protocol: number, address: number, port: number): boolean {
    const { words } = this;
    const number = link & MOST_NUMBERS;
    const end = (port << 16) | protocol;
    return ((words[number] ^ address) | (words[ENDS + number] ^ end)) === 0;
  }

  /** The protocol of a number in use. */
  protocolOf(number: number): number {
    return this.words[ENDS + number] & 0xff;
  }

  /** The number of an endpoint, one use of which is counted; 0 when all are taken by others. */
  take(protocol: number, address: number, port: number): number {
    const bucket = bucketOf(address, port);
    let number = this.first[bucket];
    while (number !== 0 && !this.isOf(number, protocol, address, port)) {
      number = this.following[number];
    }
    if (number === 0) number = this.makeNumber(bucket, address, (port << 16) | protocol);
    if (number !== 0) this.uses[number]++;
    return number;
  }

  /** Takes back one use of a number. */
  release(number: number): void {
    if (--this.uses[number] > 0) return;
    const bucket = bucketOf(this.words[number], this.words[ENDS + number] >>> 16);
    this.words[ENDS + number] = NOTHING;
    if (this.first[bucket] === number) {
      this.first[bucket] = this.following[number];
      return;
    }
    let before = this.first[bucket];
    while (this.following[before] !== number) before = this.following[before];
    this.following[before] = this.following[number];
  }

  private makeNumber(bucket: number, address: number, end: number): number {
    const number = this.uses.indexOf(0, 1);
    if (number < 0) return 0;
    this.words[number] = address;
    this.words[ENDS + number] = end;
    this.following[number] = this.first[bucket];
    this.first[bucket] = number;
    return number;
  }
}

function bucketOf(address: number, port: number): number {
  return (address ^ (address >>> 8) ^ port) & MOST_NUMBERS;
}
