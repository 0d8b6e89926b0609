/** IPv4 options that a director reads, which packets the fast path puts into tunnels, and fragments at their limits. */
import { describe, expect, it } from 'vitest';
import { ForwardingOutput, Reassembler } from '../../src/forwarding/index.js';
import { PlainTunneling } from '../../src/forwarding/fast-path-tunnel.js';
import { hasSourceRoute, stampOptions } from '../../src/forwarding/ip-options.js';
import { IpAddress } from '../../src/ip-address.js';
import type { Tunnel } from '../../src/model/forwarding-method.js';
import { encodePacket, Packet, verifyChecksums } from '../../src/wire/index.js';
import { host, targetOf } from './support/host.js';

const TCP = { type: 'tcp', sourcePort: 4711, destinationPort: 80 } as const;
const ADDRESS = IpAddress.parse('192.0.2.1').word3;
/** The time of day of the host, 12,345,678 ms. */
const TIME = [0x00, 0xbc, 0x61, 0x4e];
const VIRTUAL = [192, 0, 2, 1];

function withOptions(options: readonly number[], offset = 0): Packet {
  const encoded = encodePacket({
    source: '198.51.100.7',
    destination: '192.0.2.1',
    options: Uint8Array.from(options),
    transport: TCP,
  });
  const bytes = new Uint8Array(offset + encoded.length);
  bytes.set(encoded, offset);
  const packet = new Packet();
  expect(packet.parse(bytes, offset, encoded.length)).toBe('ok');
  return packet;
}

/** The options after the host has entered what they ask for. */
function stamped(options: readonly number[]): number[] {
  const packet = withOptions(options);
  stampOptions(host(), packet, ADDRESS);
  expect(verifyChecksums(packet)).toBe(true);
  return [...packet.bytes.subarray(20, 20 + options.length)];
}

describe('a source route', () => {
  it.each([
    ['loose', [131, 7, 4, 1, 2, 3, 4, 0], true],
    ['strict', [137, 7, 4, 1, 2, 3, 4, 0], true],
    ['behind others', [1, 7, 3, 4, 131, 3, 4, 0], true],
    ['none: record route', [7, 7, 4, 0, 0, 0, 0, 0], false],
    ['none: nothing but padding', [1, 1, 1, 1], false],
    ['none: behind the end', [0, 131, 3, 4], false],
    ['none: inside another option', [7, 7, 8, 131, 3, 4, 0, 0], false],
    ['none: behind an option of no length', [7, 1, 131, 3], false],
    ['none: behind an option that leaves the header', [7, 9, 131, 3], false],
    ['that leaves the header is none', [1, 1, 131, 9], false],
  ])('%s', (_, options, expected) => {
    expect(hasSourceRoute(withOptions(options))).toBe(expected);
  });

  it('needs options', () => {
    expect(hasSourceRoute(withOptions([]))).toBe(false);
  });
});

describe('the host enters into options', () => {
  it('its address where the route is recorded, while there is room', () => {
    expect(stamped([7, 7, 4, 0, 0, 0, 0, 0])).toEqual([7, 7, 8, ...VIRTUAL, 0]);
    expect(stamped([7, 7, 8, 9, 9, 9, 9, 0])).toEqual([7, 7, 8, 9, 9, 9, 9, 0]);
    expect(stamped([7, 11, 8, 9, 9, 9, 9, 0, 0, 0, 0, 0])).toEqual([
      7,
      11,
      12,
      9,
      9,
      9,
      9,
      ...VIRTUAL,
      0,
    ]);
    expect(stamped([7, 6, 4, 0, 0, 0, 0, 0])).toEqual([7, 6, 4, 0, 0, 0, 0, 0]);
    expect(stamped([7, 7, 3, 0, 0, 0, 0, 0])).toEqual([7, 7, 3, 0, 0, 0, 0, 0]);
  });

  it('the time of day where kind 0 asks for it, while there is room', () => {
    expect(stamped([68, 8, 5, 0, 0, 0, 0, 0])).toEqual([68, 8, 9, 0, ...TIME]);
    expect(stamped([68, 8, 9, 0, 7, 7, 7, 7])).toEqual([68, 8, 9, 0, 7, 7, 7, 7]);
    expect(stamped([68, 8, 5, 1, 0, 0, 0, 0])).toEqual([68, 8, 5, 1, 0, 0, 0, 0]);
    expect(stamped([68, 8, 4, 0, 0, 0, 0, 0])).toEqual([68, 8, 4, 0, 0, 0, 0, 0]);
    expect(stamped([68, 3, 5, 0])).toEqual([68, 3, 5, 0]);
  });

  it('nothing where neither is asked for', () => {
    for (const options of [
      [1, 1, 1, 1],
      [148, 4, 0, 0],
      [0, 7, 7, 4],
    ]) {
      expect(stamped(options)).toEqual(options);
    }
    // What would be an option in front of the packet stays as it is.
    const packet = withOptions([1, 1, 1, 1], 64);
    packet.bytes.set([7, 40, 5, 0, 40, 5], 0);
    const before = packet.bytes.slice(0, 64);
    stampOptions(host(), packet, ADDRESS);
    expect(packet.bytes.slice(0, 64)).toEqual(before);
  });
});

describe('the fast path into a tunnel', () => {
  const virtual = IpAddress.parse('192.0.2.1');
  const takes = (
    server: string,
    family: 4 | 6,
    length: number,
    tunnel: Partial<Tunnel> = {},
  ): boolean => {
    const path = new PlainTunneling(host({ serverMtu: 1500 }), new ForwardingOutput());
    return path.takes(targetOf(IpAddress.parse(server), 80, virtual, 80, tunnel), family, length);
  };

  it('is for IP in IP within a family', () => {
    expect([takes('10.0.0.7', 4, 100), takes('fd00::7', 6, 100)]).toEqual([true, true]);
    expect([takes('10.0.0.7', 6, 100), takes('fd00::7', 4, 100)]).toEqual([false, false]);
    for (const tunnel of [{ type: 'gre' }, { type: 'gue', port: 6080 }] as const) {
      expect(takes('10.0.0.7', 4, 100, tunnel)).toBe(false);
      expect(takes('fd00::7', 4, 100, tunnel)).toBe(false);
    }
  });

  it('is for packets that fit into the MTU with their outer header', () => {
    expect([takes('10.0.0.7', 4, 1480), takes('10.0.0.7', 4, 1481)]).toEqual([true, false]);
    expect([takes('fd00::7', 6, 1460), takes('fd00::7', 6, 1461)]).toEqual([true, false]);
  });
});

describe('a fragment', () => {
  const result = (fragmentOffset: number, length: number, moreFragments: boolean): string => {
    const packet = new Packet();
    const bytes = encodePacket({
      source: '198.51.100.7',
      destination: '192.0.2.1',
      identification: 7,
      fragmentOffset,
      moreFragments,
      transport: { type: 'raw', protocol: 17 },
      payload: new Uint8Array(length),
    });
    expect(packet.parse(bytes)).toBe('ok');
    return new Reassembler().add(packet, 0);
  };

  it('is invalid without data, beyond 65,535 bytes, or with a part of eight bytes before others', () => {
    expect([result(8, 0, false), result(8, 0, true)]).toEqual([
      'fragment-invalid',
      'fragment-invalid',
    ]);
    expect([result(65_528, 7, false), result(65_528, 8, false)]).toEqual([
      'waiting',
      'fragment-invalid',
    ]);
    expect([result(0, 8, true), result(0, 9, true), result(8, 9, false)]).toEqual([
      'waiting',
      'fragment-invalid',
      'waiting',
    ]);
  });
});
