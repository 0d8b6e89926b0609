import fc from 'fast-check';
import { expect, it } from 'vitest';
import { IpAddress } from '../../src/ip-address.js';
import { ServerList } from '../../src/model/server-list.js';
import { ServerFinder } from '../../src/sync/server-finder.js';
import { SyncEntry } from '../../src/sync/sync-entry.js';

const ADDRESSES = ['10.0.0.1', '10.0.0.2', '10.0.1.0', 'fd00::1', 'fd00::1:0:0:1', '::a00:1'];
const PORTS = [0, 80, 8080, 65_535];

function endpoints(): fc.Arbitrary<{ address: string; port: number }> {
  return fc.record({ address: fc.constantFrom(...ADDRESSES), port: fc.constantFrom(...PORTS) });
}

it('finds a server by the numbers of a message exactly when the list has it, whatever was added and removed', () => {
  const steps = fc.array(fc.tuple(fc.constantFrom('add', 'remove', 'ask'), endpoints()), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(steps, (sequence) => {
      const servers = new ServerList();
      const finder = new ServerFinder(servers);
      for (const [step, endpoint] of sequence) {
        const present = servers.get(endpoint);
        if (step === 'add' && present === undefined) servers.add(endpoint);
        if (step === 'remove' && present !== undefined) servers.remove(present);
        expect(finder.find(entryOf(endpoint.address), endpoint.port)).toBe(servers.get(endpoint));
      }
    }),
  );
});

it('goes through the list once for all entries until a server comes or goes', () => {
  const servers = new ServerList(['10.0.0.1:80', '10.0.0.2:80']);
  let rounds = 0;
  const each = servers[Symbol.iterator].bind(servers);
  servers[Symbol.iterator] = (): ReturnType<typeof each> => {
    rounds++;
    return each();
  };
  const finder = new ServerFinder(servers);
  const ask = (): void => {
    for (const address of ADDRESSES) finder.find(entryOf(address), 80);
  };
  ask();
  ask();
  expect(rounds).toBe(1);
  const { first } = servers;
  if (first !== undefined) servers.remove(first);
  ask();
  ask();
  expect(rounds).toBe(2);
});

function entryOf(text: string): SyncEntry {
  const address = IpAddress.parse(text);
  const entry = new SyncEntry();
  entry.key.family = address.family;
  entry.setServerAddress(address);
  return entry;
}
