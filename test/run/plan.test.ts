/**
 * Plans are data: what they would do is looked at without a machine to do it on.
 */
import { describe, expect, it } from 'vitest';
import { IpAddress } from 'ipvs';
import { Director } from 'ipvs/director';
import { describeRun, runDirector } from 'ipvs/run';
import { takesMergedDatagrams } from '../../src/run/machine.js';
import { planNetwork, type NetworkSettings } from '../../src/run/network-plan.js';
import { scriptOf, step, undoOf } from '../../src/run/step.js';
import { parseCheck } from '../../src/run/supervisor/check-settings.js';

const VIRTUAL = IpAddress.parse('192.0.2.1');

const settings: NetworkSettings = {
  clientInterface: 'eth0',
  serverInterface: 'eth1',
  virtualAddresses: [VIRTUAL],
  presentAddresses: [],
  gateways: [],
  marks: [],
  mtu: 'super',
  datagramMergers: [],
  hasMarks: true,
  hasKernelPath: false,
  masquerade: false,
  present: { 'net/ipv4/ip_forward': '0', 'net/ipv4/conf/all/rp_filter': '0' },
};

function linesOf(change: Partial<NetworkSettings> = {}): string[] {
  return scriptOf(planNetwork({ ...settings, ...change })).split('\n');
}

function undoLinesOf(change: Partial<NetworkSettings> = {}): string[] {
  return undoOf(planNetwork({ ...settings, ...change })).map((words) => words.join(' '));
}

describe('a plan', () => {
  it('quotes words for a shell', () => {
    expect(scriptOf([{ run: ['sh', '-c', "echo 'a b'"] }])).toBe("sh -c 'echo '\\''a b'\\'''\n");
  });

  it('is taken back in the opposite order', () => {
    const steps = [step('a 1', 'b 1'), step('a 2'), step('a 3', 'b 3')];
    expect(undoOf(steps)).toEqual([
      ['b', '3'],
      ['b', '1'],
    ]);
  });
});

describe('the plan of a network', () => {
  it('leads the packets of both interfaces to a virtual address into the device', () => {
    const rules = linesOf().filter((line) => line.includes('lookup 20000'));
    expect(rules.filter((line) => line.includes('iif eth0'))).toHaveLength(4);
    expect(rules.filter((line) => line.includes('iif eth1'))).toHaveLength(4);
  });

  it('drops what is for the director while there is no device, instead of giving it to the host', () => {
    const lines = linesOf();
    for (const [prefix, table] of [
      [`${VIRTUAL}/32`, 20_000],
      ['default', 20_001],
    ]) {
      const dropped = `ip -4 route replace blackhole ${prefix} table ${table} metric 20000`;
      expect(lines).toContain(dropped);
      expect(lines).toContain(`ip -4 route replace ${prefix} dev lvs0 table ${table}`);
      expect(undoLinesOf()).toContain(dropped.replace('replace', 'del'));
    }
  });

  it('gives its addresses back before the rules that keep packets for them from the host', () => {
    const undo = undoLinesOf();
    const address = undo.findIndex((line) => line.startsWith('ip addr del'));
    const rule = undo.findIndex((line) => line.startsWith('ip -4 rule del'));
    const forwarding = undo.findIndex((line) => line.includes('net/ipv4/ip_forward'));
    expect(address).toBeGreaterThan(-1);
    expect(forwarding).toBeGreaterThan(-1);
    expect(Math.max(address, forwarding)).toBeLessThan(rule);
  });

  it('has one set of rules for a director with one arm', () => {
    const rules = linesOf({ serverInterface: 'eth0' }).filter((line) => line.includes('20000'));
    expect(new Set(rules).size).toBe(rules.length);
  });

  it('never leaves the machine without the rule for local addresses', () => {
    const lines = linesOf();
    const added = lines.findIndex((line) => line === 'ip -4 rule add pref 50 lookup local');
    const removed = lines.findIndex((line) => line === 'ip -4 rule del pref 0 lookup local');
    expect(added).toBeGreaterThan(-1);
    expect(removed).toBeGreaterThan(added);
    const undo = undoLinesOf();
    const added0 = undo.findIndex((line) => line.endsWith('|| ip -4 rule add pref 0 lookup local'));
    expect(added0).toBeGreaterThan(-1);
    expect(added0).toBeLessThan(undo.indexOf('ip -4 rule del pref 50 lookup local'));
  });

  it('leaves an address alone that the machine has already', () => {
    const withAddress = linesOf().filter((line) => line.startsWith('ip addr add 192.0.2.1'));
    const without = linesOf({ presentAddresses: [VIRTUAL] });
    expect(withAddress).toHaveLength(1);
    expect(without.filter((line) => line.startsWith('ip addr add 192.0.2.1'))).toEqual([]);
  });

  it('takes back a setting only where it was another one', () => {
    const undo = undoLinesOf().filter((line) => line.includes('/proc/sys'));
    expect(undo).toEqual(['sh -c echo 0 > /proc/sys/net/ipv4/ip_forward']);
  });

  it('writes no setting that has its value already', () => {
    const lines = linesOf().filter((line) => line.includes('/conf/all/rp_filter'));
    expect(lines).toEqual([]);
  });

  it('turns IPv6 forwarding on only for services of IPv6', () => {
    const asksForIpv6 = (lines: string[]): boolean => lines.some((line) => line.includes('ipv6'));
    expect(asksForIpv6(linesOf())).toBe(false);
    expect(asksForIpv6(linesOf({ virtualAddresses: [IpAddress.parse('2001:db8::1')] }))).toBe(true);
  });

  it('leads each server of direct routing by a mark of its own', () => {
    const gateways = ['10.0.0.1', '10.0.0.2'].map((each) => IpAddress.parse(each));
    const lines = linesOf({ gateways });
    expect(lines).toContain('ip -4 route replace default via 10.0.0.2 dev eth1 table 20101 onlink');
    expect(lines).toContain('ip -4 rule add pref 10 fwmark 1229979649 lookup 20101');
  });

  it('routes what the kernel has rewritten by the routes of the host, before servers are looked at', () => {
    const lines = linesOf({ hasKernelPath: true });
    expect(lines).toContain('ip -4 rule add pref 9999 fwmark 1230045184 goto 10001');
    expect(lines).toContain('ip -4 rule add pref 10001 nop');
    expect(undoLinesOf({ hasKernelPath: true })).toContain('nft delete table inet ipvs_path');
    expect(linesOf().join()).not.toContain('ipvs_path');
  });

  it('lets interfaces merge datagrams, and ends that', () => {
    const command = 'ethtool -K eth0 rx-udp-gro-forwarding';
    expect(linesOf({ datagramMergers: ['eth0'] })).toContain(`${command} on`);
    expect(undoLinesOf({ datagramMergers: ['eth0'] })).toContain(`${command} off`);
  });

  it('carries the marks of services in the link header', () => {
    const script = linesOf({ marks: [{ family: 4, mark: 258 }] }).join('\n');
    expect(script).toContain('elements = { 258 : 02:00:00:00:01:02 }');
    expect(script).toContain('ip -4 rule add pref 20 iif eth1 fwmark 258 lookup 20001');
  });
});

