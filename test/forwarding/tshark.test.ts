/** A second opinion: tshark reads what the forwarders made of the recordings. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CaptureWriter } from '../../src/captures/index.js';
import { replayDirectorRecording } from '../replay/director-trace.js';
import { forwardingRecordings } from '../replay/recorded-frames.js';

const hasTshark = spawnSync('tshark', ['--version']).status === 0;

/** Frames whose checksum the sender already had wrong, by the notes of the recordings. */
const DELIBERATELY_WRONG = /bad checksum|bad icmp checksum|truncated/;

/** Dissectors that would take the noise in the payload of the recordings for a protocol. */
const NOT_DISSECTED = ['dns', 'mdns', 'http', 'tls', 'isakmp', 'oicq', 'sigcomp'];

const OPTIONS = [
  ...NOT_DISSECTED.flatMap((protocol) => ['--disable-protocol', protocol]),
  ...['ip', 'tcp', 'udp'].flatMap((protocol) => ['-o', `${protocol}.check_checksum:TRUE`]),
  '-o',
  'sctp.checksum:CRC-32C',
];

/** The transport checksum within the quote of an ICMP error is nobody's to keep. */
const FAULTY = [
  // Chunks and AH of the recordings are made up.
  '(_ws.malformed && !sctp && !ah)',
  '_ws.short',
  'ip.checksum.status == 0',
  'sctp.checksum.status == 0',
  'icmp.checksum.status == 0',
  'icmpv6.checksum.status == 0',
  'gre.checksum.status == 0',
  '((tcp.checksum.status == 0 || udp.checksum.status == 0) && !icmp && !icmpv6)',
].join(' || ');

test.skipIf(!hasTshark)(
  'tshark finds no wrong checksum or length in translated recordings (skipped without tshark)',
  () => {
    const directory = mkdtempSync(join(tmpdir(), 'ipvs-'));
    const file = join(directory, 'translated.pcapng');
    const writer = new CaptureWriter();
    const parts = [writer.header()];
    const onDeparture = (bytes: Uint8Array): void => {
      parts.push(writer.packet({ seconds: parts.length, nanoseconds: 0, bytes }));
    };
    for (const recording of forwardingRecordings().values()) {
      const sound = recording.steps.filter((step) => !DELIBERATELY_WRONG.test(step.note ?? ''));
      replayDirectorRecording({ ...recording, steps: sound }, { onDeparture });
    }
    writeFileSync(file, Buffer.concat(parts));
    const found = execFileSync('tshark', ['-r', file, ...OPTIONS, '-Y', FAULTY], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    rmSync(directory, { recursive: true });

    expect(parts.length).toBeGreaterThan(1000);
    expect(found).toBe('');
  },
);
