/**
 * What tshark reads in translated captures of all link types; skipped without tshark (Debian: tshark).
 */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { join } from '../captures/support/captures.js';
import { LINKS, wrap } from '../captures/support/wrappings.js';
import { tcp } from '../director/support/packets.js';
import { ipvs, temporaryFolder } from './support.js';

const hasTshark = spawnSync('tshark', ['--version']).status === 0;
const write = temporaryFolder();
const CHECKS = ['tcp.check_checksum:TRUE', 'ip.check_checksum:TRUE'].flatMap((each) => [
  '-o',
  each,
]);
const FIELDS = ['ip.dst', 'tcp.dstport', 'ip.checksum.status', 'tcp.checksum.status'];

test.skipIf(!hasTshark)(
  'tshark agrees on addresses, ports and checksums over every link type (skipped without tshark)',
  async () => {
    const rules = write('r', '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -m\n');
    const packets = [tcp('198.51.100.7:4711', '192.0.2.1:80')];
    // Sections may follow each other in one file, each with a link type of its own.
    const sections = Object.keys(LINKS).map((link) =>
      wrap(packets, {
        format: 'pcapng',
        link,
        littleEndian: true,
        nanoseconds: false,
        kept: 1500,
        packed: false,
      }),
    );
    const to = write('out', '');
    const { code } = await ipvs(['translate', '--rules', rules, write('in', join(sections)), to]);
    const fields = FIELDS.flatMap((each) => ['-e', each]);
    const { stdout } = spawnSync('tshark', ['-r', to, ...CHECKS, '-T', 'fields', ...fields], {
      encoding: 'utf8',
    });

    expect(code).toBe(0);
    const agreed = stdout.trimEnd().split('\n');
    const odd = Object.keys(LINKS).filter((_, index) => agreed[index] !== '10.0.0.1\t8080\t1\t1');
    expect(odd).toEqual([]);
  },
  60_000,
);
