import { expect, test } from 'vitest';
import { HashMemory } from '../../src/schedulers/hash-memory.js';

/** The memory of a function, and for which values the function was asked. */
function subject(): { memory: HashMemory; asked: number[] } {
  const asked: number[] = [];
  const memory = new HashMemory((value) => {
    asked.push(value);
    return value ^ 5;
  });
  return { memory, asked };
}

test('the memory of hashes computes nothing before the first client, and then each client once', () => {
  const { memory, asked } = subject();
  expect(asked).toEqual([]);
  const clients = [7, -1, 0x7fff_ffff, -0x8000_0000, 123_456_789];
  for (const client of [...clients, ...clients]) expect(memory.of(client)).toBe(client ^ 5);
  for (const client of clients) expect(asked.filter((value) => value === client)).toEqual([client]);
});

test('the memory of hashes knows the hash of 0, which an entry that was never written seems to have', () => {
  expect(subject().memory.of(0)).toBe(5);
  const { memory } = subject();
  memory.of(1);
  expect(memory.of(0)).toBe(5);
});
