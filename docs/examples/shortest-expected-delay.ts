import assert from 'node:assert/strict';
import { createFlow, ServerList } from 'ipvs';
import { shortestExpectedDelay } from 'ipvs/schedulers/shortest-expected-delay';

const servers = new ServerList([
  { address: '10.0.0.1', port: 80, weight: 3 },
  { address: '10.0.0.2', port: 80, weight: 1 },
]);
const scheduler = shortestExpectedDelay()(servers);
const flow = createFlow({ source: '198.51.100.7', destination: '192.0.2.1' });
const server = scheduler.schedule(flow);
assert.equal(server?.weight, 3); // both are idle: 1/3 of a delay there, 1/1 here
