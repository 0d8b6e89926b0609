import assert from 'node:assert/strict';
import { directorOf, send } from './lint-client.js';

// With a second server, a resolver that asks from one port still asks one server only.
const query = { to: '192.0.2.53', port: 53, udp: true };
const servers = (example: 'found' | 'clean'): number => {
  const subject = directorOf('LVS206', example);
  subject.director.execute('-a -u 192.0.2.53:53 -r 10.2.0.54:53 -g');
  return new Set([1, 2, 3, 4].map(() => send(subject, query))).size;
};
assert.equal(servers('found'), 1);
assert.equal(servers('clean'), 2);
