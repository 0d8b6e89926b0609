/** What of a transport header opens connections and moves their states: at each length, flag and chunk. */
import { describe, expect, it } from 'vitest';
import type { StateMachine } from '../../src/connections/state-machine.js';
import { firstChunk, isOpening, moveState, tcpFlags } from '../../src/director/transport-event.js';
import { type KernelRules, kernelRules, NEWEST_KERNEL } from '../../src/model/kernel-profile.js';
import { encodePacket, type ExtensionDescription, Packet } from '../../src/wire/index.js';
import { hasOpeningHeader } from '../../src/wire/transport-header.js';

const TCP = 6;
const UDP = 17;
const SCTP = 132;
const ENDS = {
  4: { source: '198.51.100.7', destination: '192.0.2.1' },
  6: { source: '2001:db8:f::7', destination: '2001:db8::1' },
} as const;
const RULES = kernelRules(NEWEST_KERNEL);

/** A packet whose transport is some bytes, with others behind it in its buffer. */
function packetOf(
  protocol: number,
  payload: readonly number[],
  family: 4 | 6 = 4,
  extensions: readonly ExtensionDescription[] = [],
): Packet {
  const encoded = encodePacket({
    ...ENDS[family],
    transport: { type: 'raw', protocol },
    payload: Uint8Array.from(payload),
    ...(family === 6 && { extensions }),
  });
  const bytes = new Uint8Array(encoded.length + 32).fill(1);
  bytes.set(encoded);
  const packet = new Packet();
  expect(packet.parse(bytes, 0, encoded.length)).toBe('ok');
  return packet;
}

const ones = (length: number): number[] => Array.from({ length }, () => 1);
/** A segment of 20 bytes with some flags. */
const segment = (flags: number): number[] => [...ones(13), flags, ...ones(6)];
/** An SCTP header and its chunks, each by its type and length. */
const chunks = (...all: (readonly [number, number])[]): number[] => [
  ...ones(12),
  ...all.flatMap(([type, length]) => [type, 0, length >>> 8, length & 0xff]),
];

/** What a packet tells the state machine. */
function eventOf(packet: Packet, kernel: KernelRules = RULES, fromServer = false): string {
  const events: string[] = [];
  const states = {
    tcp: (slot: number, flags: number, back: boolean) =>
      events.push(`tcp ${slot} ${flags} ${back}`),
    udp: (slot: number, back: boolean) => events.push(`udp ${slot} ${back}`),
    sctp: (slot: number, first: number, second: number, back: boolean) =>
      events.push(`sctp ${slot} ${first} ${second} ${back}`),
  } as unknown as StateMachine;
  moveState(states, 7, packet, fromServer, kernel);
  return events.join();
}

describe('a header', () => {
  it('is long enough to open a connection from its length on', () => {
    for (const [protocol, least] of [
      [TCP, 20],
      [UDP, 8],
      [SCTP, 16],
    ]) {
      const lengths = Array.from({ length: 24 }, (_, length) => length);
      const whole = lengths.filter((length) => hasOpeningHeader(packetOf(protocol, ones(length))));
      expect(whole).toEqual(lengths.slice(least));
    }
  });

  it('shows its flags and its first chunk when it is whole', () => {
    expect(
      [19, 20].map((length) => tcpFlags(packetOf(TCP, segment(0x12).slice(0, length)))),
    ).toEqual([0, 0x12]);
    expect(
      [15, 16].map((length) => firstChunk(packetOf(SCTP, chunks([9, 4]).slice(0, length)))),
    ).toEqual([-1, 9]);
  });

  it('asks for a new connection by SYN, or by INIT', () => {
    const flags = Array.from({ length: 256 }, (_, each) => each);
    expect(flags.filter((each) => isOpening(packetOf(TCP, segment(each))))).toEqual(
      flags.filter((each) => (each & 2) !== 0),
    );
    expect(flags.filter((each) => isOpening(packetOf(SCTP, chunks([each, 4]))))).toEqual([1]);
    expect(isOpening(packetOf(UDP, segment(2)))).toBe(false);
    expect(isOpening(packetOf(UDP, chunks([1, 4])))).toBe(false);
  });
});

describe('the state of a connection moves', () => {
  it.each([false, true])('by the event of the packet, from the server or not: %s', (back) => {
    const event = (protocol: number, payload: readonly number[]): string =>
      eventOf(packetOf(protocol, payload), RULES, back);

    expect(event(TCP, segment(0x11))).toBe(`tcp 7 17 ${back}`);
    expect(event(UDP, ones(8))).toBe(`udp 7 ${back}`);
    expect(event(SCTP, chunks([11, 4]))).toBe(`sctp 7 11 -1 ${back}`);
    expect(event(SCTP, chunks([11, 4], [7, 4]))).toBe(`sctp 7 11 7 ${back}`);
  });

  it('not by a header that is cut short, nor by another protocol', () => {
    expect(eventOf(packetOf(TCP, segment(2).slice(0, 19)))).toBe('');
    expect(eventOf(packetOf(SCTP, chunks([1, 4]).slice(0, 15)))).toBe('');
    expect(eventOf(packetOf(47, segment(2)))).toBe('');
    expect(eventOf(packetOf(UDP, ones(4)))).toBe('udp 7 false');
  });

  it('by a second chunk that is whole, at a multiple of four bytes', () => {
    const second = (payload: readonly number[]): string =>
      eventOf(packetOf(SCTP, payload)).split(' ')[3];

    expect(second([...chunks([3, 8]), 9, 9, 9, 9, 7, 0, 0, 4])).toBe('7');
    expect(second([...chunks([3, 5]), 9, 9, 9, 9, 7, 0, 0, 4])).toBe('7');
    expect(second([...chunks([3, 9]), ...ones(8), 7, 0, 0, 4])).toBe('7');
    expect(second([...chunks([3, 4], [7, 4])].slice(0, 19))).toBe('-1');
    expect(second(chunks([3, 3], [7, 4]))).toBe('-1');
    expect(second(chunks([3, 0], [7, 4]))).toBe('-1');
    expect(second([...chunks([3, 256]), ...ones(252), 7, 0, 0, 4])).toBe('7');
  });

  it('over IPv6 by what is behind the extension headers, or by what is in their place in older kernels', () => {
    const padding = { protocol: 0, bytes: Uint8Array.of(0, 1, 1, 12, ...ones(12)) };
    const old = { ...RULES, readsHeaderBehindExtensions: false };
    const packet = packetOf(TCP, segment(2), 6, [padding]);

    expect(eventOf(packet)).toBe('tcp 7 2 false');
    expect(eventOf(packet, old)).toBe('tcp 7 1 false');
    expect(eventOf(packetOf(TCP, segment(2), 6), old)).toBe('tcp 7 2 false');
    expect(eventOf(packetOf(TCP, segment(2), 4), old)).toBe('tcp 7 2 false');
  });
});
