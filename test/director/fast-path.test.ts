/**
 * The fast path of plain packets against the slow path. A VLAN tag makes any packet take the slow path, so the
 * same packets with and without tag must meet the same fate.
 */
import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { checksum } from '../../src/wire/index.js';
import { tcp, udp } from './support/packets.js';
import { listing, type Scene, sceneOf } from './support/scene.js';
import { fateOf, frameOf, link } from './support/tagged-frames.js';

const VIP = '192.0.2.1:80';
const VIP6 = '[2001:db8::1]:80';
const rulesOf = (method: string): string =>
  ['-t', '-u']
    .flatMap((kind) => [
      [kind, VIP, '10.0.0.1', '10.0.0.2'],
      [kind, VIP6, '[2001:db8:2::1]', '[fd00:1:2:3:4:5:6:7]'],
    ])
    .map(
      ([kind, virtual, one, other]) => `
-A ${kind} ${virtual} -s rr
-a ${kind} ${virtual} -r ${one}:80 ${method}
-a ${kind} ${virtual} -r ${other}:${method === '-m' ? '8080' : '80'} ${method}`,
    )
    .join('\n');

/** What happens to the first server while its connections live: it stays, is removed, or gets weight 0. */
function change({ director }: Scene, virtual: string, server: string, how: string): void {
  const service = { address: virtual, port: 80 };
  if (how === 'removed') director.removeServer(service, { address: server, port: 80 });
  if (how === 'quiesced')
    director.editServer(service, { address: server, port: 80 }, { weight: 0 });
}

/** What may be unusual about a packet; the IP checksum is made right again, unless that is what is unusual. */
const ODDITIES: Readonly<Record<string, (packet: Uint8Array) => void>> = {
  nothing: () => {},
  fragment: (packet) => void (packet[6] = 0x20),
  'don’t fragment': (packet) => void (packet[6] = 0x40),
  shorter: (packet) => void (packet[3] = packet[3] - 1),
  longer: (packet) => void (packet[3] = packet[3] + 3),
  'far too long': (packet) => void (packet[2] = packet[2] + 1),
  'other protocol': (packet) => void (packet[9] = 17),
  'other version': (packet) => void (packet[0] = 0x55),
  'longer header': (packet) => void (packet[0] = 0x46),
  'other destination': (packet) => void (packet[19] = 9),
  'wrong checksum': () => {},
};

const usual = { client: 0, flags: 'A', ttl: 64, bytes: 0, oddity: 'nothing', pauseMs: 0 };
const step = fc.record({
  client: fc.nat(2),
  /** Those of a segment, or a datagram, with a checksum or without. */
  flags: fc.constantFrom('S', 'S', 'A', 'A', 'A', 'PA', 'FA', 'R', '', 'UDP', 'UDP', 'UDP-0'),
  ttl: fc.constantFrom(0, 1, 2, 64, 64, 64, 255),
  bytes: fc.constantFrom(0, 0, 1, 100, 300, 1440, 1441, 1460, 1461),
  oddity: fc.oneof(fc.constant('nothing'), fc.constantFrom(...Object.keys(ODDITIES))),
  pauseMs: fc.constantFrom(0, 0, 0, 1, 500, 130_000),
});

interface Step {
  readonly client: number;
  readonly flags: string;
  readonly ttl: number;
  readonly bytes: number;
  readonly oddity: string;
  readonly pauseMs: number;
}

function packetOf({ client, flags, ttl, bytes, oddity }: Step): Uint8Array {
  const extras = { timeToLive: ttl, payload: new Uint8Array(bytes).fill(client) };
  const from = `198.51.100.7:${5000 + client}`;
  const isDatagram = flags.startsWith('UDP');
  const packet = isDatagram ? udp(from, VIP, extras) : tcp(from, VIP, flags, extras);
  if (flags === 'UDP-0') packet.fill(0, 26, 28);
  ODDITIES[oddity]?.(packet);
  const view = new DataView(packet.buffer);
  view.setUint16(10, 0);
  view.setUint16(10, checksum(packet, 0, 20) ^ (oddity === 'wrong checksum' ? 0x100 : 0));
  return packet;
}

/** Opens all connections, of which the steps then are packets more often than not. */
const opening: readonly Step[] = [0, 1, 2].flatMap((client) => [
  { ...usual, client, flags: 'S' },
  { ...usual, client },
  { ...usual, client, flags: 'UDP' },
]);

