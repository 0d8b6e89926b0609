import assert from 'node:assert/strict';
import { createFlow, ServerList } from 'ipvs';
import { maglevHashing } from 'ipvs/schedulers/maglev-hashing';

const servers = new ServerList([
  { address: '10.0.0.1', port: 80, weight: 1 },
  { address: '10.0.0.2', port: 80, weight: 2 },
  { address: '10.0.0.3', port: 80, weight: 3 },
]);
const scheduler = maglevHashing()(servers);
const flow = createFlow({ source: '192.168.1.1', destination: '192.0.2.1' });
assert.equal(String(scheduler.schedule(flow)), '10.0.0.3:80');
servers.remove({ address: '10.0.0.1', port: 80 });
assert.equal(String(scheduler.schedule(flow)), '10.0.0.3:80'); // few clients move
