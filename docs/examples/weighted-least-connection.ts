import assert from 'node:assert/strict';
import { createFlow, ServerList } from 'ipvs';
import { weightedLeastConnection } from 'ipvs/schedulers/weighted-least-connection';

const servers = new ServerList([
  { address: '10.0.0.1', port: 80, weight: 3 },
  { address: '10.0.0.2', port: 80, weight: 1 },
]);
const scheduler = weightedLeastConnection()(servers);
const flow = createFlow({ source: '198.51.100.7', destination: '192.0.2.1' });
for (let i = 0; i < 40; i++) scheduler.schedule(flow)?.open();
assert.deepEqual(
  [...servers].map((server) => server.active),
  [10, 30],
);
