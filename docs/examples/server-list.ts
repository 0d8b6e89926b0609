import assert from 'node:assert/strict';
import { ServerList } from 'ipvs';

const servers = new ServerList([
  { address: '10.0.0.1', port: 80, weight: 3, upperThreshold: 1000 },
  { address: '10.0.0.2', port: 80 },
]);
const added = servers.add({ address: '2001:db8::3', port: 80 });
assert.equal(servers.first, added); // the newest server is the first
servers.edit({ address: '10.0.0.1', port: 80 }, { weight: 0 }); // quiesced: no new connections
servers.remove(added);
assert.equal([...servers].join(' '), '10.0.0.2:80 10.0.0.1:80');
