/** A second opinion: tshark reads what the forwarders made of the recordings. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PcapWriter } from '../../src/pcap/index.js';
import { readRecording, replay } from './support/replay.js';

const folder = new URL('../golden/forwarding/', import.meta.url);
const hasTshark = spawnSync('tshark', ['--version']).status === 0;

/** Frames whose checksum the sender already had wrong, by the notes of the recordings. */
const DELIBERATELY_WRONG = /bad checksum|bad icmp checksum|checksum field|truncated|embedded/;

/** Checks that tshark leaves out unless told otherwise. */
const CHECKS = ['ip', 'tcp', 'udp', 'sctp', 'icmp', 'icmpv6'].flatMap((protocol) =>
  protocol.startsWith('icmp')
    ? []
    : ['-o', protocol === 'sctp' ? 'sctp.checksum:crc32c' : `${protocol}.check_checksum:TRUE`],
);

test.skipIf(!hasTshark)(
  'tshark finds no wrong checksum or length in translated recordings (skipped without tshark)',
  () => {
    const directory = mkdtempSync(join(tmpdir(), 'ipvs-'));
    const file = join(directory, 'translated.pcap');
    const writer = new PcapWriter();
    const parts = [writer.header()];
    for (const name of readdirSync(folder)) {
      const recording = readRecording(new URL(name, folder));
      const sound = recording.steps.filter((step) => !DELIBERATELY_WRONG.test(step.note ?? ''));
      for (const bytes of replay({ ...recording, steps: sound }).emitted)
        parts.push(writer.record({ seconds: parts.length, nanoseconds: 0, bytes }));
    }
    writeFileSync(file, Buffer.concat(parts));
    const faulty =
      '_ws.malformed || _ws.short || ip.checksum.status == 0 || tcp.checksum.status == 0 || ' +
      'udp.checksum.status == 0 || sctp.checksum.status == 0 || icmp.checksum.status == 0 || ' +
      'icmpv6.checksum.status == 0 || gre.checksum.status == 0';
    const found = execFileSync('tshark', ['-r', file, ...CHECKS, '-Y', faulty], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    rmSync(directory, { recursive: true });

    expect(parts.length).toBeGreaterThan(1000);
    expect(found).toBe('');
  },
);