describe('a machine', () => {
  it.each([
    ['6.2.0', true],
    ['6.18.44-generic', true],
    ['7.0', true],
    ['6.1.0-18-amd64', false],
    ['5.15.0', false],
  ])('merges datagrams from Linux 6.2 on: %s', (version, expected) => {
    expect(takesMergedDatagrams(version)).toBe(expected);
  });
});

describe('a run', () => {
  it('keeps datagrams apart where a service looks at each of them', () => {
    const each = new Director();
    each.execute('-A -u 192.0.2.1:5060 -s rr -o');
    expect(describeRun({ rules: each })).toContain('ioctl-int=0x400454d0:7 ');
  });

  const rules = new Director();
  rules.execute('-A -t 192.0.2.1:80 -s rr');
  rules.execute('-a -t 192.0.2.1:80 -r 10.0.0.1:8080 -i');

  it('leaves packets as long as they were when there is a tunnel', () => {
    const script = describeRun({ rules });
    expect(script).toContain('mtu 1500 txqueuelen');
    expect(script).toContain('ioctl-int=0x400454d0:0 ');
  });

  it('takes packets that the kernel has merged when there is none', () => {
    const plain = new Director();
    plain.execute('-A -t 192.0.2.1:80 -s rr');
    const script = describeRun({ rules: plain });
    expect(script).toContain('mtu 65521 txqueuelen');
    expect(script).toContain(`ioctl-int=0x400454d0:${takesMergedDatagrams() ? 0x67 : 7} `);
  });

  it.each([
    [{ rules, name: 'No Name' }, 'expected a name of'],
    [{ rules, serverInterface: 'eth1' }, 'needs one toward the clients'],
    [{ rules, clientInterface: 'a b' }, 'expected the name of an interface'],
    [{ rules, clientInterface: 'nosuch0' }, 'there is no interface nosuch0'],
    [{ rules, sorryServer: '10.0.0.9:80' }, 'needs a check'],
    [
      { rules, check: 'tcp', sorryServer: '10.0.0.9' },
      "sorry server: Invalid server: expected '10.0",
    ],
    [{ rules, metrics: '70000' }, "the port 1–65535, got '70000'"],
    [{ rules, metrics: 'localhost' }, 'expected [ADDRESS:]PORT for metrics'],
    [{ rules, metrics: '' }, 'expected [ADDRESS:]PORT for metrics'],
  ])('refuses what makes no sense: %#', (options, message) => {
    expect(() => describeRun(options)).toThrow(message);
  });

  it.each(['9100', ':9100', '127.0.0.1:9100', '[::1]:9100', 'localhost:9100'])(
    'takes metrics on %s',
    (metrics) => {
      expect(describeRun({ rules, metrics })).toContain('lvs0');
    },
  );

  it('refuses an unknown option', () => {
    const options = { rules, clientIf: 'eth0' } as never;
    expect(() => runDirector(options)).toThrow(TypeError);
  });
});

describe('a check', () => {
  it.each([
    ['tcp', { kind: 'tcp', intervalMs: 5000 }],
    ['tcp:2s', { kind: 'tcp', intervalMs: 2000 }],
    ['http:/health:500ms', { kind: 'http', path: '/health', intervalMs: 500 }],
    ['ping:3', { kind: 'ping', intervalMs: 3000 }],
  ])('%s is understood', (text, expected) => {
    expect(parseCheck(text)).toEqual(expected);
  });

  it.each(['', 'udp', 'http', 'tcp:/path', 'tcp:1ms', 'tcp:2h'])('%s is refused', (text) => {
    expect(() => parseCheck(text)).toThrow('expected');
  });
});
