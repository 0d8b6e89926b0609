/**
 * The set-ups that are scripts: the rules of their directors, and what the health-check loop makes of servers that fail.
 * In the place of ipvsadm, whose kernel module need not be there, a program writes down its words for a director.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { root } from '../../scripts/entries.mjs';
import { Director } from '../../src/director/director.js';
import { restoreAllRules, saveRules } from '../../src/ipvsadm/index.js';

const folder = mkdtempSync(join(tmpdir(), 'ipvs-setups-'));
const words = join(folder, 'words');
const namespace = `setups-${process.pid}`;

function program(name: string, text: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(folder, name), 0o755);
}

program('ipvsadm', `echo "$@" >>'${words}'`);
// The last word is http://SERVER:PORT/; a file named after the server says that it fails.
program('check', `for url in "$@"; do :; done; [ ! -e "${folder}/$(echo "$url" | cut -d/ -f3)" ]`);

function run(command: string, args: readonly string[], env: Record<string, string> = {}): string {
  const path = `${folder}:${process.env['PATH']}`;
  const done = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, PATH: path, ...env },
  });
  return done.status === 0 ? done.stdout : `exit ${done.status}: ${done.stderr}`;
}

/** The rules that come of all words so far. */
function rulesOf(director = new Director()): string[] {
  restoreAllRules(existsSync(words) ? readFileSync(words, 'utf8') : '', director);
  return saveRules(director.services).trim().split('\n');
}

beforeEach(() => rmSync(words, { force: true }));
afterAll(() => {
  spawnSync('ip', ['netns', 'del', namespace]);
  rmSync(folder, { recursive: true });
});

describe('the health-check loop', () => {
  const loop = `${root}examples/setups/health-loop.sh`;
  const env = { CHECK: join(folder, 'check'), ROUNDS: '1', INTERVAL: '0' };
  const START = `-A -t 192.168.50.1:80 -s wrr
-a -t 192.168.50.1:80 -r 192.168.50.135:80 -g -w 1
-a -t 192.168.50.1:80 -r 192.168.50.136:80 -g -w 3
-a -t 192.168.50.1:80 -r 127.0.0.1:80 -g -w 0
`;

  it.each([
    ['all servers answer', [], { 135: 1, 136: 3, sorry: 0 }],
    ['one fails', ['192.168.50.136:80'], { 135: 1, 136: 0, sorry: 0 }],
    ['all fail', ['192.168.50.135:80', '192.168.50.136:80'], { 135: 0, 136: 0, sorry: 1 }],
  ])('when %s gives each server its weight', (_, failing, weights) => {
    for (const server of failing) writeFileSync(join(folder, server), '');
    writeFileSync(words, START);
    expect(run('sh', [loop], env)).not.toContain('exit');
    for (const server of failing) rmSync(join(folder, server));
    expect(rulesOf().slice(1)).toEqual([
      `-a -t 192.168.50.1:80 -r 127.0.0.1:80 -g -w ${weights.sorry}`,
      `-a -t 192.168.50.1:80 -r 192.168.50.135:80 -g -w ${weights[135]}`,
      `-a -t 192.168.50.1:80 -r 192.168.50.136:80 -g -w ${weights[136]}`,
    ]);
  });

  it('edits nothing as long as nothing changes', () => {
    run('sh', [loop], { ...env, ROUNDS: '3' });
    expect(readFileSync(words, 'utf8').trim().split('\n')).toHaveLength(3);
  });
});

const canNamespace = spawnSync('ip', ['netns', 'add', namespace]).status === 0;

describe.skipIf(!canNamespace)('in a network namespace (root, iproute2)', () => {
  const inside = (...args: string[]): string => run('ip', ['netns', 'exec', namespace, ...args]);

  for (const device of canNamespace ? ['eth0', 'eth1'] : []) {
    inside('ip', 'link', 'add', device, 'type', 'veth', 'peer', 'name', `${device}-peer`);
    inside('ip', 'link', 'set', 'dev', device, 'up');
  }

  it.each([
    ['nat', 'rules/nat-rr.rules', '192.168.50.129/24'],
    ['direct-routing', 'rules/direct-routing.rules', '192.168.50.1/32'],
    ['tunneling', undefined, '192.0.2.1/32'],
  ])('the director of %s has its rules and its address', (setup, example, address) => {
    const script = `${root}examples/setups/${setup}/director.sh`;
    const addresses = (): string => inside('ip', '-o', '-4', 'addr', 'show');
    expect(inside('sh', script, 'start')).not.toContain('exit');
    expect(addresses()).toContain(address);
    const started = rulesOf();
    expect(started.filter((rule) => rule.startsWith('-a')).length).toBeGreaterThan(1);
    if (example !== undefined) {
      const wanted = new Director();
      restoreAllRules(readFileSync(`${root}examples/${example}`, 'utf8'), wanted);
      expect(started).toEqual(saveRules(wanted.services).trim().split('\n'));
    }
    expect(inside('sh', script, 'stop')).not.toContain('exit');
    expect(rulesOf()).toEqual(['']);
    expect(addresses()).not.toContain(address);
  });

  it.each(['nat', 'direct-routing', 'tunneling'])(
    'refuses other words than its own: %s',
    (setup) => {
      for (const name of ['director.sh', 'server.sh']) {
        const script = `${root}examples/setups/${setup}/${name}`;
        expect(inside('sh', script, 'reload')).toMatch(/exit 2: Usage: .*start\|stop\|status/);
      }
    },
  );
});
