import { describe, expect, it } from 'vitest';
import { type SendLimits, SendQueue } from '../../../src/sync/node/send-queue.js';

const LIMITS: SendLimits = { messages: 100_000, bytesPerSecond: 20_000_000 };
const MESSAGE_BYTES = 1472;

/** A queue under a clock that is moved by hand, and a system that confirms at once or never. */
function queueOf(limits: SendLimits, confirms = true): Paced {
  const sent: number[] = [];
  const planned: { readonly atMs: number; readonly callback: () => void }[] = [];
  let now = 0;
  const after = (delayMs: number, callback: () => void): void =>
    void planned.push({ atMs: now + delayMs, callback });
  const send = (message: Uint8Array, _port: number, confirmed: () => void): void => {
    sent.push(new DataView(message.buffer).getUint32(0));
    if (confirms) confirmed();
  };
  const queue = new SendQueue(send, limits, { now: () => now, after });
  const pass = (spanMs: number): void => {
    const end = now + spanMs;
    while (planned.length > 0 && planned[0].atMs <= end) {
      now = planned[0].atMs;
      planned.shift()?.callback();
    }
    now = end;
  };
  return { queue, sent, pass, planned: () => planned.length };
}

interface Paced {
  readonly queue: SendQueue;
  readonly sent: number[];
  readonly pass: (spanMs: number) => void;
  readonly planned: () => number;
}

function fill(queue: SendQueue, count: number, length = MESSAGE_BYTES): boolean[] {
  const buffer = new Uint8Array(MESSAGE_BYTES);
  return Array.from({ length: count }, (_, number) => {
    new DataView(buffer.buffer).setUint32(0, number);
    return queue.push(buffer, length, 0);
  });
}

describe('messages that a master sends', () => {
  it('leave at once while they are few, and no timer runs', () => {
    const { queue, sent, pass, planned } = queueOf(LIMITS);
    for (let second = 0; second < 5; second++) {
      fill(queue, 50);
      expect(sent.splice(0)).toHaveLength(50);
      expect(planned()).toBe(0);
      pass(1000);
    }
  });

  it('leave in their order at the rate that is set, all of them', () => {
    const { queue, sent, pass, planned } = queueOf(LIMITS);
    expect(fill(queue, 25_000).every(Boolean)).toBe(true);
    const burst = sent.length;
    expect(burst * MESSAGE_BYTES).toBeLessThan(100_000);
    pass(1000);
    const expected = burst + LIMITS.bytesPerSecond / MESSAGE_BYTES;
    expect(Math.abs(sent.length - expected)).toBeLessThan(burst);
    pass(1000);
    expect(sent).toHaveLength(25_000);
    expect(sent.every((number, place) => number === place)).toBe(true);
    expect(planned()).toBe(0);
  });

  it('leave in no greater burst after a turn that was late', () => {
    const { queue, sent, pass } = queueOf(LIMITS);
    fill(queue, 1000);
    pass(10_000);
    fill(queue, 1000);
    expect((sent.length - 1000) * MESSAGE_BYTES).toBeLessThan(100_000);
  });

  it('are counted as no shorter than their place in a receive buffer', () => {
    const { queue, sent } = queueOf({ ...LIMITS, bytesPerSecond: 100_000 });
    fill(queue, 1000, 44);
    expect(sent.length).toBe(192);
  });

  it('wait while the system has not confirmed those before', () => {
    const { queue, sent, pass } = queueOf(LIMITS, false);
    fill(queue, 100, 44);
    pass(1000);
    expect(sent).toHaveLength(64);
    expect(queue.size).toBe(36);
  });

  it('are refused beyond the limit, and those before stay', () => {
    const { queue, sent, pass } = queueOf({ ...LIMITS, messages: 3 });
    const burst = fill(queue, 1000).indexOf(false) - 3;
    expect(sent).toHaveLength(burst);
    expect(queue.size).toBe(3);
    pass(10);
    expect(sent).toEqual(Array.from({ length: burst + 3 }, (_, number) => number));
  });

  it('all leave before the end', () => {
    const { queue, sent, pass } = queueOf(LIMITS);
    const ends: number[] = [];
    fill(queue, 1000);
    queue.end((unsent) => ends.push(unsent));
    pass(30);
    expect(ends).toEqual([]);
    pass(1000);
    expect(ends).toEqual([0]);
    expect(sent).toHaveLength(1000);
  });

  it('end at once when none waits, and without those that the system does not take', () => {
    const ends: number[] = [];
    queueOf(LIMITS).queue.end((unsent) => ends.push(unsent));
    expect(ends).toEqual([0]);
    const { queue, pass, planned } = queueOf(LIMITS, false);
    fill(queue, 100, 44);
    queue.end((unsent) => ends.push(unsent));
    pass(2000);
    expect(ends).toEqual([0, 36]);
    expect(planned()).toBe(0);
  });
});
