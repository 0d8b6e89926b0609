import assert from 'node:assert/strict';
import { captureCopier, CaptureReader, CaptureWriter } from 'ipvs/captures';

const writer = new CaptureWriter({ format: 'pcap', linkType: 101 });
const file = [
  writer.header(),
  writer.packet({ seconds: 1, bytes: Uint8Array.of(1) }),
  writer.packet({ seconds: 2, bytes: Uint8Array.of(2) }),
];

// A copy without the first packet, as pcapng.
const written: number[] = [];
const put = (bytes: Uint8Array, start: number, end: number) =>
  void written.push(...bytes.subarray(start, end));
const copier = captureCopier('pcap', 'pcapng', { keep: put, put });
const reader = new CaptureReader();
for (const chunk of file) {
  reader.add(chunk);
  while (reader.next()) if (reader.record.number !== 1) copier.pass(reader.record);
}
copier.finish();

const copy = new CaptureReader();
copy.add(Uint8Array.from(written));
while (copy.next());
assert.deepEqual([copy.format, copy.packets, copy.record.seconds], ['pcapng', 1, 2]);
