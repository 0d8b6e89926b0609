import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RealServer } from '../../src/model/real-server.js';
import { ServerList } from '../../src/model/server-list.js';
import { SlotTable } from '../../src/schedulers/slot-table.js';

const SIZE = 6;
const MOST = 4;

/** A table whose first slots hold the servers of the list in order, and how often it was laid out. */
function tableOf(list: ServerList): { table: SlotTable; layouts: () => number } {
  let count = 0;
  const table = new SlotTable(
    list,
    SIZE,
    (slots, servers, length) => {
      count += 1;
      expect(length).toBe(list.size);
      for (const server of servers) slots[slots.indexOf(undefined)] = server;
    },
    MOST,
  );
  return { table, layouts: () => count };
}

function listOf(size: number): ServerList {
  const list = new ServerList();
  for (let id = 0; id < size; id++) list.add({ address: `10.0.0.${id}`, port: 80 });
  return list;
}

/** The slots of a table, free ones at the end. */
function laidOut(servers: Iterable<RealServer>): (RealServer | undefined)[] {
  return [...servers, ...Array<undefined>(SIZE)].slice(0, SIZE);
}

test('a slot table holds the list, or what it was last while the list is too long, without those that left', () => {
  const steps = fc.array(
    fc.tuple(fc.constantFrom('add', 'remove', 'edit'), fc.nat(9), fc.boolean()),
    {
      maxLength: 40,
      size: 'max',
    },
  );
  const property = fc.property(fc.nat(SIZE), steps, (length, all) => {
    const list = listOf(length);
    const { table } = tableOf(list);
    let expected = length <= MOST ? laidOut(list) : laidOut([]);
    for (const [kind, id, look] of all) {
      const key = { address: `10.0.0.${id}`, port: 80 };
      const server = list.get(key);
      if (kind === 'add' && server === undefined && list.size < SIZE) list.add(key);
      else if (kind === 'remove' && server !== undefined) list.remove(server);
      else if (kind === 'edit' && server !== undefined) list.edit(server, { weight: id });
      if (list.size <= MOST) expected = laidOut(list);
      else
        expected = expected.map((each) =>
          each === server && list.get(key) !== server ? undefined : each,
        );
      if (look) expect(table.current).toEqual(expected);
    }
    expect(table.current).toEqual(expected);
  });
  fc.assert(property, { numRuns: 400 });
});

test('a hundred changes of the list cost one layout', () => {
  const list = listOf(2);
  const { table, layouts } = tableOf(list);
  for (let weight = 0; weight < 100; weight++) list.edit([...list][0], { weight });
  expect(layouts()).toBe(0);
  expect(table.current).toEqual(laidOut(list));
  expect(table.current).toEqual(laidOut(list));
  expect(layouts()).toBe(1);
  list.edit([...list][0], { weight: 0 });
  expect(table.current).toEqual(laidOut(list));
  expect(layouts()).toBe(2);
});

test('a table of a list that is too long is not laid out, nor is that of an empty one', () => {
  const [long, empty] = [listOf(MOST + 1), listOf(0)].map(tableOf);
  expect([long.table.current, empty.table.current]).toEqual([laidOut([]), laidOut([])]);
  expect([long.layouts(), empty.layouts()]).toEqual([0, 0]);
});

test('a closed table follows its list no longer', () => {
  const list = listOf(2);
  const { table } = tableOf(list);
  const before = [...table.current];
  table.close();
  list.add({ address: '10.0.1.1', port: 80 });
  expect(table.current).toEqual(before);
});

test('a removal from a list that fits in leaves the slots to the next look', () => {
  const list = listOf(3);
  const { table } = tableOf(list);
  const slots = table.current;
  const before = [...slots];
  list.remove([...list][0]);
  expect(slots).toEqual(before);
  expect(table.current).toEqual(laidOut(list));
});
