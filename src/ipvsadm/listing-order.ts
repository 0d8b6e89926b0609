/**
 * The order of services and servers in listings and saved rules.
 *
 * Marks and addresses are compared by their difference as a signed 32-bit number with wrap-around:
 * the usual order within half of the values, a circular one across. What three circular values come
 * to depends on the procedure, which therefore is fixed: a merge sort. Source: recorded listings.
 */
import type { IpAddress } from '../ip-address.js';
import type { RealServer } from '../model/real-server.js';
import type { Service } from '../services/service.js';

/**
 * Sorts by merging halves; the first half has n/2 values, rounded down, and the left value is taken
 * when it is not greater.
 *
 * @param values - The values.
 * @param compare - Below 0, 0 or above 0; needs not be transitive.
 * @returns The values in order.
 */
export function mergeSort<T>(values: readonly T[], compare: (a: T, b: T) => number): T[] {
  const sorted = [...values];
  sortRange(sorted, [], 0, sorted.length, compare);
  return sorted;
}

/** Sorts the values from `start` up to `end`; the left half waits in `spare` while both are merged. */
function sortRange<T>(
  values: T[],
  spare: T[],
  start: number,
  end: number,
  compare: (a: T, b: T) => number,
): void {
  if (end - start < 2) return;
  const middle = start + ((end - start) >> 1);
  sortRange(values, spare, start, middle, compare);
  sortRange(values, spare, middle, end, compare);
  const count = middle - start;
  for (let at = 0; at < count; at++) spare[at] = values[start + at];
  let left = 0;
  let right = middle;
  for (let at = start; left < count; at++) {
    const takesLeft = right === end || compare(spare[left], values[right]) <= 0;
    values[at] = takesLeft ? spare[left++] : values[right++];
  }
}

/**
 * Compares two services: mark, family, protocol, address, port.
 *
 * @param a - One service.
 * @param b - Another one.
 * @returns Below 0 when `a` comes first.
 */
export function compareServices(a: Service, b: Service): number {
  return (
    (a.fwmark - b.fwmark) | 0 ||
    a.family - b.family ||
    a.protocolNumber - b.protocolNumber ||
    compareAddresses(a.address, b.address) ||
    a.port - b.port
  );
}

/**
 * Compares two servers: address, port.
 *
 * @param a - One server.
 * @param b - Another one.
 * @returns Below 0 when `a` comes first.
 */
export function compareServers(a: RealServer, b: RealServer): number {
  return compareAddresses(a.address, b.address) || a.port - b.port;
}

/** Of different families only the IPv4 word and the first IPv6 word are compared. */
function compareAddresses(a: IpAddress, b: IpAddress): number {
  const first = (firstWord(a) - firstWord(b)) | 0;
  if (first !== 0 || a.family !== 6 || b.family !== 6) return first;
  return (a.word1 - b.word1) | 0 || (a.word2 - b.word2) | 0 || (a.word3 - b.word3) | 0;
}

function firstWord({ family, word0, word3 }: IpAddress): number {
  return family === 4 ? word3 : word0;
}

/**
 * The services in the order of a listing.
 *
 * @param services - The services in any order.
 * @param sorted - Whether they are sorted; otherwise only those with a mark come last.
 * @returns The services.
 */
export function orderedServices(services: Iterable<Service>, sorted: boolean): Service[] {
  const all = [...services];
  const marked = all.filter(({ fwmark }) => fwmark !== 0);
  const unsorted = [...all.filter(({ fwmark }) => fwmark === 0), ...marked];
  return sorted ? mergeSort(unsorted, compareServices) : unsorted;
}

/**
 * A service's servers in the order of a listing.
 *
 * @param service - The service.
 * @param sorted - Whether they are sorted; otherwise the newest comes first.
 * @returns The servers.
 */
export function orderedServers(service: Service, sorted: boolean): RealServer[] {
  return sorted ? mergeSort([...service.servers], compareServers) : [...service.servers];
}
