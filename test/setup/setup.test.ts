import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { networkFiles, parseMark, systemdFiles, writeScript } from '../../src/setup/index.js';
import { EVERYTHING, hostNamed, hostsOf, OPTIONS } from './support.js';

const hosts = hostsOf(EVERYTHING);
const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;

/** The steps of a host as short texts. */
function stepsOf(name: string): string[] {
  return hostNamed(name).steps.map((step) => {
    if (step.kind === 'sysctl') return `${step.path}=${step.value}`;
    if (step.kind === 'address') return `${step.address} ${step.device}`;
    if (step.kind === 'tunnel') return `${step.device} ${step.type} ${step.guePort}`;
    return step.kind === 'gateway' ? `via ${step.address}` : step.kind;
  });
}

const QUIET = ['net/ipv4/conf/all/arp_ignore=1', 'net/ipv4/conf/all/arp_announce=2'];

describe('what a real server needs', () => {
  it('has a host for the director and each server that is not on it', () => {
    expect(hosts.map(({ name }) => name)).toEqual([
      'director',
      ...['10.0.0.11', '10.0.0.12', '10.0.0.13', '10.0.0.14', '10.0.0.15'],
      ...['fd00::11', 'fd00::12', 'fd00::13'],
    ]);
  });

  it.each([
    ['10.0.0.11', [...QUIET, '192.0.2.1/32 lo', '192.0.2.9/32 lo', '2001:db8::9/128 lo']],
    ['10.0.0.15', ['via 10.0.0.1']],
    ['fd00::11', ['2001:db8::1/128 lo']],
    ['fd00::12', ['ipvs-ip6tnl ip6tnl 0', '2001:db8::1/128 ipvs-ip6tnl']],
    ['fd00::13', ['via fd00::1']],
  ])('%s: %j', (name, steps) => {
    expect(stepsOf(name)).toEqual(steps);
  });

  it.each([
    ['10.0.0.12', ['ipvs-ipip ipip 0']],
    ['10.0.0.13', ['gue', 'ipvs-ipip ipip 6080']],
    ['10.0.0.14', ['ipvs-gre gre 0']],
  ])('%s ends its tunnel: %j', (name, tunnel) => {
    const device = tunnel.at(-1)?.split(' ')[0] ?? '';
    expect(stepsOf(name)).toEqual([
      ...QUIET,
      ...tunnel,
      'net/ipv4/conf/all/rp_filter=0',
      `net/ipv4/conf/${device}/rp_filter=0`,
      `192.0.2.1/32 ${device}`,
    ]);
  });
});

describe('a script', () => {
  const tables = hostNamed('director', { ...OPTIONS, firewall: 'iptables' });
  const scripts = [...hosts, tables].map((host) => writeScript(host, 'web.rules'));

  it.skipIf(!hasShellcheck)('passes shellcheck (Debian: shellcheck)', () => {
    for (const script of scripts) {
      const { stdout } = spawnSync('shellcheck', ['-'], { input: script, encoding: 'utf8' });
      expect(stdout).toBe('');
    }
  });

  it('has no word of a name of a file that a shell would run', () => {
    const script = writeScript(hostNamed('10.0.0.11'), 'a\n$(reboot)\n`reboot`');
    expect(script.split('\n').filter((line) => line.includes('reboot'))).toEqual([
      '# 10.0.0.11, for the rules in a?$(reboot)?`reboot`. Written by ipvs setup.',
    ]);
  });

  it('undoes in the opposite order', () => {
    const [, start = '', stop = ''] = /^start\(\) \{(.*?)^\}.*^stop\(\) \{(.*?)^\}/ms.exec(
      writeScript(hostNamed('10.0.0.13'), 'web.rules'),
    ) ?? ['', ''];
    const steps = (text: string): string[] =>
      [...text.matchAll(/ (\d+-[a-z]+)\b/g)].map((each) => each[1]);
    expect(steps(stop)).toEqual(steps(start).toReversed());
    expect(steps(start).length).toBe(7);
  });
});

describe('what rules do not say is asked for', () => {
  it.each([
    ['a gateway', { marks: OPTIONS.marks ?? [] }, 'need the director'],
    ['a mark', { gateways: OPTIONS.gateways ?? [] }, 'which packets get mark 7'],
    ['a device', { ...OPTIONS, device: 'eth0; reboot' }, 'no name of a device'],
    [
      'a sysctl',
      { ...OPTIONS, sysctls: { 'net.ipv4.vs.conntrack': '$(reboot)' } },
      'expected a sysctl',
    ],
    ['its name', { ...OPTIONS, sysctls: { '../../etc/passwd': '1' } }, 'expected a sysctl'],
  ])('%s', (_, options, message) => {
    expect(() => hostsOf(EVERYTHING, options)).toThrow(message);
  });

  it.each(['7', '7=tcp:192.0.2.1', '7=icmp:192.0.2.1:80', '7=tcp:192.0.2.1:0', '7=tcp:host:80'])(
    'a mark is not %s',
    (text) => {
      expect(() => parseMark(text)).toThrow('Cannot read a mark');
    },
  );
});

describe('files for the system', () => {
  it('are a script and its unit', () => {
    const files = systemdFiles(hostNamed('10.0.0.11'), 'web.rules');
    expect(files.map(({ path, isProgram }) => [path, isProgram])).toEqual([
      ['usr/local/sbin/ipvs-setup', true],
      ['etc/systemd/system/ipvs-setup.service', false],
    ]);
  });

  it('are those of sysctl.d and networkd', () => {
    const files = networkFiles(hostNamed('10.0.0.13')).map(({ path, text }) => `${path}\n${text}`);
    expect(files).toEqual([
      'etc/sysctl.d/50-ipvs.conf\nnet/ipv4/conf/all/arp_ignore = 1\nnet/ipv4/conf/all/arp_announce = 2\nnet/ipv4/conf/all/rp_filter = 0\nnet/ipv4/conf/ipvs-ipip/rp_filter = 0\n',
      'etc/systemd/network/40-ipvs-gue-6080.netdev\n[NetDev]\nName=ipvs-gue-6080\nKind=fou\n\n[FooOverUDP]\nEncapsulation=GenericUDPEncapsulation\nPort=6080\n',
      'etc/systemd/network/40-ipvs-ipip.netdev\n[NetDev]\nName=ipvs-ipip\nKind=ipip\n\n[Tunnel]\nIndependent=yes\nLocal=10.0.0.13\nFooOverUDP=yes\nFOUDestinationPort=6080\nEncapsulation=GenericUDPEncapsulation\n',
      'etc/systemd/network/40-ipvs-ipip.network\n[Match]\nName=ipvs-ipip\n\n[Network]\nAddress=192.0.2.1/32\n',
    ]);
  });

  it('are the marks and rules of the director', () => {
    const files = networkFiles(hostNamed('director'));
    expect(files.map(({ path }) => path)).toEqual([
      'etc/sysctl.d/50-ipvs.conf',
      'etc/systemd/network/40-ipvs-eth0.network',
      'etc/nftables.d/ipvs.nft',
      'etc/ipvsadm.rules',
    ]);
    expect(files[2].text).toContain('ip daddr 192.0.2.9 tcp dport { 80, 443 } meta mark set 7\n');
    expect(files[3].text).toContain('-a -f 7 -r 10.0.0.11:0 -g -w 1 -x 5\n');
  });
});
