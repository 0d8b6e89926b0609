import assert from 'node:assert/strict';
import { directorOf, send } from './lint-client.js';

// Two hundred connections of one client, at a server that shall have a hundred.
const count = (example: 'found' | 'clean'): number => {
  const subject = directorOf('LVS402', example);
  const results = Array.from({ length: 200 }, (_, index) =>
    send(subject, { to: '192.0.2.1', port: 443, sourcePort: 5001 + index }),
  );
  return results.filter((result) => result === 'forward 10.0.0.1:443').length;
};
assert.equal(count('found'), 200);
assert.equal(count('clean'), 100);
