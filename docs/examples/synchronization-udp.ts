import assert from 'node:assert/strict';
import { Director } from 'ipvs/director';
import { synchronization } from 'ipvs/sync';
import { UdpTransport } from 'ipvs/sync/node';

const failures: Error[] = [];
const transport = new UdpTransport({ onError: (error) => failures.push(error) });
const sync = synchronization({ transport });
const director = new Director({ sync });
// From now on a `--start-daemon` of the director's rules opens its sockets.
assert.deepEqual(director.daemons, []);
assert.deepEqual(failures, []);
