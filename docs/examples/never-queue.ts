import assert from 'node:assert/strict';
import { createFlow, ServerList } from 'ipvs';
import { neverQueue } from 'ipvs/schedulers/never-queue';

const servers = new ServerList([
  { address: '10.0.0.1', port: 80, weight: 1 },
  { address: '10.0.0.2', port: 80, weight: 100 },
]);
const scheduler = neverQueue()(servers);
const flow = createFlow({ source: '198.51.100.7', destination: '192.0.2.1' });
scheduler.schedule(flow)?.open(); // takes the newer server: both are idle
assert.equal(scheduler.schedule(flow)?.weight, 1); // an idle server beats a faster busy one
