/**
 * Captures with wrong bytes in them, led through a translation in this process.
 */
import { captureCopier, CaptureReader } from '../../../src/captures/index.js';
import { PacketFilter } from '../../../src/cli/translate/packet-filter.js';
import { Translation } from '../../../src/cli/translate/translation.js';
import { type RandomSource, randomBelow } from '../../../src/random.js';

/** What became of a capture. */
export interface Mutated {
  /** Bytes that were written. */
  readonly written: number;
  /** Packets that were read. */
  readonly packets: number;
  /** Bytes of the reader's buffer. */
  readonly bufferBytes: number;
}

const RULES = `-A -t 192.0.2.1:80 -s rr
-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m
-a -t 192.0.2.1:80 -r 10.0.0.2:80 -g
-a -t 192.0.2.1:80 -r 10.0.0.3:80 -i
-A -u 192.0.2.1:53 -s rr
-a -u 192.0.2.1:53 -r 10.0.0.1:53 -m
`;

/** Changes some bytes of a file: single ones, runs, or its end. */
export function mutate(file: Uint8Array, random: RandomSource): Uint8Array {
  const bytes = file.slice();
  for (let count = 1 + randomBelow(random, 6); count > 0; count--) {
    const at = randomBelow(random, bytes.length);
    const length = randomBelow(random, 4) === 0 ? 1 + randomBelow(random, 8) : 1;
    for (let index = at; index < Math.min(bytes.length, at + length); index++) {
      bytes[index] = randomBelow(random, 3) === 0 ? 0xff : randomBelow(random, 256);
    }
  }
  return randomBelow(random, 8) === 0
    ? bytes.subarray(0, randomBelow(random, bytes.length))
    : bytes;
}

/** Leads a capture through a translation, in chunks. */
export function runThrough(file: Uint8Array, chunk: number): Mutated {
  const filter = new PacketFilter(undefined, undefined);
  const options = { rules: { name: 'rules', text: RULES }, side: undefined, mark: 0, seed: 1 };
  const more = { tunables: {}, host: {}, offload: 'finish', beforeLvs: true, filter } as const;
  const translation = new Translation({ ...options, ...more, comments: true }, () => undefined);
  const reader = new CaptureReader({ bufferBytes: 1024 });
  let written = 0;
  const put = (_bytes: Uint8Array, start: number, end: number): void => {
    written += end - start;
  };
  for (let at = 0; at < file.length; at += chunk) {
    reader.add(file.subarray(at, at + chunk));
    while (reader.next()) {
      const copier = captureCopier(reader.format ?? 'pcap', 'pcapng', { keep: put, put });
      if (reader.record.kind === 'packet') translation.take(reader.record, copier);
      else copier.pass(reader.record);
    }
  }
  translation.sum(true);
  return { written, packets: reader.packets, bufferBytes: reader.space().length };
}
