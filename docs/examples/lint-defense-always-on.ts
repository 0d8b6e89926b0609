import assert from 'node:assert/strict';
import { directorOf, serversOf } from './lint-client.js';

const dropped = (example: 'found' | 'clean'): number => {
  const subject = directorOf('LVS505', example);
  const results = serversOf(subject, { to: '192.0.2.1', port: 80 }, 100);
  return results.filter((result) => result === 'drop').length;
};
assert.equal(dropped('clean'), 0);
assert.ok(dropped('found') >= 9); // every tenth
