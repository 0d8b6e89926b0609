/**
 * The same IP packets in captures of all kinds: format, byte order, resolution, link type, tags, snap length.
 */
import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { captureFile } from './captures.js';

/** How packets are wrapped. */
export interface Wrapping {
  readonly format: 'pcap' | 'pcapng';
  readonly littleEndian: boolean;
  readonly nanoseconds: boolean;
  readonly link: string;
  /** Bytes of each IP packet that are kept. */
  readonly kept: number;
  readonly packed: boolean;
}

/** A link type and its header, in front of a packet of IPv4. */
interface Link {
  readonly linkType: number;
  readonly header: string;
}

const MACS = '020000000d00020000000c00';

/** Link headers by name; lengths in them are written by {@link framed}. */
export const LINKS: Readonly<Record<string, Link>> = {
  Ethernet: { linkType: 1, header: `${MACS}0800` },
  'one VLAN tag': { linkType: 1, header: `${MACS}810000640800` },
  'two VLAN tags': { linkType: 1, header: `${MACS}88a80064810000c80800` },
  'MPLS labels': { linkType: 1, header: `${MACS}884700010040000021ff` },
  PPPoE: { linkType: 1, header: `${MACS}886411000001002a0021` },
  'raw IP': { linkType: 101, header: '' },
  'raw IP of an operating system': { linkType: 12, header: '' },
  'raw IPv4': { linkType: 228, header: '' },
  'loopback of macOS': { linkType: 0, header: '02000000' },
  'loopback, other byte order': { linkType: 0, header: '00000002' },
  'loopback of OpenBSD': { linkType: 108, header: '00000002' },
  'Linux cooked v1': { linkType: 113, header: '00000001000602000000000200000800' },
  'Linux cooked v1, tagged': {
    linkType: 113,
    header: '0000000100060200000000020000810000640800',
  },
  'Linux cooked v2': { linkType: 276, header: '0800000000000002000100060200000000020000' },
  'netfilter log': {
    linkType: 239,
    header: '02000005080001000800010009000a00696e3a2000000000ffff0900',
  },
  PPP: { linkType: 9, header: '0021' },
  'PPP in HDLC': { linkType: 50, header: 'ff030021' },
  'PPP, short': { linkType: 9, header: '21' },
  'Cisco HDLC': { linkType: 104, header: '0f000800' },
  'IEEE 802.11': {
    linkType: 105,
    header: `0801000002000000000102000000000202000000000300 00aaaa030000000800`.replaceAll(' ', ''),
  },
  'IEEE 802.11 with radiotap': {
    linkType: 127,
    header:
      `00000900020000000088010000020000000001020000000002020000000003000000 00aaaa030000000800`.replaceAll(
        ' ',
        '',
      ),
  },
};

/** A frame: link header and packet, with the length of the packet where the header gives it. */
export function framed(header: string, packet: Uint8Array, kept = packet.length): Uint8Array {
  const front = Buffer.from(header, 'hex');
  if (header.includes('88641100')) front.writeUInt16BE(packet.length + 2, 18);
  if (header.endsWith('ffff0900')) front.writeUInt16LE(packet.length + 4, front.length - 4);
  return new Uint8Array(Buffer.concat([front, packet.subarray(0, kept)]));
}

/** Wrappings of all kinds. */
export const wrappings: fc.Arbitrary<Wrapping> = fc.record({
  format: fc.constantFrom('pcap' as const, 'pcapng' as const),
  littleEndian: fc.boolean(),
  nanoseconds: fc.boolean(),
  link: fc.constantFrom(...Object.keys(LINKS)),
  kept: fc.constantFrom(40, 52, 60, 1500),
  packed: fc.boolean(),
});

/** The capture of some packets, a millisecond apart. */
export function wrap(packets: readonly Uint8Array[], wrapping: Wrapping): Uint8Array {
  const { format, littleEndian, nanoseconds, link, kept, packed } = wrapping;
  const { linkType, header } = LINKS[link];
  const file = captureFile(
    { format, littleEndian, nanoseconds, linkType },
    packets.map((packet, index) => ({
      seconds: 1_700_000_000,
      nanoseconds: index * 1_000_000,
      bytes: framed(header, packet, kept),
      originalLength: header.length / 2 + packet.length,
    })),
  );
  return packed ? gzipSync(file) : file;
}

/** Bytes in front of each packet. */
export function headerLength({ link }: Wrapping): number {
  return LINKS[link].header.length / 2;
}
