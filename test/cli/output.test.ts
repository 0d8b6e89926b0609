/**
 * Outputs that are slow, full or gone: a process of its own for each, since only that shows it.
 */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CaptureWriter } from '../../src/captures/index.js';
import { encodePacket, TCP_FLAG } from '../../src/wire/index.js';
import { bundle } from '../support/bundled-command.js';

const folder = mkdtempSync(join(tmpdir(), 'ipvs-output-'));
const program = join(folder, 'ipvs.mjs');
const io = join(folder, 'io.mjs');
const capture = join(folder, 'in.pcap');

beforeAll(async () => {
  await bundle('src/cli/ipvs.ts', program);
  await bundle('src/cli/io.ts', io);
  writeFileSync(capture, someConnections());
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A capture of connections to the example's service: enough lines of `--explain` to fill a pipe. */
function someConnections(): Uint8Array {
  const writer = new CaptureWriter({ format: 'pcap', linkType: 101 });
  const parts = [writer.header()];
  for (let port = 1; port <= 3000; port++) {
    const bytes = encodePacket({
      source: '198.51.100.7',
      destination: '192.168.50.10',
      transport: { type: 'tcp', sourcePort: port, destinationPort: 80, flags: TCP_FLAG.SYN },
    });
    parts.push(writer.packet({ seconds: 1, nanoseconds: 0, bytes }));
  }
  return Buffer.concat(parts);
}

/** Runs a line of bash in which `$ipvs` is the command. */
function bash(line: string): SpawnSyncReturns<string> {
  const script = `set -o pipefail; ipvs() { "${process.execPath}" "${program}" "$@"; }; cd "${folder}"; ${line}`;
  return spawnSync('bash', ['--norc', '-c', script], { encoding: 'utf8' });
}

/** Runs a module that imports the command's world, and gives what it wrote to standard error. */
function withIo(statements: string, pipeline: string): string {
  const script = join(folder, 'script.mjs');
  writeFileSync(script, `import { nodeIo } from ${JSON.stringify(io)};\n${statements}`);
  const line = `"${process.execPath}" "${script}" ${pipeline}`;
  return spawnSync('bash', ['--norc', '-c', line], { encoding: 'utf8' }).stderr;
}

const rules = `"${join(process.cwd(), 'examples/rules/nat-rr.rules')}"`;
const commands = [
  '--help',
  '--version',
  'help admin',
  'simulate --help',
  `simulate ${rules} --connections 10`,
  `simulate ${rules} --connections 10 --json`,
  `admin ${rules}`,
  `admin ${rules} --json`,
  `translate in.pcap out.pcap --rules ${rules}`,
  `translate in.pcap out.pcap --rules ${rules} --explain`,
];
const hasFullDevice = existsSync('/dev/full');

test.runIf(hasFullDevice).each(commands)(
  'ipvs %s on a full disk ends with 2 and one line',
  (words) => {
    const { status, stderr } = bash(`ipvs ${words} > /dev/full`);

    expect({ status, lines: stderr.trim().split('\n') }).toEqual({
      status: 2,
      lines: [
        expect.stringMatching(
          /^ipvs( \w+)?: standard output: cannot be written: no space left on device$/,
        ),
      ],
    });
  },
);

test.runIf(hasFullDevice)('a capture that does not fit on the disk is named, with 2', () => {
  const { status, stderr } = bash(`ipvs translate in.pcap /dev/full --rules ${rules}`);
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: 'ipvs translate: /dev/full: cannot be written: no space left on device\n',
  });
});

test.runIf(hasFullDevice)('a message that cannot be written changes no exit code', () => {
  expect(bash('ipvs nosuch 2> /dev/full').status).toBe(2);
  const refused = 'echo nonsense | ipvs admin -';
  expect(bash(`${refused} 2> /dev/full`).status).toBe(bash(refused).status);
});

test.each([...commands, `translate in.pcap /dev/stdout --rules ${rules}`])(
  'ipvs %s ends quietly when its reader goes away',
  (words) => {
    const { status, stderr } = bash(`ipvs ${words} | true`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  },
);

test('results come before the message that follows them', () => {
  const { stdout } = bash(`ipvs admin ${rules} -- '-S -n; -Z -t 192.0.2.9:80' 2>&1`);
  expect(stdout.trim().split('\n').at(-1)).toContain('ipvs admin: -Z');
});

const WRITE_200_MB = `
const out = nodeIo().out;
for (let line = 0; line < 200; line++) out.write('x'.repeat(1 << 20));
out.flush();
process.stderr.write(String(process.resourceUsage().maxRSS));`;

test('a slow reader costs no memory', () => {
  const toFile = Number(withIo(WRITE_200_MB, '> /dev/null'));
  const toSlowReader = Number(withIo(WRITE_200_MB, '| (sleep 1; wc -c)'));

  expect(toFile).toBeGreaterThan(0);
  expect((toSlowReader - toFile) / 1024).toBeLessThan(50);
});

test('a pipe that somebody made non-blocking gets everything', () => {
  const counted = join(folder, 'count');
  // Node's own stream makes the pipe non-blocking.
  withIo(
    `process.stdout;
const out = nodeIo().out;
for (let line = 0; line < 1000; line++) out.write('x'.repeat(1 << 10));
out.flush();`,
    `| (sleep 0.2; wc -c > "${counted}")`,
  );
  expect(readFileSync(counted, 'utf8').trim()).toBe('1024000');
});

test('standard input that is non-blocking is read to its end', () => {
  const text = withIo(
    `process.stdin.pause();
process.stderr.write(String(nodeIo().in.read().length));`,
    `< <(sleep 0.2; printf abc; sleep 0.2; printf def)`,
  );
  expect(text).toBe('6');
});

test('results of a command that goes on appear before it ends', () => {
  const text = withIo(
    `nodeIo().out.write('now');
setTimeout(() => process.stderr.write('ended'), 50);`,
    `1>&2`,
  );
  expect(text).toBe('nowended');
});
