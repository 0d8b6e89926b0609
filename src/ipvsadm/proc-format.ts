/**
 * Values as the files in /proc/net have them: hexadecimal, in fixed widths.
 */
import type { IpAddress } from '../ip-address.js';
import type { Traffic } from '../statistics/statistics.js';

/**
 * Writes an address.
 *
 * @param address - The address.
 * @returns Eight digits in upper case, or an IPv6 address in full and in lower case.
 */
export function procAddress(address: IpAddress): string {
  const { family, word0, word1, word2, word3 } = address;
  if (family === 4) return procWord(word3);
  return [word0, word1, word2, word3]
    .flatMap((word) => [word >>> 16, word & 0xffff])
    .map((group) => group.toString(16).padStart(4, '0'))
    .join(':');
}

/**
 * Writes a 32-bit word.
 *
 * @param word - The word, signed or not.
 * @returns Eight digits.
 */
export function procWord(word: number): string {
  return hexadecimal(word >>> 0, 8);
}

/**
 * Writes a port.
 *
 * @param port - The port.
 * @returns Four digits.
 */
export function procPort(port: number): string {
  return hexadecimal(port, 4);
}

/**
 * Writes the five numbers of traffic.
 *
 * @param traffic - The numbers.
 * @returns Three columns of 8 and two of 16, right-aligned.
 */
export function procTraffic(traffic: Traffic): string {
  const { connections, packetsIn, packetsOut, bytesIn, bytesOut } = traffic;
  const narrow = [connections, packetsIn, packetsOut].map((each) => column(each, 8));
  return [...narrow, column(bytesIn, 16), column(bytesOut, 16)].join(' ');
}

function column(value: number, width: number): string {
  return value.toString(16).toUpperCase().padStart(width);
}

function hexadecimal(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}
