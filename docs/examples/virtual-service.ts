import assert from 'node:assert/strict';
import { roundRobin, VirtualService } from 'ipvs';

const service = new VirtualService({
  address: '192.0.2.1',
  port: 80,
  scheduler: roundRobin(),
  persistence: { timeoutSeconds: 300 },
  servers: [
    { address: '10.0.0.1', port: 8080 },
    { address: '10.0.0.2', port: 8080 },
  ],
});

const first = service.connect({ address: '198.51.100.7', port: 4711 });
const second = service.connect({ address: '198.51.100.7', port: 4712 });
assert.equal(String(first?.server), '10.0.0.2:8080');
assert.equal(second?.server, first?.server); // a persistent client keeps its server

first?.close();
second?.close();
service.close();
