/**
 * Scripts of `ipvs setup` on hosts that are network namespaces: skipped where these cannot be made (root, iproute2).
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeScript } from '../../src/setup/index.js';
import { hostNamed, OPTIONS } from './support.js';

const id = `${process.pid}`;
const server = `lints-${id}`;
const client = `lintc-${id}`;
const folder = mkdtempSync(join(tmpdir(), 'ipvs-setup-'));

/** Runs a command; its output, or with `fail` its status. */
function run(command: string, ...words: string[]): { status: number | null; out: string } {
  const env = {
    ...process.env,
    STATE: join(folder, 'state'),
    PATH: `${folder}:${process.env['PATH']}`,
  };
  const { status, stdout } = spawnSync(command, words, { encoding: 'utf8', env });
  return { status, out: stdout };
}

function inside(namespace: string, ...words: string[]): { status: number | null; out: string } {
  return run('ip', 'netns', 'exec', namespace, ...words);
}

const canNamespace =
  run('ip', 'netns', 'add', server).status === 0 && run('ip', 'netns', 'add', client).status === 0;

/** Everything that scripts change in the server's namespace. */
function snapshot(): string {
  const settings =
    'cat /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/*/arp_* /proc/sys/net/ipv4/conf/*/send_redirects';
  return [
    inside(server, 'ip', '-o', 'addr', 'show').out.replaceAll(
      / (?:tentative|dadfailed)| valid_lft.*/g,
      '',
    ),
    inside(server, 'ip', 'route').out,
    inside(server, 'sh', '-c', settings).out,
    inside(server, 'nft', 'list', 'ruleset').out,
    existsSync(join(folder, 'table')) ? 'services' : '',
  ].join('\n');
}

/** A script of a host, as a program. */
function scriptOf(name: string): (action: string) => number | null {
  const path = join(folder, `${name}.sh`);
  writeFileSync(path, writeScript(hostNamed(name), 'test'));
  return (action) => inside(server, 'sh', path, action).status;
}

/** In the place of ipvsadm, whose kernel module need not be there: one file for each service. */
const IPVSADM = `#!/bin/sh
table=${folder}/table
case "$1" in
-L) grep -qF -- "-A $3 $4" "$table" 2>/dev/null ;;
-R) cat >>"$table" ;;
-D) grep -vF -- " $2 $3 " "$table" >"$table.new"; mv "$table.new" "$table"; [ -s "$table" ] || rm "$table" ;;
esac
`;

beforeAll(() => {
  if (!canNamespace) return;
  writeFileSync(join(folder, 'ipvsadm'), IPVSADM);
  chmodSync(join(folder, 'ipvsadm'), 0o755);
  const link = [
    'link',
    'add',
    'eth0',
    'netns',
    server,
    'type',
    'veth',
    'peer',
    'name',
    'eth0',
    'netns',
    client,
  ];
  run('ip', ...link);
  for (const [namespace, address] of [
    [server, '10.0.0.11/24'],
    [client, '10.0.0.99/24'],
  ] as const) {
    run('ip', '-n', namespace, 'addr', 'add', address, 'dev', 'eth0');
    run('ip', '-n', namespace, 'link', 'set', 'dev', 'lo', 'up');
    run('ip', '-n', namespace, 'link', 'set', 'dev', 'eth0', 'up');
  }
  run('ip', '-n', client, 'route', 'add', '192.0.2.1', 'dev', 'eth0');
  inside(server, 'sysctl', '-qw', 'net.ipv4.conf.all.arp_announce=1');
});

afterAll(() => {
  for (const namespace of [server, client]) run('ip', 'netns', 'del', namespace);
  rmSync(folder, { recursive: true });
});

const hasVs = existsSync('/proc/sys/net/ipv4/vs');

