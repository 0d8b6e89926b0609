/** Packets in batches. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchOf, packetOf, rulesOf, VIP } from './support/batches.js';
import { tcp } from './support/packets.js';
import { listing, sceneOf } from './support/scene.js';

const packets = fc.array(
  fc.record({
    client: fc.nat(5),
    kind: fc.constantFrom('S', 'A', 'A', 'FA', 'R', '', 'udp', 'options', 'noise'),
  }),
  { minLength: 1, maxLength: 100 },
);

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
