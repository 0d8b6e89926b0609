import assert from 'node:assert/strict';
import { createFlow, ManualClock, ServerList } from 'ipvs';
import { localityBasedLeastConnection } from 'ipvs/schedulers/locality-based-least-connection';

const servers = new ServerList([
  { address: '172.16.0.1', port: 3128, weight: 10 },
  { address: '172.16.0.2', port: 3128, weight: 10 },
]);
const scheduler = localityBasedLeastConnection({ clock: new ManualClock() })(servers);
const flow = createFlow({ source: '198.51.100.7', destination: '203.0.113.80' });
const cache = scheduler.schedule(flow);
cache?.open();
assert.equal(scheduler.schedule(flow), cache); // kept, though the other cache is idle
