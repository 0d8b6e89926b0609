import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EndpointIds,
  MAX_ENDPOINT_ID,
} from '../../../src/connections/client-index/endpoint-ids.js';

/** Endpoint number n: few protocols and ports, so that buckets are shared. */
function endpoint(n: number): [protocol: number, address: number, port: number] {
  return [n % 2 === 0 ? 6 : 17, 0x0a000001 + Math.imul(n >> 2, 64), n & 2 ? 53 : 65_535];
}

const steps = fc.array(
  fc.record({ n: fc.integer({ min: 0, max: 2 * MAX_ENDPOINT_ID }), take: fc.boolean() }),
  { maxLength: 400 },
);

describe('endpoint ids', () => {
  it('identify one endpoint each as long as they are used, and are assigned while there are any', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const ids = new EndpointIds();
        const model = new Map<number, { id: number; uses: number }>();
        for (const { n, take } of list) {
          const held = model.get(n) ?? { id: 0, uses: 0 };
          if (take) {
            const id = ids.take(...endpoint(n));
            expect(id === 0).toBe(held.uses === 0 && model.size === MAX_ENDPOINT_ID);
            if (held.uses > 0) expect(id).toBe(held.id);
            if (id !== 0) model.set(n, { id, uses: held.uses + 1 });
          } else if (held.uses > 0) {
            ids.release(held.id);
            if (held.uses === 1) model.delete(n);
            else model.set(n, { id: held.id, uses: held.uses - 1 });
          }
          const used = [...model.values()].map(({ id }) => id);
          expect(new Set(used).size).toBe(used.length);
        }
        for (const [n, { id }] of model) expect(ids.isOf(id, ...endpoint(n))).toBe(false);
        ids.show();
        for (const [n, { id }] of model) {
          expect(ids.isOf(id, ...endpoint(n))).toBe(true);
          expect(ids.isOf(id, ...endpoint(n + 1))).toBe(false);
          expect(ids.protocolOf(id)).toBe(endpoint(n)[0]);
        }
      }),
    );
  });

  it('are gone with their last use', () => {
    const ids = new EndpointIds();
    ids.show();
    const id = ids.take(...endpoint(1));
    ids.release(id);
    expect(ids.isOf(id, ...endpoint(1))).toBe(false);
  });

  it('leave 0 to no endpoint', () => {
    const [hidden, shown] = [new EndpointIds(), new EndpointIds()];
    shown.show();
    fc.assert(
      fc.property(
        fc.nat({ max: 255 }),
        fc.constantFrom(-1, 0, 1),
        fc.constantFrom(0, 1, 65_535),
        (protocol, address, port) => {
          expect(hidden.isOf(0, protocol, address, port)).toBe(false);
          expect(shown.isOf(0, protocol, address, port)).toBe(false);
        },
      ),
    );
  });

  it('count the lowest 16 bits of a port only, so that both ports of a packet may come as one word', () => {
    const ids = new EndpointIds();
    ids.show();
    const [protocol, address, port] = endpoint(1);
    const id = ids.take(protocol, address, port);
    expect(ids.isOf(id, protocol, address, (1234 << 16) | port)).toBe(true);
  });
});
