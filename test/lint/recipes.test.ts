import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/entries.mjs';
import { lint, type LintInput } from '../../src/lint/index.js';

const SETUPS = ['nat', 'direct-routing', 'tunneling'] as const;

/** The scripts of a set-up. */
function scriptsOf(setup: string): LintInput[] {
  return ['director.sh', 'server.sh'].map((name) => {
    return { name, text: readFileSync(`${root}examples/setups/${setup}/${name}`, 'utf8') };
  });
}

/** The same, with one text for another in one of its scripts. */
function mutated(setup: string, script: string, before: string, after: string): LintInput[] {
  return scriptsOf(setup).map((input) => {
    if (input.name !== script) return input;
    expect(input.text).toContain(before);
    return { ...input, text: input.text.replaceAll(before, after) };
  });
}

describe('the recipes', () => {
  it.each(SETUPS)('of %s have no finding', (setup) => {
    expect(lint(scriptsOf(setup)).findings).toEqual([]);
  });

  const files = readdirSync(`${root}examples/rules`).filter((file) => file !== 'production.rules');
  it.each(files)('in %s have no finding', (name) => {
    const text = readFileSync(`${root}examples/rules/${name}`, 'utf8');
    expect(lint([{ name, text }]).findings).toEqual([]);
  });

  it('of a larger site have notes only', () => {
    const text = readFileSync(`${root}examples/rules/production.rules`, 'utf8');
    const { findings } = lint([{ name: 'production.rules', text }]);
    expect(new Set(findings.map(({ severity }) => severity))).toEqual(new Set(['note']));
  });
});

const IGNORE = '  echo 1 > /proc/sys/net/ipv4/conf/all/arp_ignore\n';
const ANNOUNCE = '  echo 2 > /proc/sys/net/ipv4/conf/all/arp_announce\n';
const FORWARD = 'echo 1 > /proc/sys/net/ipv4/ip_forward';
const REDIRECTS = 'echo 0 > /proc/sys/net/ipv4/conf/all/send_redirects';
const LOOSE = 'echo 0 > /proc/sys/net/ipv4/conf/tunl0/rp_filter';

describe('what tutorials warn of is found', () => {
  it.each([
    ['NAT without forwarding', 'nat', 'director.sh', FORWARD, FORWARD.replace('1', '0'), 'LVS105'],
    ['NAT with redirects', 'nat', 'director.sh', REDIRECTS, REDIRECTS.replace('0', '1'), 'LVS111'],
    ['NAT with another gateway', 'nat', 'server.sh', '172.16.1.1', '172.16.1.254', 'LVS103'],
    [
      'NAT in one network',
      'nat',
      'director.sh',
      'RIP1=172.16.1.135',
      'RIP1=192.168.50.135',
      'LVS104',
    ],
    ['weights with rr', 'nat', 'director.sh', '$RIP1:80 -m', '$RIP1:80 -m -w 3', 'LVS301'],
    ['NAT to the director itself', 'nat', 'director.sh', '172.16.1.135', '127.0.0.1', 'LVS106'],
    ['a server twice', 'direct-routing', 'director.sh', '50.136', '50.135', 'LVS004'],
    [
      'direct routing with another port',
      'direct-routing',
      'director.sh',
      '$RIP1:80',
      '$RIP1:8080',
      'LVS101',
    ],
    [
      'direct routing off link',
      'direct-routing',
      'director.sh',
      '192.168.50.136',
      '192.168.60.136',
      'LVS102',
    ],
    ['all weights 0', 'direct-routing', 'director.sh', '-g -w', '-g -w 0 #', 'LVS202'],
    [
      'a sorry server with a weight',
      'direct-routing',
      'director.sh',
      '127.0.0.1:80 -g -w 0',
      '127.0.0.1:80 -g -w 1',
      'LVS203',
    ],
    [
      'port 0 without persistence',
      'direct-routing',
      'director.sh',
      '-A -t $VIP:80',
      '-A -t $VIP:0',
      'LVS008',
    ],
    [
      'one-packet scheduling of TCP',
      'direct-routing',
      'director.sh',
      '-s wrr',
      '-s wrr -o',
      'LVS009',
    ],
    ['thresholds upside down', 'direct-routing', 'director.sh', '-w 3', '-w 3 -x 5 -y 9', 'LVS010'],
    ['dh in front of one address', 'direct-routing', 'director.sh', '-s wrr', '-s dh', 'LVS302'],
    ['no arp_ignore', 'direct-routing', 'server.sh', IGNORE, '', 'LVS121'],
    [
      'arp_ignore on lo alone',
      'direct-routing',
      'server.sh',
      'all/arp_ignore',
      'lo/arp_ignore',
      'LVS121',
    ],
    ['no arp_announce', 'direct-routing', 'server.sh', ANNOUNCE, '', 'LVS122'],
    ['a mask on lo', 'direct-routing', 'server.sh', '$VIP/32 dev lo', '$VIP/24 dev lo', 'LVS123'],
    ['the address on eth0', 'direct-routing', 'server.sh', 'dev lo', 'dev eth0', 'LVS124'],
    [
      'a strict filter on the tunnel',
      'tunneling',
      'server.sh',
      LOOSE,
      LOOSE.replace('0', '1'),
      'LVS125',
    ],
    [
      'a private end of a tunnel',
      'tunneling',
      'director.sh',
      '198.51.100.42',
      '192.168.7.42',
      'LVS107',
    ],
    ['a tunnel with another port', 'tunneling', 'director.sh', '$RIP2:80', '$RIP2:81', 'LVS101'],
  ])('%s', (_, setup, script, before, after, code) => {
    const { findings } = lint(mutated(setup, script, before, after));
    expect(findings.map((finding) => finding.code)).toContain(code);
  });
});
