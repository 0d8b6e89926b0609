import assert from 'node:assert/strict';
import { directorOf, send } from './lint-client.js';

// A client that was there before the drain comes back with another port.
const back = (example: 'found' | 'clean'): string => {
  const subject = directorOf('LVS401', example);
  const edit = (server: string, weight: number): string =>
    subject.director.execute(`-e -t 192.0.2.1:443 -r ${server}:443 -g -w ${weight}`);
  edit('10.0.0.1', 1);
  edit('10.0.0.2', 0);
  assert.equal(send(subject, { to: '192.0.2.1', port: 443 }), 'forward 10.0.0.1:443');
  edit('10.0.0.1', 0);
  edit('10.0.0.2', 1);
  return send(subject, { to: '192.0.2.1', port: 443, sourcePort: 5002 });
};
assert.equal(back('found'), 'forward 10.0.0.1:443');
assert.equal(back('clean'), 'forward 10.0.0.2:443');
