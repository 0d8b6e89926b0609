/**
 * Finds a service by numbers alone: an open-addressing hash table whose keys are six 32-bit words.
 *
 * The first word combines the kind of key (a mark, or a protocol) with the family, the second is
 * the mark or the port, the others are the address. Probing is linear; a deletion shifts back what
 * follows, so that there are no tombstones. Cost: O(1) per look-up, without allocation.
 */
import type { AddressWords } from '../address-words.js';
import type { Service } from './service.js';

const WORDS = 6;
const FEWEST_SLOTS = 16;

/** A table of services by six words. */
export class ServiceIndex {
  private keys = new Int32Array(FEWEST_SLOTS * WORDS);
  private services: (Service | undefined)[] = emptySlots(FEWEST_SLOTS);
  private count = 0;

  /**
   * Finds a service.
   *
   * @param kind - See {@link kindOf}.
   * @param number - The mark, or the port.
   * @param address - The virtual address; the unspecified one for a mark.
   * @returns The service, or `undefined` when there is none.
   */
  get(kind: number, number: number, address: AddressWords): Service | undefined {
    const { word0, word1, word2, word3 } = address;
    const keys = this.keys;
    const mask = this.services.length - 1;
    const mark = number | 0;
    let slot = hash(kind, mark, word0, word1, word2, word3) & mask;
    for (;;) {
      const service = this.services[slot];
      if (service === undefined) return undefined;
      const at = slot * WORDS;
      if (
        keys[at + 1] === mark &&
        keys[at + 5] === word3 &&
        keys[at] === kind &&
        keys[at + 2] === word0 &&
        keys[at + 3] === word1 &&
        keys[at + 4] === word2
      ) {
        return service;
      }
      slot = (slot + 1) & mask;
    }
  }

  /**
   * Adds a service that is not in the table.
   *
   * @param service - The service.
   */
  add(service: Service): void {
    if ((this.count + 1) * 2 > this.services.length) this.grow();
    this.place(service);
    this.count++;
  }

  /**
   * Removes a service of the table.
   *
   * @param service - The service.
   */
  delete(service: Service): void {
    const mask = this.services.length - 1;
    let hole = this.homeOf(service);
    while (this.services[hole] !== service) hole = (hole + 1) & mask;
    for (let slot = (hole + 1) & mask; ; slot = (slot + 1) & mask) {
      const next = this.services[slot];
      if (next === undefined) break;
      // A service may move back to the hole unless its home is between the hole and itself.
      if (((slot - this.homeOf(next)) & mask) < ((slot - hole) & mask)) continue;
      this.write(hole, next);
      hole = slot;
    }
    this.services[hole] = undefined;
    this.count--;
  }

  private grow(): void {
    const services = this.services.filter((service) => service !== undefined);
    this.keys = new Int32Array(this.keys.length * 2);
    this.services = emptySlots(this.services.length * 2);
    for (const service of services) this.place(service);
  }

  private homeOf({ family, protocolNumber, fwmark, port, address }: Service): number {
    const { word0, word1, word2, word3 } = address;
    const kind = kindOf(family, protocolNumber);
    const number = (fwmark === 0 ? port : fwmark) | 0;
    return hash(kind, number, word0, word1, word2, word3) & (this.services.length - 1);
  }

  private place(service: Service): void {
    let slot = this.homeOf(service);
    while (this.services[slot] !== undefined) slot = (slot + 1) & (this.services.length - 1);
    this.write(slot, service);
  }

  private write(slot: number, service: Service): void {
    const at = slot * WORDS;
    const { address } = service;
    this.services[slot] = service;
    this.keys[at] = kindOf(service.family, service.protocolNumber);
    this.keys[at + 1] = service.fwmark === 0 ? service.port : service.fwmark;
    this.keys[at + 2] = address.word0;
    this.keys[at + 3] = address.word1;
    this.keys[at + 4] = address.word2;
    this.keys[at + 5] = address.word3;
  }
}

/**
 * The first word of a key.
 *
 * @param family - 4 or 6.
 * @param protocol - The protocol's number, or 0 for a mark.
 * @returns A number for {@link ServiceIndex.get}.
 */
export function kindOf(family: number, protocol: number): number {
  return (protocol << 3) | family;
}

function emptySlots(count: number): (Service | undefined)[] {
  return Array.from({ length: count }, () => undefined);
}

/** Multiplies and rotates word by word; the last step lets high bits reach the low ones. */
function hash(
  kind: number,
  number: number,
  w0: number,
  w1: number,
  w2: number,
  w3: number,
): number {
  let sum = Math.imul(kind ^ (number << 8) ^ (number >>> 24), 0x2c1b3c6d);
  sum = Math.imul(((sum << 13) | (sum >>> 19)) ^ w3, 0x297a2d39);
  sum = Math.imul(((sum << 13) | (sum >>> 19)) ^ w2, 0x2c1b3c6d);
  sum = Math.imul(((sum << 13) | (sum >>> 19)) ^ w1, 0x297a2d39);
  sum = Math.imul(((sum << 13) | (sum >>> 19)) ^ w0, 0x2c1b3c6d);
  return sum ^ (sum >>> 15);
}
