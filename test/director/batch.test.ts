/** Packets in batches, and what packets leave behind. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PacketBatch } from '../../src/director/index.js';
import { heapGrowth } from '../support/garbage.js';
import { tcp, udp } from './support/packets.js';
import { listing, sceneOf } from './support/scene.js';

const VIP = '192.0.2.1:80';
const rulesOf = (method: string): string => `
-A -t ${VIP} -s rr
-a -t ${VIP} -r 10.0.0.1:80 ${method}
-a -t ${VIP} -r 10.0.0.2:80 ${method}
-A -u ${VIP} -s rr
-a -u ${VIP} -r 10.0.0.1:80 ${method}
`;

function batchOf(packets: readonly Uint8Array[]): PacketBatch {
  const length = packets.reduce((sum, packet) => sum + packet.length, 0);
  const bytes = new Uint8Array(length);
  const offsets = new Int32Array(packets.length);
  let at = 0;
  packets.forEach((packet, place) => {
    bytes.set(packet, at);
    offsets[place] = at;
    at += packet.length;
  });
  const lengths = Int32Array.from(packets, (packet) => packet.length);
  return { bytes, offsets, lengths, count: packets.length };
}

const packets = fc.array(
  fc.record({
    client: fc.nat(5),
    kind: fc.constantFrom('S', 'A', 'A', 'FA', 'R', '', 'udp', 'options', 'noise'),
  }),
  { minLength: 1, maxLength: 100 },
);

function packetOf({ client, kind }: { client: number; kind: string }): Uint8Array {
  const from = `198.51.100.7:${5000 + client}`;
  if (kind === 'udp') return udp(from, VIP);
  if (kind === 'noise') return new Uint8Array(client * 7).fill(0x45);
  const isPlain = kind !== 'options';
  return tcp(
    from,
    VIP,
    isPlain ? kind : 'A',
    isPlain ? {} : { options: new Uint8Array(4).fill(1) },
  );
}

describe('a batch', () => {
  it('gives each packet the verdict, the server and the bytes that it gets alone', () => {
    fc.assert(
      fc.property(packets, fc.constantFrom('-m', '-g'), fc.boolean(), (plans, method, ahead) => {
        const options = { readAheadFrom: ahead ? 0 : 1000 };
        const alone = sceneOf(rulesOf(method), options);
        const together = sceneOf(rulesOf(method), options);
        const expected = plans.map((plan) => {
          const bytes = packetOf(plan);
          const { action, reason, server } = alone.director.receive(bytes);
          return [action, reason, server?.toString(), bytes];
        });
        const batch = batchOf(plans.map(packetOf));
        const actual: unknown[] = [];
        together.director.receiveBatch(batch, ({ action, reason, server }, index) => {
          const at = batch.offsets[index];
          const bytes = batch.bytes.slice(at, at + batch.lengths[index]);
          actual.push([action, reason, server?.toString(), bytes]);
        });
        expect(actual).toEqual(expected);
        expect(listing(together)).toEqual(listing(alone));
      }),
      { numRuns: 60 },
    );
  });

  it('takes the mark of each packet', () => {
    const { director } = sceneOf('-A -f 5 -s rr\n-a -f 5 -r 10.0.0.1:80 -m');
    const batch = batchOf([tcp('198.51.100.7:1', VIP), tcp('198.51.100.7:2', VIP)]);
    const actions: string[] = [];
    const marks = Uint32Array.of(5, 6);
    director.receiveBatch({ ...batch, marks }, ({ reason }) => void actions.push(reason));
    expect(actions[0]).toBe('translated');
    expect(actions[1]).not.toBe('translated');
  });
});

describe('a packet on a known connection', () => {
  const PACKETS = 1000;

  it.each([
    ['masqueraded', '-m', 'A', 200],
    ['routed', '-g', 'A', 200],
    ['masqueraded, with options', '-m', 'options', 200],
    ['masqueraded, UDP', '-m', 'udp', 200],
  ])('%s, leaves nothing for the garbage collector', (_, method, kind, rounds) => {
    const { director } = sceneOf(rulesOf(method));
    const first = kind === 'udp' ? 'udp' : 'S';
    for (let client = 0; client < 6; client++) director.receive(packetOf({ client, kind: first }));
    const batch = batchOf(
      Array.from({ length: PACKETS }, (__, place) => packetOf({ client: place % 6, kind })),
    );
    const kept = batch.bytes.slice();
    let forwarded = 0;
    const run = (): void => {
      for (let round = 0; round < rounds; round++) {
        batch.bytes.set(kept);
        for (let place = 0; place < PACKETS; place++) {
          const at = batch.offsets[place];
          const length = batch.lengths[place];
          if (director.take(batch.bytes, at, length, 'client').action === 'forward') forwarded++;
        }
      }
    };
    run();
    // 200,000 packets, and not a byte for each.
    expect(heapGrowth(PACKETS * rounds, run)).toBeLessThan(PACKETS * rounds);
    expect(forwarded % (PACKETS * rounds)).toBe(0);
  });
});
