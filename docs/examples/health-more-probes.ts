import assert from 'node:assert/strict';
import { ServerList } from 'ipvs';
import { dnsProbe, pingProbe, scriptProbe, smtpProbe, udpProbe } from 'ipvs/health/node';

const servers = new ServerList([{ address: '127.0.0.1', port: 53 }]);
const [server] = servers;
assert.ok(server);

// A script that ends with 12 gives its server the weight 10.
const weight = scriptProbe('sh', { args: ['-c', 'exit 12'], dynamicWeight: true });
assert.deepEqual(await weight(server, new AbortController().signal), { weight: 10 });

const probes = [
  dnsProbe({ type: 'A', name: 'example.com' }),
  smtpProbe({ port: 25, heloName: 'balancer.example' }),
  udpProbe({ payload: Uint8Array.of(1, 2), isGoodReply: (reply) => reply[0] === 0xab }),
  pingProbe(),
];
assert.equal(probes.length, 4);
