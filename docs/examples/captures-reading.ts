import assert from 'node:assert/strict';
import { CaptureReader, CaptureWriter, LinkContent, linkRuleOf } from 'ipvs/captures';
import { encodePacket, Packet } from 'ipvs/wire';

const transport = { type: 'udp', sourcePort: 4711, destinationPort: 53 } as const;
const bytes = encodePacket({ source: '198.51.100.7', destination: '192.0.2.1', transport });
const writer = new CaptureWriter({ format: 'pcapng', linkType: 101 });
const file = [writer.header(), writer.packet({ seconds: 1_700_000_000, bytes })];

const reader = new CaptureReader();
const content = new LinkContent();
const packet = new Packet();
const ports: number[] = [];
for (const chunk of file) {
  reader.add(chunk);
  while (reader.next()) {
    const { record } = reader;
    if (record.kind !== 'packet') continue; // headers, names, statistics
    const end = record.offset + record.length;
    linkRuleOf(record.interface.linkType)?.locate(record.bytes, record.offset, end, content);
    if (content.family === 0) continue; // ARP and its like
    if (packet.parse(record.bytes, content.offset, end - content.offset) !== 'ok') continue;
    ports.push(packet.destinationPort);
  }
}
assert.deepEqual(ports, [53]);
assert.equal(reader.fault, undefined);
