import assert from 'node:assert/strict';
import { createFlow, ServerList } from 'ipvs';
import { roundRobin } from 'ipvs/schedulers/round-robin';

const servers = new ServerList([
  { address: '10.0.0.1', port: 80 },
  { address: '10.0.0.2', port: 80 },
  { address: '10.0.0.3', port: 80, weight: 0 }, // quiesced: passed over
]);
const scheduler = roundRobin()(servers);
const flow = createFlow({ source: '198.51.100.7', destination: '192.0.2.1' });
const picks = [1, 2, 3].map(() => String(scheduler.schedule(flow)));
assert.deepEqual(picks, ['10.0.0.2:80', '10.0.0.1:80', '10.0.0.2:80']);
