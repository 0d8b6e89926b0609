import assert from 'node:assert/strict';
import { createFlow, ServerList } from 'ipvs';
import { leastConnection } from 'ipvs/schedulers/least-connection';

const servers = new ServerList([
  { address: '10.0.0.1', port: 80, weight: 100 }, // any weight but 0 is the same to lc
  { address: '10.0.0.2', port: 80 },
]);
const scheduler = leastConnection()(servers);
const flow = createFlow({ source: '198.51.100.7', destination: '192.0.2.1' });
scheduler.schedule(flow)?.open();
assert.deepEqual([...servers].map(String), ['10.0.0.2:80', '10.0.0.1:80']);
assert.equal(String(scheduler.schedule(flow)), '10.0.0.1:80'); // the other one is busy
