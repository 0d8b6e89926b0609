/** What packets leave behind. */
import { describe, expect, it } from 'vitest';
import { heapGrowth } from '../support/garbage.js';
import { batchOf, packetOf, rulesOf } from './support/batches.js';
import { sceneOf } from './support/scene.js';

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
