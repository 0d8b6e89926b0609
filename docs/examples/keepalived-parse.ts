import assert from 'node:assert/strict';
import { formatMessage, parseKeepalived } from 'ipvs/keepalived';

const { configuration, messages } = parseKeepalived(`
virtual_server 192.0.2.1 80 {
    lb_algo wrr
    protocol TCP
    quorum 5
    real_server 10.0.0.2 8080 {
        weight 3
    }
}`);
assert.equal(configuration.services[0]?.servers[0]?.weight, 3);
assert.deepEqual(messages.map(formatMessage), [
  'Virtual server [192.0.2.1]:tcp:80: no forwarding method set, setting default NAT',
  'Warning - quorum 5 for [192.0.2.1]:tcp:80 exceeds total weight of real servers 3, reducing quorum to 3',
]);
