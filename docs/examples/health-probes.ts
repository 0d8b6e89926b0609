import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ServerList } from 'ipvs';
import { HealthChecker } from 'ipvs/health';
import { httpProbe, tcpProbe } from 'ipvs/health/node';

const web = createServer((_, response) => response.end('fine')).listen(0, '127.0.0.1');
await new Promise((resolve) => web.once('listening', resolve));
const { port } = web.address() as AddressInfo;
const servers = new ServerList([{ address: '127.0.0.1', port }]);

for (const probe of [tcpProbe(), httpProbe({ path: '/health' })]) {
  const checker = new HealthChecker(servers, { probe, intervalMs: 20, rise: 1, startUp: false });
  const up = new Promise((resolve) => checker.subscribe(resolve));
  checker.start();
  await up;
  checker.stop();
  assert.equal(servers.first?.weight, 1);
}
web.closeAllConnections();
web.close();
