import { describe, expect, it } from 'vitest';
import { ReceiveQueue } from '../../../src/sync/node/receive-queue.js';
import { dropsIn } from '../../../src/sync/node/socket-drops.js';

const MESSAGE_MS = 0.1;

/** A queue under a clock that moves with each message that is applied, and an event loop that is turned by hand. */
function queueOf(limit: number): {
  queue: ReceiveQueue;
  applied: number[];
  turn: () => void;
  planned: () => number;
} {
  const applied: number[] = [];
  const planned: (() => void)[] = [];
  let now = 0;
  const apply = ([first]: Uint8Array): void => {
    applied.push(first);
    now += MESSAGE_MS;
  };
  const later = (callback: () => void): void => void planned.push(callback);
  const queue = new ReceiveQueue(apply, limit, { now: () => now, later });
  return { queue, applied, turn: () => planned.shift()?.(), planned: () => planned.length };
}

function fill(queue: ReceiveQueue, count: number): boolean[] {
  return Array.from({ length: count }, (_, first) => queue.push(Uint8Array.of(first)));
}

describe('datagrams that a backup has received', () => {
  it('are applied in their order, in portions that leave the event loop free', () => {
    const { queue, applied, turn, planned } = queueOf(100);
    fill(queue, 60);
    expect(applied).toEqual([]);
    turn();
    // While datagrams arrive a portion is short, and afterwards longer; neither takes all.
    const busy = applied.length;
    expect(busy).toBeLessThan(5);
    turn();
    expect(applied.length - busy).toBeGreaterThan(busy);
    expect(applied.length).toBeLessThan(60);
    while (planned() > 0) turn();
    expect(applied).toEqual(Array.from({ length: 60 }, (_, first) => first));
    expect(queue.size).toBe(0);
  });

  it('are refused beyond the limit, and those before stay', () => {
    const { queue, applied, turn, planned } = queueOf(3);
    expect(fill(queue, 5)).toEqual([true, true, true, false, false]);
    while (planned() > 0) turn();
    expect(applied).toEqual([0, 1, 2]);
    expect(queue.push(Uint8Array.of(9))).toBe(true);
  });

  it('are forgotten when the backup ends', () => {
    const { queue, applied, turn, planned } = queueOf(10);
    fill(queue, 5);
    queue.clear();
    while (planned() > 0) turn();
    expect(applied).toEqual([]);
  });
});

describe('datagrams that the system dropped', () => {
  it('are counted of the own sockets at the given ports only', () => {
    const row = (port: number, inode: number, drops: number): string =>
      ` 51: 00000000:${port.toString(16)} 00000000:0000 07 00000000:00000000 00:00000000 00000000 0 0 ${inode} 2 0000000000000000 ${drops}`;
    const table = ['head', row(8848, 11, 5), row(8849, 12, 7), row(8848, 13, 9), row(8850, 14, 1)];
    const drops = dropsIn(
      `${table.join('\n')}\n`,
      new Set([8848, 8849]),
      new Set(['11', '12', '14']),
    );
    expect(drops).toBe(12);
  });
});
