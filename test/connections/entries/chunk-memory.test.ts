import { getHeapStatistics } from 'node:v8';
import { expect, it, vi } from 'vitest';
import { chunkOf, enlarged } from '../../../src/connections/entries/chunk-memory.js';
import { ConnectionTable } from '../../../src/connections/connection-table.js';
import { clientKey, oneServer } from '../support/fixtures.js';

it('gives words that are 0, and keeps them when it enlarges an array', () => {
  for (const length of [1, 64, 1 << 14, 1 << 15, 1 << 16]) {
    const words = chunkOf(length);
    expect(words.length).toBe(length);
    expect(words.every((word) => word === 0)).toBe(true);
    words.fill(length);
    const larger = enlarged(words, 2 * length);
    expect(larger.subarray(0, length)).toEqual(words);
    expect(larger.subarray(length).every((word) => word === 0)).toBe(true);
  }
});

it('does without memory that may be shared where there is none', () => {
  vi.stubGlobal('SharedArrayBuffer', undefined);
  try {
    expect(chunkOf(1 << 16).buffer).toBeInstanceOf(ArrayBuffer);
  } finally {
    vi.unstubAllGlobals();
  }
});

it('keeps a growing table from being counted as garbage that is worth collecting', () => {
  const table = new ConnectionTable({ seed: 5 });
  const server = oneServer();
  const before = getHeapStatistics().external_memory;
  for (let n = 0; n < 200_000; n++) table.insert(clientKey(n), 0, server, 80);
  expect(table.statistics.bytes).toBeGreaterThan(10_000_000);
  expect(getHeapStatistics().external_memory - before).toBeLessThan(3_000_000);
});
