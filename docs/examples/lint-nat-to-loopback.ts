import assert from 'node:assert/strict';
import { directorOf, packetOf } from './lint-client.js';

// A packet from the network is dropped, without a word; with -g the host gets it.
const addresses = ['127.0.0.1'];
const result = (example: 'found' | 'clean'): string => {
  const { director } = directorOf('LVS106', example);
  for (const address of addresses) director.addresses.add(address);
  return director.receive(packetOf({ to: '192.0.2.1', port: 80 })).action;
};
assert.equal(result('found'), 'drop');
assert.notEqual(result('clean'), 'drop');