describe.skipIf(!canNamespace)('in network namespaces (root, iproute2)', () => {
  it('a real server answers for the virtual address, and answers no ARP for it', () => {
    const script = scriptOf('10.0.0.11');
    const ping = (): number | null =>
      inside(client, 'ping', '-c', '1', '-W', '1', '192.0.2.1').status;
    run('ip', '-n', server, 'addr', 'add', '192.0.2.1/32', 'dev', 'lo');
    expect(ping(), 'without the script ARP is answered').toBe(0);
    run('ip', '-n', server, 'addr', 'del', '192.0.2.1/32', 'dev', 'lo');
    run('ip', '-n', client, 'neigh', 'flush', 'dev', 'eth0');

    expect(script('start')).toBe(0);
    expect(ping()).not.toBe(0);
    const link = inside(server, 'ip', '-o', 'link', 'show', 'dev', 'eth0').out;
    const hardware = /link\/ether (\S+)/.exec(link)?.[1] ?? '';
    run('ip', '-n', client, 'neigh', 'replace', '192.0.2.1', 'lladdr', hardware, 'dev', 'eth0');
    expect(ping()).toBe(0);
    expect(script('stop')).toBe(0);
    expect(ping()).not.toBe(0);
  });

  it.each(['10.0.0.11', '10.0.0.15', 'fd00::11'])(
    'stop of %s puts back exactly what was there, and a second start or stop does nothing',
    (name) => {
      run('ip', '-n', server, 'route', 'replace', 'default', 'via', '10.0.0.254');
      const script = scriptOf(name);
      const before = snapshot();
      expect(script('status')).toBe(3);
      expect(script('start')).toBe(0);
      const started = snapshot();
      expect(started).not.toBe(before);
      expect(script('start')).toBe(0);
      expect(snapshot()).toBe(started);
      expect(script('status')).toBe(0);
      expect(script('stop')).toBe(0);
      expect(snapshot()).toBe(before);
      expect(script('stop')).toBe(0);
      expect(snapshot()).toBe(before);
      expect(existsSync(join(folder, 'state'))).toBe(false);
    },
  );

  const hasTables = canNamespace && makesTables();

  it('the director gets addresses, marks of nftables, forwarding and rules, and gives them back', () => {
    tryDirector('nftables', ['nft', 'list', 'ruleset'], 'mark set 0x00000007');
  });

  it.skipIf(!hasTables)('and the same with marks of iptables (Debian: iptables)', () => {
    tryDirector('iptables', ['iptables-save', '-t', 'mangle'], '--set-xmark 0x7');
  });

  it.each(['10.0.0.12', '10.0.0.13', '10.0.0.14', 'fd00::12'])(
    'ip understands the tunnel device of %s, also where the kernel has none of its kind',
    (name) => {
      const script = writeScript(hostNamed(name), 'test');
      const [, words = ''] = /^ +add_device \S+ (.+)$/m.exec(script) ?? [];
      expect(words).toMatch(/^ipvs-\w+ type \w+ local /);
      const made = ['-n', server, 'link', 'add', 'name', ...words.split(' ')];
      const { stderr } = spawnSync('ip', made, { encoding: 'utf8' });
      run('ip', '-n', server, 'link', 'del', made[5] ?? '');
      expect(stderr).not.toMatch(/Usage|is wrong|unknown|garbage|What is/);
    },
  );
});

/** Starts and stops the director's script; between, a listing has the mark. */
function tryDirector(
  firewall: 'nftables' | 'iptables',
  listing: readonly string[],
  mark: string,
): void {
  const { steps, name } = hostNamed('director', { ...OPTIONS, firewall });
  // The tunables of IPVS are there only where its module is.
  const usable = steps.filter(
    (step) => step.kind !== 'sysctl' || hasVs || !step.path.includes('/vs/'),
  );
  const path = join(folder, 'director.sh');
  writeFileSync(path, writeScript({ name, steps: usable }, 'test'));
  const script = (action: string): number | null => inside(server, 'sh', path, action).status;
  const before = snapshot();
  expect(script('start')).toBe(0);
  const started = snapshot();
  expect(script('start')).toBe(0);
  expect(snapshot()).toBe(started);
  expect(script('status')).toBe(0);
  expect(inside(server, ...listing).out).toContain(mark);
  expect(started).toContain('192.0.2.1/32');
  expect(script('stop')).toBe(0);
  expect(snapshot()).toBe(before);
}

/** Leaves the tables of iptables behind, which it makes with their first rule and never takes back; whether it can. */
function makesTables(): boolean {
  const rule = ['PREROUTING', '-j', 'MARK', '--set-mark', '9'];
  return ['iptables', 'ip6tables'].every((tables) =>
    ['-A', '-D'].every(
      (action) => inside(server, tables, '-t', 'mangle', action, ...rule).status === 0,
    ),
  );
}
