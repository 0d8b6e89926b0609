import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ServerList } from '../../src/model/server-list.js';
import { HalfLoadIndex } from '../../src/schedulers/half-load-index.js';

const steps = fc.array(
  fc.tuple(fc.constantFrom('add', 'remove', 'edit', 'open', 'open', 'close'), fc.nat(7), fc.nat(3)),
  { maxLength: 60, size: 'max' },
);

/** Whether any server has less than half as many active connections as its weight says. */
function anyAtLess(list: ServerList): boolean {
  return [...list].some(({ active, weight }) => 2 * active < weight);
}

test('an index of half loads knows whether any server of its list is at less than half load', () => {
  // Servers without weight move the others to positions that the index has no room for at first.
  const property = fc.property(fc.constantFrom(0, 0, 14, 15, 16, 17), steps, (many, all) => {
    const list = new ServerList();
    for (let id = 0; id < many; id++) list.add({ address: `10.0.1.${id}`, port: 80, weight: 0 });
    const index = new HalfLoadIndex(list);
    for (const [kind, id, weight] of all) {
      const key = { address: `10.0.0.${id}`, port: 80 };
      const server = list.get(key);
      if (server === undefined) {
        if (kind === 'add') list.add({ ...key, weight });
      } else if (kind === 'remove') list.remove(server);
      else if (kind === 'edit') list.edit(server, { weight });
      else if (kind === 'open') server.open();
      else if (kind === 'close' && server.active > 0) server.close();
      expect(index.any).toBe(anyAtLess(list));
    }
  });
  fc.assert(property, { numRuns: 400 });
});

test('the double of the active connections is a signed 32-bit number', () => {
  const list = new ServerList();
  const server = list.add({ address: '10.0.0.1', port: 80, weight: 1 });
  const index = new HalfLoadIndex(list);
  server.open(true, 2 ** 30 - 1);
  expect(index.any).toBe(false);
  server.open(true, 1);
  expect(index.any).toBe(true);
});

test('a closed index follows its list no longer', () => {
  const list = new ServerList();
  const index = new HalfLoadIndex(list);
  index.close();
  list.add({ address: '10.0.0.1', port: 80, weight: 1 });
  expect(index.any).toBe(false);
});

test('an index of half loads counts the servers that were there before it', () => {
  const list = new ServerList();
  const server = list.add({ address: '10.0.0.1', port: 80, weight: 1 });
  const index = new HalfLoadIndex(list);
  expect(index.any).toBe(true);
  server.open();
  expect(index.any).toBe(false);
});

test('an index of half loads counts a server once after its list was numbered again', () => {
  const list = new ServerList();
  const index = new HalfLoadIndex(list);
  const server = list.add({ address: '10.0.0.1', port: 80, weight: 1 });
  const { position } = server;
  for (let id = 0; id < 200; id++) {
    const other = list.add({ address: `10.0.1.${id}`, port: 80, weight: 1 });
    // The last one stays, so that the first one has another position at the end.
    if (id < 199) list.remove(other);
  }
  expect(list.positions).toBeLessThan(200);
  expect(position).toBe(0);
  expect(index.any).toBe(true);
  for (const each of list) each.open();
  expect(index.any).toBe(false);
});
