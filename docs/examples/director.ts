import assert from 'node:assert/strict';
import { Director } from 'ipvs/director';
import { describePacket, encodePacket, Packet, TCP_FLAG } from 'ipvs/wire';

const director = new Director();
const service = { address: '192.0.2.1', port: 80 };
const server = { address: '10.0.0.1', port: 8080, forwardingMethod: 'masquerading' } as const;
director.addService(service, { scheduler: 'wlc' });
director.addServer(service, server);

const transport = {
  type: 'tcp',
  sourcePort: 4711,
  destinationPort: 80,
  flags: TCP_FLAG.SYN,
} as const;
const syn = encodePacket({ source: '198.51.100.7', destination: '192.0.2.1', transport });
const verdict = director.receive(syn);
assert.equal(`${verdict.action} to ${verdict.server}`, 'forward to 10.0.0.1:8080');
const [departure] = verdict.departures();
const packet = new Packet();
assert.equal(packet.parse(departure?.bytes ?? syn), 'ok');
const { destination } = describePacket(packet);
assert.equal(String(destination), '10.0.0.1'); // rewritten for the real server
