/**
 * Files that begin like something known: captures of kinds that are not read, and packed files.
 *
 * They are refused by name, with the command that makes a readable file of them. Sources: the
 * programs that write them, file(1), draft-ietf-opsawg-pcap.
 */
import type { CaptureFault } from './capture-fault.js';

const CONVERT = 'editcap -F pcap IN OUT';

/** First bytes in hexadecimal, the name of the kind, and what helps. */
const KINDS: readonly (readonly [string, string, string])[] = [
  ['a1b2cd34', "a 'modified' pcap file (Kuznetzov's patch)", CONVERT],
  ['34cdb2a1', "a 'modified' pcap file (Kuznetzov's patch)", CONVERT],
  ['a1b234cd', "a 'modified' pcap file (Nokia's)", CONVERT],
  ['cd34b2a1', "a 'modified' pcap file (Nokia's)", CONVERT],
  ['a12b3c4d', "a pcap file of Navtel's", CONVERT],
  ['4d3c2ba1', "a pcap file of Navtel's", CONVERT],
  ['1c0001ab', 'a pcap file of an IXIA tester', CONVERT],
  ['ab01001c', 'a pcap file of an IXIA tester', CONVERT],
  ['1c0001ac', 'a pcap file of an IXIA tester', CONVERT],
  ['ac01001c', 'a pcap file of an IXIA tester', CONVERT],
  ['736e6f6f70000000', 'a snoop file', CONVERT],
  ['6274736e6f6f7000', 'a btsnoop file (Bluetooth)', 'none is known: it holds no IP'],
  ['474d4255', 'a Microsoft Network Monitor file', CONVERT],
  ['52545353', 'a Microsoft Network Monitor file', CONVERT],
  ['58435000', 'a NetXRay or Sniffer file', CONVERT],
  ['54525344', 'a Sniffer file', CONVERT],
  ['5452534e', 'a Sniffer file', CONVERT],
  ['54520064', 'an HP-UX nettl file', CONVERT],
  ['69707472616365', 'an AIX iptrace file', CONVERT],
  ['aaaaaaaa', 'a 5View file', CONVERT],
  ['7f504b54', 'a Visual Networks file', CONVERT],
  ['1f8b', 'packed by gzip', 'gzip -dc IN > OUT'],
  ['28b52ffd', 'packed by zstd', 'zstd -dc IN > OUT'],
  ['04224d18', 'packed by lz4', 'lz4 -dc IN > OUT'],
  ['fd377a585a00', 'packed by xz', 'xz -dc IN > OUT'],
  ['425a68', 'packed by bzip2', 'bzip2 -dc IN > OUT'],
  ['504b0304', 'a zip archive', 'unzip -p IN > OUT'],
];

/** The longest beginning in the table, in bytes. */
const LONGEST = 8;

/**
 * Names a file by its first bytes, when it is none that is read.
 *
 * @param bytes - The bytes it begins with, 4 or more.
 * @param start - Index of the first one.
 * @param end - Index behind the last one.
 * @returns The fault with name and remedy.
 */
export function faultOfBeginning(bytes: Uint8Array, start: number, end: number): CaptureFault {
  let beginning = '';
  for (let at = start; at < Math.min(end, start + LONGEST); at++) {
    beginning += bytes[at].toString(16).padStart(2, '0');
  }
  const kind = KINDS.find(([first]) => beginning.startsWith(first));
  if (kind !== undefined) {
    return { kind: 'format-not-read', text: `is ${kind[1]}, which is not read`, remedy: kind[2] };
  }
  return {
    kind: 'not-a-capture',
    text: `is no capture file: expected pcap or pcapng, got 0x${beginning.slice(0, 8)} at its start`,
  };
}
