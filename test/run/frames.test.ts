/**
 * What an engine does to a frame besides what the director does: marks, hop limits, open checksums.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Director } from 'ipvs/director';
import { checksum, Packet, verifyChecksums } from 'ipvs/wire';
import { FrameHandler, HEADROOM } from '../../src/run/engine/frame-handler.js';
import { raiseHopLimit } from '../../src/run/engine/hop-limit.js';
import { DestinationFilter } from '../../src/run/engine/destination-filter.js';
import { tcp, udp } from '../director/support/packets.js';

const PREFIX = 24;
const MARK_AT = 10 + 8;
const BELL = 0x0a0b0c0d;

/** An engine without a device. */
function engineOf(rules: readonly string[], isLittleEndian = true) {
  const director = new Director({ headroom: HEADROOM, host: { server: { ipv4: '10.0.0.254' } } });
  for (const rule of rules) director.execute(rule);
  const virtual = new DestinationFilter();
  virtual.set([...director.services].map(({ address }) => address));
  const written: Uint8Array[] = [];
  const rings: number[] = [];
  const frames = new FrameHandler({
    director,
    virtual,
    isLittleEndian,
    bellWord: BELL,
    write: (bytes, offset, length) => void written.push(bytes.slice(offset, offset + length)),
    bell: (number) => void rings.push(number),
  });
  return {
    frames,
    rings: () => rings,
    /** Hands in a packet in a frame, and gives what is written. */
    pass: (packet: Uint8Array, change: (frame: Uint8Array) => void = () => undefined) => {
      const frame = new Uint8Array(PREFIX + packet.length);
      frame.set(packet, PREFIX);
      frame.set(packet[0] >>> 4 === 4 ? [8, 0] : [0x86, 0xdd], PREFIX - 2);
      change(frame);
      written.length = 0;
      frames.bytes.set(frame, frames.offset);
      frames.handle(frame.length);
      return [...written];
    },
  };
}

const NAT = ['-A -t 192.0.2.1:80 -s rr', '-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m'];
const CLIENT = '198.51.100.7:4000';

function packetOf(frame: Uint8Array | undefined): Packet {
  const packet = new Packet();
  expect(packet.parse((frame ?? new Uint8Array(0)).slice(PREFIX))).toBe('ok');
  return packet;
}

/** Leaves the checksum of a TCP or UDP packet to the network card. */
function openChecksum(frame: Uint8Array): void {
  const packet = packetOf(frame);
  const field = packet.protocol === 6 ? 16 : 6;
  const { transportOffset: at, transportLength: length } = packet;
  const view = new DataView(frame.buffer);
  view.setUint16(PREFIX + at + field, 0);
  const transport = checksum(frame, PREFIX + at, length);
  // Both are complements of sums, of which the finished one has the pseudo header, too.
  const finished = ~packet.view.getUint16(at + field) & 0xffff;
  const pseudo = finished + transport;
  view.setUint16(PREFIX + at + field, (pseudo & 0xffff) + (pseudo >>> 16));
  frame[0] = 1;
  view.setUint16(6, 14 + at, true);
  view.setUint16(8, field, true);
}

/** Does what the network card does: sums up from the named place on. */
function finishChecksum(frame: Uint8Array): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset);
  const start = 10 + view.getUint16(6, true);
  const field = start + view.getUint16(8, true);
  view.setUint16(field, checksum(frame, start, frame.length - start));
  return frame;
}

describe('an open checksum', () => {
  const payloads = fc.uint8Array({ maxLength: 64 });
  it('is right after the director and the network card', () => {
    fc.assert(
      fc.property(fc.constantFrom(tcp, udp), payloads, fc.nat(65_535), (make, payload, port) => {
        const protocol = make === tcp ? '-t' : '-u';
        const engine = engineOf([
          `-A ${protocol} 192.0.2.1:80 -s rr`,
          `-a ${protocol} 192.0.2.1:80 -r 10.0.0.1:8080 -m`,
        ]);
        const from = `198.51.100.7:${Math.max(port, 1)}`;
        const packet =
          make === tcp
            ? tcp(from, '192.0.2.1:80', 'S', { payload })
            : udp(from, '192.0.2.1:80', { payload });
        const [frame] = engine.pass(packet, openChecksum);
        expect(frame?.[0]).toBe(1);
        const sent = packetOf(finishChecksum(frame));
        expect(sent.destinationPort).toBe(8080);
        expect(verifyChecksums(sent)).toBe(true);
      }),
    );
  });

  it('is given to the host as it came', () => {
    const packet = tcp(CLIENT, '192.0.2.1:81', 'S');
    const engine = engineOf(NAT);
    let before: Uint8Array = new Uint8Array(0);
    const [frame] = engine.pass(packet, (each) => {
      openChecksum(each);
      before = each.slice(PREFIX + 20);
    });
    expect(frame.slice(PREFIX + 20)).toEqual(before);
  });
});

