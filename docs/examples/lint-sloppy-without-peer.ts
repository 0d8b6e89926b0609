import assert from 'node:assert/strict';
import { TCP_FLAG } from 'ipvs/wire';
import { directorOf, send } from './lint-client.js';

// A stray segment, from a connection that this director never saw.
const stray = { to: '192.0.2.1', port: 80, flags: TCP_FLAG.ACK };
assert.equal(send(directorOf('LVS506', 'found'), stray), 'forward 10.0.0.1:80');
const { director, clock } = directorOf('LVS506', 'found');
director.setTunable('sloppy_tcp', 0);
assert.equal(send({ director, clock }, stray), 'accept');