/** What may be unusual about a packet of IPv6. */
const ODDITIES_6: Readonly<Record<string, (packet: Uint8Array) => void>> = {
  nothing: () => {},
  shorter: (packet) => void (packet[5] = packet[5] - 1),
  longer: (packet) => void (packet[5] = packet[5] + 3),
  'far too long': (packet) => void (packet[4] = packet[4] + 1),
  'without length': (packet) => packet.fill(0, 4, 6),
  'hop-by-hop options': (packet) => void (packet[6] = 0),
  'other protocol': (packet) => void (packet[6] = 17),
  'traffic class': (packet) => void (packet[0] = 0x6a),
  'other destination': (packet) => void (packet[39] = 9),
};

function packetOf6({ client, flags, ttl, bytes, oddity }: Step): Uint8Array {
  const extras = { timeToLive: ttl, payload: new Uint8Array(bytes).fill(client) };
  const from = `[2001:db8:9::7]:${5000 + client}`;
  const isDatagram = flags.startsWith('UDP');
  const packet = isDatagram ? udp(from, VIP6, extras) : tcp(from, VIP6, flags, extras);
  if (flags === 'UDP-0') packet.fill(0, 46, 48);
  ODDITIES_6[oddity]?.(packet);
  return packet;
}

const step6: fc.Arbitrary<Step> = fc.record({
  client: fc.nat(2),
  flags: fc.constantFrom('S', 'S', 'A', 'A', 'A', 'PA', 'FA', 'R', '', 'UDP', 'UDP', 'UDP-0'),
  ttl: fc.constantFrom(0, 1, 2, 64, 64, 64, 255),
  bytes: fc.constantFrom(0, 0, 1, 100, 300, 1400, 1401, 1440, 1441),
  oddity: fc.oneof(fc.constant('nothing'), fc.constantFrom(...Object.keys(ODDITIES_6))),
  pauseMs: fc.constantFrom(0, 0, 0, 1, 500, 130_000),
});

describe('a plain packet of IPv6', () => {
  const host = { link, client: { ipv6: '2001:db8:1::fe' }, server: { ipv6: '2001:db8:2::fe' } };

  it('meets the fate that the slow path gives it, and leaves the same behind', () => {
    fc.assert(
      fc.property(
        fc.array(step6, { minLength: 1, maxLength: 30 }),
        fc.constantFrom('-m', '-g', '-i'),
        fc.constantFrom('stays', 'removed', 'quiesced'),
        fc.record({ conn_reuse_mode: fc.nat(3), expire_nodest_conn: fc.nat(1) }),
        (steps, method, first, tunables) => {
          const scenes = [false, true].map((tagged) => ({
            tagged,
            scene: sceneOf(rulesOf(method), { host, tunables }),
          }));
          [...opening, ...steps].forEach((each, index) => {
            const fates = scenes.map(({ scene, tagged }) => {
              scene.wait(each.pauseMs);
              if (index === 12) change(scene, '2001:db8::1', '2001:db8:2::1', first);
              return fateOf(scene, packetOf6(each), tagged);
            });
            expect(fates[0]).toEqual(fates[1]);
          });
          const [fast, slow] = scenes.map(({ scene }) => scene);
          expect(listing(fast)).toEqual(listing(slow));
          expect(JSON.stringify(fast?.director)).toEqual(JSON.stringify(slow?.director));
        },
      ),
      { numRuns: 120 },
    );
  });

  it('is looked up once, and never parsed, whether it has a link header or not', () => {
    for (const each of [{ flags: 'A' }, { flags: 'UDP' }]) {
      const { director } = sceneOf(rulesOf('-m'));
      director.receive(packetOf6({ ...usual, flags: each.flags === 'A' ? 'S' : 'UDP' }));
      const find = vi.spyOn(director.table, 'findIn');
      const flush = vi.spyOn(director.table.fastPath, 'readEnds');

      expect(director.receive(packetOf6({ ...usual, ...each })).reason).toBe('translated');
      expect([find.mock.calls.length, flush.mock.calls.length]).toEqual([1, 0]);
    }
  });
});

