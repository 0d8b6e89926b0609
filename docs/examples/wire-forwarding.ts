import assert from 'node:assert/strict';
import { IpAddress } from 'ipvs';
import { ForwardingOutput, ForwardingTarget, masquerading } from 'ipvs/forwarding';
import { encodePacket, Packet } from 'ipvs/wire';

const forwarder = masquerading({
  client: { ipv4: IpAddress.parse('192.168.100.1'), mtu: 1500 },
  server: { ipv4: IpAddress.parse('10.0.0.1'), mtu: 1500 },
  pathMtuDiscovery: true,
  localityOf: () => 'foreign',
  millisecondsOfDay: () => 0,
  nextIdentification: () => 1,
});
const target = new ForwardingTarget(); // filled in from a connection, once per packet
target.setServer(IpAddress.parse('10.0.0.7'), 8080);
target.setVirtual(IpAddress.parse('192.0.2.1'), 80);

const packet = new Packet();
const output = new ForwardingOutput();
packet.parse(
  encodePacket({
    source: '198.51.100.7',
    destination: '192.0.2.1',
    transport: { type: 'tcp', sourcePort: 40000, destinationPort: 80 },
  }),
);
assert.equal(forwarder.forward(packet, target, output), 'forward');
assert.equal(output.reason, 'translated');
assert.equal(packet.destinationPort, 8080);
assert.equal(packet.timeToLive, 63);
