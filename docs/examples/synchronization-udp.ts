import assert from 'node:assert/strict';
import { Director } from 'ipvs/director';
import { schedulersByName } from 'ipvs/schedulers';
import { synchronization } from 'ipvs/sync';
import { UdpTransport } from 'ipvs/sync/node';

const transport = new UdpTransport({ onError: (error) => console.error(error.message) });
const sync = synchronization({ transport });
const director = new Director({ schedulers: schedulersByName, sync });
// From now on a `--start-daemon` of the director's rules opens its sockets.
assert.deepEqual(director.daemons, []);
assert.equal(transport.statistics.sent, 0);