describe('the hop limit', () => {
  it('is as if there were one hop, whichever way a packet takes', () => {
    const engine = engineOf(NAT);
    // The kernel takes one off on the way in, and one on the way out.
    const [request] = engine.pass(tcp(CLIENT, '192.0.2.1:80', 'S', { timeToLive: 63 }));
    const [reply] = engine.pass(tcp('10.0.0.1:8080', CLIENT, 'SA', { timeToLive: 63 }));
    expect(packetOf(request).timeToLive).toBe(64);
    expect(packetOf(reply).timeToLive).toBe(64);
  });

  it('is raised together with the header checksum, and never beyond 255', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 255 }),
        fc.nat(65_535),
        (timeToLive, identification) => {
          const bytes = tcp(CLIENT, '192.0.2.1:80', 'S', { timeToLive, identification });
          raiseHopLimit(bytes, 0);
          const packet = new Packet();
          expect(packet.parse(bytes)).toBe('ok');
          expect(packet.timeToLive).toBe(Math.min(255, timeToLive + 1));
        },
      ),
    );
  });
});

describe('a mark', () => {
  it.each([
    [true, [1, 0, 0x50, 0x49]],
    [false, [0x49, 0x50, 0, 1]],
  ])('of a gateway is written as the machine loads it (little endian: %s)', (little, expected) => {
    const rules = ['-A -t 192.0.2.1:80 -s rr', '-a -t 192.0.2.1:80 -r 10.0.0.2 -g'];
    const engine = engineOf(rules, little);
    engine.frames.setGateways(new Map([['10.0.0.2', 0x4950_0001]]));
    const [frame] = engine.pass(tcp(CLIENT, '192.0.2.1:80'));
    expect([...frame.slice(MARK_AT, MARK_AT + 4)]).toEqual(expected);
  });

  it('of a service is read from the source address', () => {
    const engine = engineOf(['-A -f 258 -s rr', '-a -f 258 -r 10.0.0.1 -m']);
    const packet = tcp(CLIENT, '203.0.113.9:80');
    const [frame] = engine.pass(packet, (each) => each.set([0, 0, 1, 2], MARK_AT));
    expect(packetOf(frame).destinationPort).toBe(80);
    expect(packetOf(frame).destination.word3).toBe(0x0a000001);
    expect(engine.frames.counts.sent).toBe(1);
  });
});

describe('a frame', () => {
  it('for a group, or of no IP packet, is not the director’s', () => {
    const engine = engineOf(NAT);
    expect(engine.pass(udp(CLIENT, '224.0.0.1:80'))).toEqual([]);
    expect(
      engine.pass(udp(CLIENT, '192.0.2.1:80'), (each) => each.set([8, 6], PREFIX - 2)),
    ).toEqual([]);
    expect(engine.frames.counts).toMatchObject({ received: 2, accepted: 0, dropped: 0 });
  });

  it('to the address beyond the device rings the bell, by its number', () => {
    const engine = engineOf(NAT);
    engine.pass(udp(CLIENT, '10.11.12.13:9'));
    engine.pass(udp(CLIENT, '10.11.12.13:9', { payload: Uint8Array.of(1, 2, 3, 4) }));
    expect(engine.rings()).toEqual([0, 0x01020304]);
  });

  it('of a tunnel has its outer header in front, and both device headers in front of that', () => {
    const engine = engineOf(['-A -t 192.0.2.1:80 -s rr', '-a -t 192.0.2.1:80 -r 10.0.0.1 -i']);
    const packet = tcp(CLIENT, '192.0.2.1:80');
    const [frame] = engine.pass(packet);
    expect(frame.length).toBe(PREFIX + 20 + packet.length);
    expect(packetOf(frame).protocol).toBe(4);
    expect([...frame.slice(0, PREFIX)]).toEqual([
      ...Array<number>(10).fill(0),
      ...[2, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 8, 0],
    ]);
  });

  it('never ends the engine, whatever its bytes', () => {
    const engine = engineOf(NAT);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        engine.frames.bytes.set(bytes, engine.frames.offset);
        engine.frames.handle(bytes.length);
      }),
    );
  });
});
