import assert from 'node:assert/strict';
import { directorOf, serversOf } from './lint-client.js';

const packet = { to: '192.0.2.1', port: 80 };
const subject = directorOf('LVS305');
const before = serversOf(subject, packet, 40);
assert.deepEqual([...new Set(before)], ['forward 10.0.0.1:80']);
subject.director.execute('-e -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 10');
const after = serversOf(subject, { ...packet, sourcePort: 5002 }, 40);
assert.deepEqual([...new Set(after)], ['forward 10.0.0.2:80']); // each of the next 40
