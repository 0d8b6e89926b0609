import assert from 'node:assert/strict';
import { createFlow, ServerList } from 'ipvs';
import { sourceHashing } from 'ipvs/schedulers/source-hashing';

const servers = new ServerList([
  { address: '10.0.0.1', port: 80, weight: 1 },
  { address: '10.0.0.2', port: 80, weight: 2 },
  { address: '10.0.0.3', port: 80, weight: 3 },
]);
const scheduler = sourceHashing({ fallback: true })(servers);
const flow = createFlow({ source: '192.168.1.1', sourcePort: 4711, destination: '192.0.2.1' });
assert.equal(String(scheduler.schedule(flow)), '10.0.0.2:80'); // decided by the client's address
servers.edit({ address: '10.0.0.2', port: 80 }, { weight: 0 });
assert.notEqual(String(scheduler.schedule(flow)), '10.0.0.2:80'); // the fallback takes over
