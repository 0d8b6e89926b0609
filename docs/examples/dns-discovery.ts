import assert from 'node:assert/strict';
import { roundRobin, VirtualService } from 'ipvs';
import { DnsDiscovery } from 'ipvs/discovery/node';

const service = new VirtualService({ address: '192.0.2.1', port: 80, scheduler: roundRobin() });
const errors: unknown[] = [];
const discovery = new DnsDiscovery(service.servers, {
  name: 'localhost', // web.internal, or _http._tcp.web.internal with records: 'SRV'
  records: 'hosts',
  port: 8080,
  intervalMs: 30_000,
  onError: (error) => errors.push(error), // the last good list stays
});
assert.equal(await discovery.start(), true); // then again every 30 seconds
assert.ok(service.servers.size > 0);

discovery.stop();
service.close();
