import { describe, expect, it } from 'vitest';
import { ConnectionKey } from '../../src/connections/entries/connection-key.js';
import { ConnectionTable } from '../../src/connections/connection-table.js';
import { oneServer, TCP, VIP } from './support/fixtures.js';

const key = new ConnectionKey();

describe('look-ups and uses', () => {
  it('allocate nothing in a million hits', () => {
    const table = new ConnectionTable({ seed: 5 });
    const server = oneServer();
    for (let n = 0; n < 1000; n++) table.insert(key.set4(TCP, n, 1024, VIP, 80), 0, server, 80);
    let now = 1;
    const hit = (count: number): void => {
      for (let i = 0; i < count; i++) {
        const slot = table.findIn4(TCP, i % 1000, 1024, VIP, 80);
        table.synchronized.countPacket(slot);
        table.setState(slot, 1, true);
        table.setTimeout(slot, 900_000);
        table.touch(slot, now);
        table.advance(now, 8);
        now += 1;
      }
    };
    hit(200_000);
    const growth = Array.from({ length: 50 }, () => {
      const before = process.memoryUsage().heapUsed;
      hit(20_000);
      return process.memoryUsage().heapUsed - before;
    });
    // Reading the heap's size allocates a little by itself; a collection in between makes it shrink.
    expect(growth.toSorted((a, b) => a - b)[25]).toBeLessThan(20_000);
  });
});
