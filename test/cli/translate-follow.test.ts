/**
 * Following a capture that grows, in a process of its own: what came is written at once, and the sum at the end.
 */
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { captureFile, packetsOf } from '../captures/support/captures.js';
import { endsOf, tcp } from '../director/support/packets.js';
import { bundle } from '../support/bundled-command.js';

const folder = mkdtempSync(join(tmpdir(), 'ipvs-follow-'));
const program = join(folder, 'ipvs.mjs');
const rules = join(folder, 'rules');
const CLIENT = '198.51.100.7:4711';
const SERVER = '10.0.0.1:8080';
const PATIENCE = 60_000;

beforeAll(async () => {
  await bundle('src/cli/ipvs.ts', program);
  writeFileSync(rules, `-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r ${SERVER} -m\n`);
}, PATIENCE);
afterAll(() => rmSync(folder, { recursive: true }));

/** A program that follows a file. */
class Follower {
  out = '';
  err = '';
  readonly exit: Promise<number | null>;
  private readonly child;

  constructor(from: string, to: string) {
    const words = ['translate', '--rules', rules, '--follow', '--explain', from, to];
    this.child = spawn(process.execPath, [program, ...words]);
    this.child.stdout.on('data', (data: Buffer) => (this.out += data.toString()));
    this.child.stderr.on('data', (data: Buffer) => (this.err += data.toString()));
    this.exit = new Promise((resolve) => this.child.on('close', resolve));
  }

  /** Waits until so many packets were explained. */
  async explained(count: number): Promise<void> {
    while (!this.out.includes(`\n${count}  `) && !this.out.startsWith(`${count}  `)) {
      if (this.child.exitCode !== null) throw new Error(`it ended: ${this.err}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  interrupt(signal: 'SIGINT' | 'SIGTERM'): void {
    this.child.kill(signal);
  }
}

const capture = captureFile(
  { format: 'pcap', linkType: 101 },
  [1, 2, 3].map((seconds) => ({ seconds, bytes: tcp(CLIENT, '192.0.2.1:80', 'S') })),
);
const RECORD = 16 + 40;

test.each(['SIGINT', 'SIGTERM'] as const)(
  'what a growing file gets is written before more comes, and %s ends with the sum',
  async (signal) => {
    const from = join(folder, 'in');
    const to = join(folder, 'out');
    writeFileSync(from, capture.subarray(0, 24 + RECORD + 7));
    const follower = new Follower(from, to);
    await follower.explained(1);
    const early = packetsOf(readFileSync(to)).length;
    appendFileSync(from, capture.subarray(24 + RECORD + 7, 24 + 2 * RECORD));
    await follower.explained(2);
    appendFileSync(from, capture.subarray(24 + 2 * RECORD));
    await follower.explained(3);
    follower.interrupt(signal);

    expect(await follower.exit).toBe(0);
    expect(early).toBe(1);
    expect(follower.err).toBe('');
    expect(follower.out).toContain('3 packets in, 3 out');
    expect(packetsOf(readFileSync(to)).map(({ bytes }) => endsOf(bytes))).toEqual(
      Array.from({ length: 3 }, () => `${CLIENT} > ${SERVER}`),
    );
  },
  PATIENCE,
);

test(
  'a file that begins empty is followed from its first byte',
  async () => {
    const from = join(folder, 'empty');
    writeFileSync(from, '');
    const follower = new Follower(from, join(folder, 'out'));
    appendFileSync(from, capture.subarray(0, 2));
    appendFileSync(from, capture.subarray(2));
    await follower.explained(3);
    follower.interrupt('SIGINT');

    expect(await follower.exit).toBe(0);
    expect(follower.out).toContain('3 packets in, 3 out');
  },
  PATIENCE,
);

test('a packed file is not followed, and the message has the way out', () => {
  const packed = join(folder, 'packed.pcap.gz');
  writeFileSync(packed, gzipSync(capture));
  const words = ['translate', '--rules', rules, '--follow', packed, join(folder, 'out')];
  const { status, stderr } = spawnSync(process.execPath, [program, ...words], { encoding: 'utf8' });

  expect(status).toBe(2);
  expect(stderr).toContain('is packed: expected with --follow a file that grows as it is');
  expect(stderr).toContain(`gzip -dc ${packed} | ipvs translate`);
});
