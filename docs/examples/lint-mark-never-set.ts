import assert from 'node:assert/strict';
import { directorOf, send } from './lint-client.js';

// Without the mark the service does not see the packet.
const subject = directorOf('LVS407');
assert.equal(send(subject, { to: '192.0.2.1', port: 80 }), 'accept');
assert.match(send(subject, { to: '192.0.2.1', port: 80, mark: 1 }), /^forward 192\.0\.2\.11/);
