import assert from 'node:assert/strict';
import { createFlow, ServerList } from 'ipvs';
import { weightedRoundRobin } from 'ipvs/schedulers/weighted-round-robin';

const servers = new ServerList([
  { address: '10.0.0.1', port: 80, weight: 3 },
  { address: '10.0.0.2', port: 80, weight: 1 },
]);
const scheduler = weightedRoundRobin()(servers);
const flow = createFlow({ source: '198.51.100.7', destination: '192.0.2.1' });
let heavy = 0;
for (let i = 0; i < 400; i++) if (scheduler.schedule(flow)?.weight === 3) heavy++;
assert.equal(heavy, 300); // three of four