describe('a plain packet', () => {
  const host = { link, server: { ipv4: '10.0.0.254' } };

  it('meets the fate that the long way gives it, and leaves the same behind', () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 30 }),
        fc.constantFrom('-m', '-g', '-i'),
        fc.constantFrom('stays', 'removed', 'quiesced'),
        fc.record({ conn_reuse_mode: fc.nat(3), expire_nodest_conn: fc.nat(1) }),
        (steps, method, first, tunables) => {
          const scenes = [false, true].map((tagged) => ({
            tagged,
            scene: sceneOf(rulesOf(method), { host, tunables }),
          }));
          [...opening, ...steps].forEach((each, index) => {
            const fates = scenes.map(({ scene, tagged }) => {
              scene.wait(each.pauseMs);
              if (index === 12) change(scene, '192.0.2.1', '10.0.0.1', first);
              return fateOf(scene, packetOf(each), tagged);
            });
            expect(fates[0]).toEqual(fates[1]);
          });
          const [short, long] = scenes.map(({ scene }) => scene);
          expect(listing(short)).toEqual(listing(long));
          expect(JSON.stringify(short?.director)).toEqual(JSON.stringify(long?.director));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('of a server behind a tunnel is never parsed, and leaves with a second header', () => {
    const both = [
      { packet: packetOf, server: { ipv4: '10.0.0.254' }, header: 20 },
      { packet: packetOf6, server: { ipv6: '2001:db8:2::fe' }, header: 40 },
    ];
    for (const { packet, server, header } of both) {
      const { director } = sceneOf(rulesOf('-i'), { host: { server } });
      director.receive(packet({ ...usual, flags: 'S' }));
      const parsed = vi.spyOn(director.table.fastPath, 'readEnds');
      const { reason, output } = director.receive(packet({ ...usual, bytes: 3 }));

      expect([reason, output.length]).toEqual(['encapsulated', 2 * header + 23]);
      expect(parsed).not.toHaveBeenCalled();
    }
  });

  it('that opens a connection again is scheduled when the old one is over, and only then', () => {
    for (const packet of [packetOf, packetOf6]) {
      const { director } = sceneOf(rulesOf('-m'));
      const send = (flags: string): unknown => director.receive(packet({ ...usual, flags })).server;
      const first = send('S');

      expect(send('S')).toBe(first);
      send('A');
      send('R');
      expect(send('S')).not.toBe(first);
    }
  });

  it('of a connection by mark is not the director’s when it comes without the mark', () => {
    const { director } = sceneOf('-A -f 7 -s rr\n-a -f 7 -r 10.0.0.1 -g');
    const foreign = (flags: string): Uint8Array =>
      tcp('198.51.100.7:5000', '203.0.113.9:80', flags);
    expect(director.receive(foreign('S'), 7).action).toBe('forward');
    expect(director.receive(foreign('A'), 7).action).toBe('forward');
    expect(director.receive(foreign('A')).action).toBe('accept');
  });

  it('is the host’s own when no service is left, whatever connections are', () => {
    const scene = sceneOf(rulesOf('-m'));
    for (const each of opening) scene.director.receive(packetOf(each));
    for (const protocol of ['tcp', 'udp'] as const) {
      scene.director.removeService({ protocol, address: '192.0.2.1', port: 80 });
    }
    expect(scene.director.receive(packetOf({ ...usual, client: 0 }))).toMatchObject({
      action: 'accept',
      reason: 'no-service-of-family',
    });
    expect(listing(scene)).toHaveLength(6);
  });

  it('is none when the frame says that it holds something else', () => {
    const { director } = sceneOf(rulesOf('-m'), { host: { link } });
    for (const each of opening) director.receive(frameOf(packetOf(each), false));
    const frame = frameOf(packetOf({ ...usual, client: 0 }), false);
    frame[13] = 0x06;
    expect(director.receive(frame)).toMatchObject({ action: 'drop', reason: 'not-ip' });
  });
});

describe('a datagram of a known connection', () => {
  const datagram = (payload: number): Uint8Array =>
    udp('198.51.100.7:5000', VIP, { payload: new Uint8Array(payload) });

  it('is looked up once, and its packet is never parsed', () => {
    const { director } = sceneOf(rulesOf('-m'));
    director.receive(datagram(1));
    const find4 = vi.spyOn(director.table.fastPath, 'find4');
    const findIn4 = vi.spyOn(director.table, 'findIn4');

    expect(director.receive(datagram(2)).reason).toBe('translated');
    expect([find4.mock.calls.length, findIn4.mock.calls.length]).toEqual([1, 0]);
  });

  it('takes the slow path where a server might begin a call with it, or be refused', () => {
    const calls = sceneOf(`${rulesOf('-m')}\n-A -u 192.0.2.1:5060 -s rr -p 300 --pe sip`);
    const refusing = sceneOf(rulesOf('-m'), { tunables: { nat_icmp_send: 1 } });
    for (const { director } of [calls, refusing]) {
      director.receive(datagram(1));
      const findIn4 = vi.spyOn(director.table, 'findIn4');

      expect(director.receive(datagram(2)).reason).toBe('translated');
      expect(findIn4.mock.calls).toHaveLength(1);
    }
  });
});
