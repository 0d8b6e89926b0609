import assert from 'node:assert/strict';
import { Director } from 'ipvs/director';
import { createLinkLayer } from 'ipvs/forwarding';
import { encodePacket, MacAddress, TCP_FLAG, writeEthernetHeader } from 'ipvs/wire';

// A director between two Ethernet networks; frames in, frames out.
const link = createLinkLayer({
  client: '02:00:00:00:0d:00', // its own addresses
  server: '02:00:00:00:0d:01',
  neighbors: { '10.0.0.1': '02:00:00:00:0a:01' }, // a real server
  routers: { client: '02:00:00:00:0c:01' }, // the way to all clients
});
const director = new Director({ host: { link } });
director.execute('-A -t 192.0.2.1:80 -s rr');
director.execute('-a -t 192.0.2.1:80 -r 10.0.0.1 -m');

const packet = encodePacket({
  source: '198.51.100.7',
  destination: '192.0.2.1',
  transport: { type: 'tcp', sourcePort: 40000, destinationPort: 80, flags: TCP_FLAG.SYN },
});
const frame = new Uint8Array(14 + packet.length);
const router = MacAddress.parse('02:00:00:00:0c:01');
writeEthernetHeader(new DataView(frame.buffer), 0, link.client, router, 0x0800);
frame.set(packet, 14);

const [departure] = director.receive(frame).departures();
assert.equal(departure?.side, 'server');
const target = Buffer.from(departure?.bytes.subarray(0, 6) ?? []).toString('hex');
assert.equal(target, '020000000a01'); // to the server
