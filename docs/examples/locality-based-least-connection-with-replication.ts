import assert from 'node:assert/strict';
import { createFlow, ManualClock, ServerList } from 'ipvs';
import { localityBasedLeastConnectionWithReplication } from 'ipvs/schedulers/locality-based-least-connection-with-replication';

const servers = new ServerList([
  { address: '172.16.0.1', port: 3128, weight: 10 },
  { address: '172.16.0.2', port: 3128, weight: 10 },
]);
const clock = new ManualClock();
const scheduler = localityBasedLeastConnectionWithReplication({ clock })(servers);
const flow = createFlow({ source: '198.51.100.7', destination: '203.0.113.80' });
const cache = scheduler.schedule(flow);
cache?.open(true, 11);
assert.notEqual(scheduler.schedule(flow), cache); // a popular site gets a second cache
