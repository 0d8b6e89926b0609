import assert from 'node:assert/strict';
import { directorOf, send } from './lint-client.js';

assert.equal(send(directorOf('LVS202', 'found'), { to: '192.0.2.1', port: 80 }), 'reply'); // port unreachable
assert.equal(
  send(directorOf('LVS202', 'clean'), { to: '192.0.2.1', port: 80 }),
  'forward 10.0.0.2:80',
);
