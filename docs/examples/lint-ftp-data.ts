import assert from 'node:assert/strict';
import { directorOf, send } from './lint-client.js';

// The control connection, and the data connection of passive FTP.
const control = { to: '192.0.2.1', port: 21 };
const data = { to: '192.0.2.1', port: 50123, sourcePort: 5002 };
const found = directorOf('LVS204', 'found');
assert.deepEqual([send(found, control), send(found, data)], ['forward 192.0.2.11:21', 'accept']);
const clean = directorOf('LVS204', 'clean');
const both = [send(clean, control), send(clean, data)];
assert.ok(both.every((result) => result.startsWith('forward 192.0.2.11')));
