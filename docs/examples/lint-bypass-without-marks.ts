import assert from 'node:assert/strict';
import { directorOf, send } from './lint-client.js';

// Without a server a service by mark sends the packet on; one by address refuses it all the same.
const address = directorOf('LVS507', 'found');
address.director.execute('-d -t 192.0.2.1:80 -r 10.0.0.1:80');
assert.equal(send(address, { to: '192.0.2.1', port: 80 }), 'reply');
const mark = directorOf('LVS507', 'clean');
mark.director.execute('-d -f 7 -r 10.0.0.1:0');
assert.match(send(mark, { to: '203.0.113.9', port: 80, mark: 7 }), /^forward/);
