/** Packets for property tests: described ones, ones cut or damaged, and guarded buffers. */
import * as fc from 'fast-check';
import { encodePacket } from '../../../src/wire/encode-packet.js';
import type {
  ExtensionDescription,
  PacketDescription,
  TransportDescription,
} from '../../../src/wire/packet-description.js';
import { IpAddress } from '../../../src/ip-address.js';

const port = fc.nat(65535);
const word = fc.integer({ min: 0, max: 0xffff_ffff });
const words = (most: number): fc.Arbitrary<Uint8Array> =>
  fc.nat(most).chain((count) => fc.uint8Array({ minLength: count * 4, maxLength: count * 4 }));

/** Any IPv4 address. */
export const ipv4 = (): fc.Arbitrary<IpAddress> => word.map((value) => IpAddress.fromIpv4(value));

/** Any IPv6 address. */
export const ipv6 = (): fc.Arbitrary<IpAddress> =>
  fc.tuple(word, word, word, word).map((parts) => IpAddress.fromIpv6(...parts));

/** Any transport header with ports. */
export const portTransports = (): fc.Arbitrary<
  Extract<TransportDescription, { sourcePort: number }>
> =>
  fc.oneof(
    fc.record({
      type: fc.constant('tcp' as const),
      sourcePort: port,
      destinationPort: port,
      sequenceNumber: word,
      acknowledgmentNumber: word,
      flags: fc.nat(255),
      window: port,
      urgentPointer: port,
      options: words(10),
    }),
    fc.record({ type: fc.constant('udp' as const), sourcePort: port, destinationPort: port }),
    fc.record({
      type: fc.constant('sctp' as const),
      sourcePort: port,
      destinationPort: port,
      verificationTag: word,
    }),
  );

/** Any transport. */
export const transports = (): fc.Arbitrary<TransportDescription> =>
  fc.oneof(
    portTransports(),
    fc.record({
      type: fc.constant('icmp' as const),
      icmpType: fc.nat(255),
      code: fc.nat(255),
      secondWord: word,
    }),
    fc.record({
      type: fc.constant('raw' as const),
      protocol: fc.constantFrom(4, 41, 47, 50, 89, 253),
    }),
  );

const extensions = (): fc.Arbitrary<ExtensionDescription> =>
  fc
    .tuple(
      fc.constantFrom(0, 43, 60, 51),
      fc.nat(4),
      fc.uint8Array({ minLength: 40, maxLength: 40 }),
    )
    .map(([protocol, units, noise]) => {
      const length = protocol === 51 ? (units + 2) * 4 : (units + 1) * 8;
      const bytes = noise.slice(0, length);
      bytes[0] = 0;
      bytes[1] = units;
      return { protocol, bytes };
    });

/** Any IPv4 packet, whole. */
export const ipv4Packets = (
  transport: fc.Arbitrary<TransportDescription> = transports(),
): fc.Arbitrary<PacketDescription> =>
  fc.record({
    source: ipv4(),
    destination: ipv4(),
    timeToLive: fc.nat(255),
    typeOfService: fc.nat(255),
    identification: port,
    dontFragment: fc.boolean(),
    moreFragments: fc.constant(false),
    fragmentOffset: fc.constant(0),
    options: words(10),
    transport,
    payload: fc.uint8Array({ maxLength: 120 }),
  });

/** Any IPv6 packet, whole. */
export const ipv6Packets = (
  transport: fc.Arbitrary<TransportDescription> = transports(),
): fc.Arbitrary<PacketDescription> =>
  fc.record({
    source: ipv6(),
    destination: ipv6(),
    timeToLive: fc.nat(255),
    typeOfService: fc.nat(255),
    flowLabel: fc.nat(0xfffff),
    extensions: fc.array(extensions(), { maxLength: 3 }),
    transport,
    payload: fc.uint8Array({ maxLength: 120 }),
  });

/** Any whole packet of either family. */
export const packets = (
  transport: fc.Arbitrary<TransportDescription> = transports(),
): fc.Arbitrary<PacketDescription> => fc.oneof(ipv4Packets(transport), ipv6Packets(transport));

/** Bytes that look like a packet to some depth: encoded, then cut, patched or followed by padding. */
export const nearlyPackets = (): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      packets(),
      fc.option(fc.nat(200), { nil: undefined }),
      fc.array(fc.tuple(fc.nat(199), fc.nat(255)), { maxLength: 4 }),
      fc.uint8Array({ maxLength: 20 }),
    )
    .map(([description, cut, patches, padding]) => {
      const packet = encodePacket(description);
      const bytes = new Uint8Array([...packet.subarray(0, cut ?? packet.length), ...padding]);
      for (const [at, value] of patches) if (at < bytes.length) bytes[at] = value;
      return bytes;
    });

/** Bytes that must not change: what lies around a packet in its buffer. */
export const GUARD = 0xa5;

/**
 * Puts bytes in the middle of a buffer that is poisoned on both sides.
 *
 * @param bytes - What goes into the middle.
 * @param margin - How many poisoned bytes are on each side.
 * @returns The buffer.
 */
export function guarded(bytes: Uint8Array, margin = 64): Uint8Array {
  const buffer = new Uint8Array(bytes.length + 2 * margin).fill(GUARD);
  buffer.set(bytes, margin);
  return buffer;
}

/**
 * Tells whether the poisoned bytes are as they were.
 *
 * @param buffer - A buffer.
 * @param from - Index of the first byte that may have changed.
 * @param to - Index behind the last byte that may have changed.
 * @returns `true` when everything outside is still poisoned.
 */
export function guardsIntact(buffer: Uint8Array, from: number, to: number): boolean {
  return buffer.every((byte, index) => (index >= from && index < to) || byte === GUARD);
}
