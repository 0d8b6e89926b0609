import { describe, expect, it } from 'vitest';
import { ConnectionTable } from '../../src/connections/connection-table.js';
import { FLAG_TEMPLATE } from '../../src/connections/entries/flags.js';
import { removeOrphans } from '../../src/connections/eviction.js';
import { ServerList } from '../../src/model/server-list.js';
import { clientKey, templateKey } from './support/fixtures.js';
import { partsOf } from './support/parts.js';

function scene(): { table: ConnectionTable; list: ServerList; slots: number[] } {
  const table = new ConnectionTable();
  const list = new ServerList([
    { address: '10.0.0.1', port: 80 },
    { address: '10.0.0.2', port: 80 },
  ]);
  const [second, first] = [...list];
  const template = table.insert(templateKey(1), 0, first, 80, FLAG_TEMPLATE);
  const controlled = [1, 2].map((n) => table.insert(clientKey(n), 0, first, 80));
  for (const slot of controlled) table.setController(slot, template);
  partsOf(table).entries.assure(template);
  const free = table.insert(templateKey(2), 0, first, 80, FLAG_TEMPLATE);
  const other = table.insert(clientKey(3), 0, second, 80);
  return { table, list, slots: [template, ...controlled, free, other] };
}

describe('removeOrphans', () => {
  it('takes connections and templates of removed servers, ASSURED or not, and leaves others', () => {
    const { table, list, slots } = scene();
    list.remove({ address: '10.0.0.1', port: 80 });
    removeOrphans(table);
    expect(slots.map((slot) => partsOf(table).entries.isLive(slot))).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
  });

  it('does nothing while all servers are there', () => {
    const { table } = scene();
    removeOrphans(table);
    expect(table.size).toBe(5);
  });

  it('can be done a few entries at a time', () => {
    const { table, list } = scene();
    list.remove({ address: '10.0.0.1', port: 80 });
    for (let at = removeOrphans(table, -1, 2); at >= 0;) at = removeOrphans(table, at, 2);
    expect(table.size).toBe(1);
  });
});
