/**
 * The commands of guides do what the pages say: every `sh` block of these is run, and the `text` block behind
 * it is what it prints.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../../scripts/entries.mjs';
import { bundle } from '../support/bundled-command.js';

const folder = mkdtempSync(join(tmpdir(), 'ipvs-commands-'));
const program = join(folder, 'ipvs.mjs');

beforeAll(async () => {
  await bundle('src/cli/ipvs.ts', program);
  mkdirSync(join(folder, 'lvs1'));
  mkdirSync(join(folder, 'bin'));
  writeFileSync(
    join(folder, 'lvs1.rules'),
    '-A -t 192.0.2.1:80 -s wlc\n-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m\n',
  );
  for (const [name, lines] of Object.entries(LVS1)) {
    writeFileSync(join(folder, 'bin', name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The programs with which the pages reach a director `lvs1`, which has a folder here; changes of it are not made. */
const LVS1 = {
  ssh: `shift; cd "$LVS1"; exec "$@"`,
  scp: `for to; do :; done
for from; do case $from in -r|"$to") ;; lvs1:*) cp -r "$LVS1/\${from#lvs1:}" "$to";; *) cp -r "$from" "$LVS1";; esac; done`,
  sudo: 'exec "$@"',
  ipvsadm: `case $1 in -L|-S) exec "$NODE" "$IPVS" admin "$LVS1.rules" -- "$@";; esac`,
};

const pages = [
  'docs/guides/troubleshooting.md',
  'docs/guides/admin.md',
  'docs/guides/local-servers.md',
  'docs/guides/check-your-rules.md',
  'docs/guides/set-up-a-director.md',
  'docs/guides/fleets.md',
  'docs/guides/from-keepalived.md',
  'docs/guides/plan-a-change.md',
  'docs/guides/moving-to-the-real-kernel.md',
];

/** The commands of a page, with what they print, if that is there. */
function commandsOf(page: string): { title: string; script: string; output: string | undefined }[] {
  const text = readFileSync(root + page, 'utf8');
  const blocks = text.matchAll(/^```sh\n(.*?)^```\n(?:\n```text\n(.*?)^```)?/gms);
  return [...blocks].map((match) => ({
    title: `${page}, line ${text.slice(0, match.index).split('\n').length + 1}`,
    script: match[1],
    output: match[2],
  }));
}

test.each(pages.flatMap(commandsOf))('$title', ({ script, output }) => {
  // The package with its examples is where the command looks for them.
  const ipvs = `ipvs() { "${process.execPath}" "${program}" "$@"; }`;
  const nat = `${root}examples/rules/nat-wrr.rules`;
  const line = script.replaceAll(/\bnat-wrr\b/g, `"${nat}"`);
  const { status, stdout, stderr } = spawnSync(
    'bash',
    // Given a socket as its input, a shell may take itself for a remote one, and read the user's settings.
    ['--norc', '-euc', `${ipvs}\ncd "${folder}"\n${line}`],
    {
      encoding: 'utf8',
      env: {
        ...process.env,
        PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
        LVS1: join(folder, 'lvs1'),
        NODE: process.execPath,
        IPVS: program,
      },
    },
  );

  expect({ status, stderr: output === undefined ? stderr : '' }).toEqual({ status: 0, stderr: '' });
  if (output !== undefined) expect(trimEnds(stdout)).toBe(trimEnds(output));
});

/** Listings end in blanks, which pages cannot have. */
function trimEnds(text: string): string {
  return text.replaceAll(/ +$/gm, '');
}
