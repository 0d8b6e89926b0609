import { expect, test } from 'vitest';
import { IpAddress } from '../../src/ip-address.js';
import { ServerList } from '../../src/model/server-list.js';
import type { RealServer } from '../../src/model/real-server.js';
import { ClientMemory } from '../../src/simulation/client-memory.js';

const client = IpAddress.parse('198.51.100.7');
const host = 0xffff_ffff;

function listOfTwo(): { list: ServerList; first: RealServer; second: RealServer } {
  const list = new ServerList();
  const first = list.add({ address: '10.0.0.1', port: 80, upperThreshold: 1 });
  const second = list.add({ address: '10.0.0.2', port: 80 });
  return { list, first, second };
}

function memoryOf(server: RealServer, timeoutSeconds = 60, netmask = host): ClientMemory {
  const memory = new ClientMemory({ timeoutSeconds, netmask });
  memory.opened(client, server, 0);
  return memory;
}

test('a client is remembered until the timeout, counted from its last new connection', () => {
  const { first } = listOfTwo();
  const memory = memoryOf(first);
  memory.opened(client, first, 30_000);
  memory.closed(client, first);
  memory.closed(client, first);

  expect(memory.recall(client, 90_000)).toBe(first);
  expect(memory.recall(client, 90_001)).toBeUndefined();
});

test('a client is remembered as long as one of its connections lives', () => {
  const { first } = listOfTwo();
  const memory = memoryOf(first);

  expect(memory.recall(client, 1e9)).toBe(first);
});

test('clients of one network share a server, others do not', () => {
  const { first } = listOfTwo();
  const memory = memoryOf(first, 60, 0xffff_ff00);

  expect(memory.recall(IpAddress.parse('198.51.100.200'), 1)).toBe(first);
  expect(memory.recall(IpAddress.parse('198.51.101.7'), 1)).toBeUndefined();
});

test('an IPv6 mask is a prefix length', () => {
  const { first } = listOfTwo();
  const memory = new ClientMemory({ timeoutSeconds: 60, netmask: 64 });
  memory.opened(IpAddress.parse('2001:db8::1'), first, 0);

  expect(memory.recall(IpAddress.parse('2001:db8::ffff:2'), 1)).toBe(first);
  expect(memory.recall(IpAddress.parse('2001:db8:0:1::1'), 1)).toBeUndefined();
});

test('a quiesced server is still used, an overloaded or removed one is not', () => {
  const { list, first } = listOfTwo();
  const memory = memoryOf(first);
  list.edit(first, { weight: 0 });
  const quiesced = memory.recall(client, 1);
  first.open();
  const overloaded = memory.recall(client, 1);
  first.close();
  list.remove(first);

  expect(quiesced).toBe(first);
  expect(overloaded).toBeUndefined();
  expect(memory.recall(client, 1)).toBeUndefined();
});

test('a server counts the networks that are remembered for it', () => {
  const { first, second } = listOfTwo();
  const memory = memoryOf(first);
  memory.opened(client, first, 1);
  const before = [first.persistent, second.persistent];
  memory.opened(client, second, 2);

  expect([before, [first.persistent, second.persistent]]).toEqual([
    [1, 0],
    [0, 1],
  ]);
});
