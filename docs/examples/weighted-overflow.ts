import assert from 'node:assert/strict';
import { createFlow, ServerList } from 'ipvs';
import { weightedOverflow } from 'ipvs/schedulers/weighted-overflow';

const servers = new ServerList([
  { address: '10.0.0.1', port: 80, weight: 2 },
  { address: '10.0.0.2', port: 80, weight: 1 },
]);
const scheduler = weightedOverflow()(servers);
const flow = createFlow({ source: '198.51.100.7', destination: '192.0.2.1' });
for (let i = 0; i < 4; i++) scheduler.schedule(flow)?.open();
assert.deepEqual(
  [...servers].map((server) => server.active),
  [1, 3], // the heavier server is full above its weight, then the next one fills
);
