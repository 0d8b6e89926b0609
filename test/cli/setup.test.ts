import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ipvs, temporaryFolder } from './support.js';

const file = temporaryFolder();
const folder = mkdtempSync(join(tmpdir(), 'ipvs-setup-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

const rules = file(
  'web.rules',
  '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.11:80 -g\n-a -t 192.0.2.1:80 -r 10.0.0.12:80 -g\n',
);
const nat = file('nat.rules', '-A -t 192.0.2.1:80 -s rr\n-a -t 192.0.2.1:80 -r 10.0.0.11:80 -m\n');

describe('ipvs setup', () => {
  it('lists the hosts', async () => {
    const { code, out } = await ipvs(['setup', rules]);
    expect([code, out]).toEqual([0, 'director: 2 steps\n10.0.0.11: 3 steps\n10.0.0.12: 3 steps\n']);
  });

  it('writes the script of a host to standard output', async () => {
    const { code, out } = await ipvs(['setup', rules, '--host', '10.0.0.11']);
    expect(code).toBe(0);
    expect(out).toMatch(/^#!\/bin\/sh\n# 10\.0\.0\.11, for the rules in/);
  });

  it('writes all files below a folder, programs as such', async () => {
    const { out } = await ipvs(['setup', rules, '--format', 'systemd', '--output', folder]);
    const path = join(folder, '10.0.0.12/usr/local/sbin/ipvs-setup');
    expect(out.split('\n')).toContain(path);
    expect(statSync(path).mode & 0o111).toBe(0o111);
    const unit = readFileSync(
      join(folder, 'director/etc/systemd/system/ipvs-setup.service'),
      'utf8',
    );
    expect(unit).toContain('ExecStop=/usr/local/sbin/ipvs-setup stop\n');
  });

  it('takes what rules do not say as options', async () => {
    const marked = file('mark.rules', '-A -f 1 -s rr\n-a -f 1 -r 10.0.0.11 -g\n');
    const words = [
      '--mark',
      '1=tcp:192.0.2.1:80,443',
      '--device',
      'bond0',
      '--firewall',
      'iptables',
    ];
    const sysctl = ['--sysctl', 'net.ipv4.vs.conntrack=0; net.ipv4.vs.expire_nodest_conn=1'];
    const { out } = await ipvs(['setup', marked, '--host', 'director', ...words, ...sysctl]);
    expect(out).toContain('add_address 3-address 192.0.2.1/32 bond0\n');
    expect(out).toContain(
      'iptables -d 192.0.2.1 -p tcp -m multiport --dports 80,443 -j MARK --set-mark 1\n',
    );
    expect(out).toContain('set_value 2-sysctl net/ipv4/vs/expire_nodest_conn 1\n');
    const served = await ipvs(['setup', nat, '--host', '10.0.0.11', '--gateway', '10.0.0.1']);
    expect(served.out).toContain('set_gateway 1-gateway -4 10.0.0.1\n');
  });

  it.each([
    [['setup'], 'expected one file of rules'],
    [['setup', nat], 'need the director'],
    [['setup', nat, '--gateway', 'router'], 'expected'],
    [['setup', rules, '--host', '10.0.0.99'], '--host: expected director, 10.0.0.11, 10.0.0.12'],
    [['setup', rules, '--format', 'ansible'], '--format: expected sh or systemd or files'],
    [['setup', rules, '--mark', 'all'], 'Cannot read a mark'],
    [['setup', rules, '--device', 'eth0;reboot'], 'no name of a device'],
    [['setup', file('none.rules', '# nothing\n')], 'no service'],
    [['setup', rules, '--output', join(rules, 'below')], 'cannot be written'],
  ])('%j is refused with 2', async (argv, message) => {
    const { code, err } = await ipvs(argv);
    expect(err).toContain(message);
    expect(code).toBe(2);
  });
});
