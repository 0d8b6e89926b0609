/** The servers of deleted services: what is remembered, and until when. */
import { expect, test } from 'vitest';
import { ServerList } from '../../src/model/server-list.js';
import { DeletedServices } from '../../src/services/deleted-services.js';

/** A list from which a server was removed while so many connections were open. */
function listWith(connections: number): ServerList {
  const list = new ServerList();
  const server = list.add({ address: '10.0.0.1', port: 80, weight: 3 });
  if (connections > 0) server.open(true, connections);
  list.remove(server);
  return list;
}

/** Remembers lists with connections, or without. */
function addMany(deleted: DeletedServices, name: string, count: number, connections: number): void {
  for (let id = 0; id < count; id++) deleted.add(`${name} ${id}`, listWith(connections));
}

test('deleted services are found by name until they are forgotten', () => {
  const deleted = new DeletedServices();
  const [one, two] = [listWith(1), listWith(2)];
  deleted.add('one', one);
  deleted.add('two', two);
  expect([deleted.size, ...deleted.entries()]).toEqual([2, ['one', one], ['two', two]]);
  expect(deleted.get('one')).toBe(one);
  deleted.delete('one');
  expect([deleted.size, deleted.get('one'), deleted.get('two')]).toEqual([1, undefined, two]);
});

test('forgetting idle ones leaves the services whose servers have connections', () => {
  const deleted = new DeletedServices();
  addMany(deleted, 'idle', 2, 0);
  addMany(deleted, 'busy', 3, 1);
  deleted.forgetIdle();
  expect([...deleted.entries()].map(([name]) => name)).toEqual(['busy 0', 'busy 1', 'busy 2']);
});

test('idle ones are forgotten with the 65th, and then when there are twice as many as were left', () => {
  const deleted = new DeletedServices();
  addMany(deleted, 'idle', 64, 0);
  expect(deleted.size).toBe(64);
  addMany(deleted, 'busy', 1, 1);
  expect(deleted.size).toBe(1);

  // Few are left: the next 63 are not looked at, either.
  addMany(deleted, 'idle', 63, 0);
  expect(deleted.size).toBe(64);

  addMany(deleted, 'busy', 100, 1);
  deleted.forgetIdle();
  expect(deleted.size).toBe(100);
  addMany(deleted, 'idle', 100, 0);
  expect(deleted.size).toBe(200);
  addMany(deleted, 'one more', 1, 0);
  expect(deleted.size).toBe(100);
});

test('deleted services are saved and restored with the counts of their servers', () => {
  const deleted = new DeletedServices();
  deleted.add('one', listWith(1));
  deleted.add('two', listWith(2));
  const state = structuredClone(deleted.toJSON());
  expect(Object.keys(state.lists)).toEqual(['one', 'two']);

  const restored = new DeletedServices();
  restored.restore(state);
  expect(restored.toJSON()).toEqual(state);
  expect([...(restored.get('two')?.removed ?? [])].map(({ active }) => active)).toEqual([2]);
});

test('restored servers follow the kernel that was chosen', () => {
  const deleted = new DeletedServices();
  deleted.add('one', listWith(1));
  const other = new DeletedServices({ kernel: '1.0' as never });
  expect(() => other.restore(deleted.toJSON())).toThrow('Invalid kernel');
});

test('a state of another format is refused by its name', () => {
  const state = { ...new DeletedServices().toJSON(), format: 0 };
  expect(() => new DeletedServices().restore(state)).toThrow('deleted services');
});
