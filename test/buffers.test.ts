/**
 * Node's `Buffer` is a `Uint8Array` whose `slice` gives a view. Every entry that takes bytes is given a `Buffer`
 * that is overwritten afterwards, and must return what it returns for bytes that stay as they are.
 */
import { Buffer } from 'node:buffer';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IpAddress, type RealServer, ServerList } from 'ipvs';
import { CaptureReader, CaptureWriter } from 'ipvs/captures';
import type { Departure } from 'ipvs/director';
import { udpProbe } from 'ipvs/health/node';
import { describePacket, encodePacket, MacAddress, Packet } from 'ipvs/wire';
import { tcp, udp } from './director/support/packets.js';
import { type Scene, sceneOf } from './director/support/scene.js';
import { packets, portTransports } from './wire/support/packets.js';

const VIRTUAL = '192.0.2.1:80';
const CLIENT = '198.51.100.7:4000';
const HEADROOM = 100;

/** Takes bytes, and returns what may be looked at after they were overwritten. */
type Entry = (bytes: Uint8Array) => unknown;

/** The result of an entry for a buffer that is overwritten before the result is looked at. */
function afterOverwriting(entry: Entry, bytes: Uint8Array): unknown {
  const buffer = Buffer.from(bytes);
  const result = entry(buffer);
  buffer.fill(0xa5);
  return result;
}

function plainOf({ side, bytes }: Departure): unknown {
  return { side, bytes: [...bytes], isPlain: bytes.constructor === Uint8Array };
}

function rules(method: string): string {
  return ['t', 'u']
    .map((each) => `-A -${each} ${VIRTUAL} -s rr\n-a -${each} ${VIRTUAL} -r 10.0.0.1:80 ${method}`)
    .join('\n');
}

/** What leaves when a director receives a packet, after the packet was overwritten. */
function departuresOf(method: string, headroom = 0): Entry {
  return (bytes) => {
    const { director } = sceneOf(rules(method), { headroom, host: { server: { mtu: 576 } } });
    const room = Buffer.alloc(headroom + bytes.length);
    room.set(bytes, headroom);
    const departures = director.take(room, headroom, bytes.length, 'client').departures();
    room.fill(0xa5);
    return departures.map(plainOf);
  };
}

const entries: Readonly<Record<string, Entry>> = {
  describePacket: (bytes) => {
    const packet = new Packet();
    return packet.parse(bytes) === 'ok' ? describePacket(packet) : 'no packet';
  },
  'describePacket of a quote': (bytes) => {
    const packet = new Packet();
    const result = packet.parseQuote(bytes, 0, bytes.length, bytes[0] >>> 4 === 4 ? 4 : 6);
    return result === 'ok' ? describePacket(packet) : result;
  },
  'encodePacket, of a payload': (payload) =>
    encodePacket({
      source: '192.0.2.1',
      destination: '192.0.2.2',
      transport: { type: 'raw', protocol: 99 },
      payload,
    }),
  'IpAddress.fromBytes': (bytes) => IpAddress.fromBytes(6, bytes),
  'MacAddress.fromBytes': (bytes) => MacAddress.fromBytes(bytes).toString(),
  'CaptureWriter.packet': (bytes) => new CaptureWriter().packet({ bytes, seconds: 1 }),
  'CaptureReader.add': (bytes) => {
    const writer = new CaptureWriter();
    const file = Buffer.concat([writer.header(), writer.packet({ bytes, seconds: 1 })]);
    const reader = new CaptureReader();
    reader.add(file);
    file.fill(0xa5);
    const copies: Uint8Array[] = [];
    while (reader.next()) if (reader.record.kind === 'packet') copies.push(reader.record.copy());
    return copies;
  },
  'Director.take, NAT': departuresOf('-m'),
  'Director.take, direct routing': departuresOf('-g'),
  'Director.take, tunneling with a copy': departuresOf('-i'),
  'Director.take, tunneling in the headroom': departuresOf('-i', HEADROOM),
  'Director.receiveBatch': (bytes) => {
    const { director } = sceneOf(rules('-m'));
    const found: Departure[] = [];
    const [offsets, lengths] = [new Int32Array([0]), new Int32Array([bytes.length])];
    director.receiveBatch({ bytes, offsets, lengths, count: 1 }, (verdict) =>
      found.push(...verdict.departures()),
    );
    bytes.fill(0x5a);
    return found.map(plainOf);
  },
};

const toVirtual = fc
  .tuple(fc.constantFrom(tcp, udp), fc.uint8Array({ maxLength: 1200 }))
  .map(([make, payload]) =>
    make === tcp ? tcp(CLIENT, VIRTUAL, 'S', { payload }) : udp(CLIENT, VIRTUAL, { payload }),
  );
const anyPacket = packets(portTransports()).map((packet) => encodePacket(packet));

describe('a Buffer that is overwritten afterwards', () => {
  it.each(Object.keys(entries))('is nothing but bytes to %s', (name) => {
    const entry = entries[name];
    fc.assert(
      fc.property(fc.oneof(toVirtual, anyPacket), (bytes) => {
        expect(afterOverwriting(entry, bytes)).toEqual(entry(Uint8Array.from(bytes)));
      }),
      { numRuns: 60 },
    );
  });

  it('may hold one fragment after the other', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<'-m' | '-g'>('-m', '-g'),
        fc.uint8Array({ minLength: 900, maxLength: 3000 }),
        fc.nat(5),
        (method, payload, reused) => {
          const whole = udp(CLIENT, VIRTUAL, { payload });
          const fragments = fragmentsOf(whole, reused);
          const received = (make: (fragment: Uint8Array) => Uint8Array): unknown => {
            const scene = sceneOf(rules(method));
            return fragments.flatMap((fragment) => leaving(scene, make(fragment)));
          };
          const buffer = Buffer.alloc(4000);
          const inOneBuffer = received((fragment) => {
            buffer.fill(0xa5);
            buffer.set(fragment);
            return buffer.subarray(0, fragment.length);
          });
          expect(inOneBuffer).toEqual(received((fragment) => Uint8Array.from(fragment)));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is sent by a probe as it was when the probe was made', async () => {
    const peer = createSocket('udp4');
    peer.bind(0, '127.0.0.1');
    await once(peer, 'listening');
    const payload = Buffer.from('hello');
    const probe = udpProbe({ payload, quietMs: 1 });
    payload.fill(0);
    const { port } = peer.address();
    const server = new ServerList([{ address: '127.0.0.1', port }]).first as RealServer;
    const message = once(peer, 'message');
    await probe(server, new AbortController().signal);
    const [received] = (await message) as [Buffer];
    peer.close();
    expect(received.toString()).toBe('hello');
  });
});

/** What leaves because of one fragment, after it was received. */
function leaving({ director }: Scene, bytes: Uint8Array): unknown[] {
  return director.receive(bytes).departures().map(plainOf);
}

/** The fragments of an IPv4 packet, rotated. */
function fragmentsOf(whole: Uint8Array, rotation: number): Uint8Array[] {
  const { director } = sceneOf('', { host: { server: { mtu: 576 }, client: { mtu: 576 } } });
  const fragments = director
    .respond(Uint8Array.from(whole))
    .departures()
    .map(({ bytes }) => bytes);
  expect(fragments.length).toBeGreaterThan(1);
  const at = rotation % fragments.length;
  return [...fragments.slice(at), ...fragments.slice(0, at)];
}
