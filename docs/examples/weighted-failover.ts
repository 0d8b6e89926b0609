import assert from 'node:assert/strict';
import { createFlow, ServerList } from 'ipvs';
import { weightedFailover } from 'ipvs/schedulers/weighted-failover';

const servers = new ServerList([
  { address: '10.0.0.1', port: 80, weight: 100 },
  { address: '10.0.0.2', port: 80, weight: 50 },
]);
const scheduler = weightedFailover()(servers);
const flow = createFlow({ source: '198.51.100.7', destination: '192.0.2.1' });
assert.equal(String(scheduler.schedule(flow)), '10.0.0.1:80'); // the main server gets everything
servers.edit({ address: '10.0.0.1', port: 80 }, { weight: 0 });
assert.equal(String(scheduler.schedule(flow)), '10.0.0.2:80'); // until it is quiesced
