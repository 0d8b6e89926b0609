import assert from 'node:assert/strict';
import { directorOf, serversOf } from './lint-client.js';

const packet = { to: '192.0.2.53', port: 53, udp: true };
assert.equal(new Set(serversOf(directorOf('LVS304', 'found'), packet, 32)).size, 1);
assert.equal(new Set(serversOf(directorOf('LVS304', 'clean'), packet, 32)).size, 2);
