import assert from 'node:assert/strict';
import { Director } from 'ipvs/director';
import { writeKeepalived } from 'ipvs/keepalived';

const director = new Director();
const web = { protocol: 'tcp', address: '192.0.2.1', port: 80 } as const;
director.addService(web, { scheduler: 'wrr' });
director.addServer(web, { address: '10.0.0.2', port: 8080, forwardingMethod: 'masquerading' });

const text = writeKeepalived(director.services, {
  health: () => ({ check: 'HTTP_GET', path: '/health', quorum: 1, delayLoopSeconds: 5 }),
});
assert.match(text, /real_server 10\.0\.0\.2 8080 \{/);
