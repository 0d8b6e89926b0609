import assert from 'node:assert/strict';
import { TCP_FLAG } from 'ipvs/wire';
import { directorOf, packetOf, send } from './lint-client.js';

// A full packet that must not be cut does not fit into the tunnel. With pmtu_disc the client learns of it.
const full = { to: '192.0.2.1', port: 80, bytes: 1460 };
const deaf = directorOf('LVS108', 'found');
const heard = directorOf('LVS108', 'clean');
for (const subject of [deaf, heard]) send(subject, { to: '192.0.2.1', port: 80 });
assert.equal(send(heard, { ...full, flags: TCP_FLAG.ACK }), 'reply'); // "fragmentation needed"
const verdict = deaf.director.receive(packetOf({ ...full, flags: TCP_FLAG.ACK }));
// It leaves 20 bytes longer than the link: in fragments at best, and often not at all.
assert.ok(verdict.departures().reduce((sum, { bytes }) => sum + bytes.length, 0) > 1500);
