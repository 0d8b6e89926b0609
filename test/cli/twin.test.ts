import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ipvs } from './support.js';

const folder = mkdtempSync(join(tmpdir(), 'ipvs-twin-'));
afterAll(() => rmSync(folder, { recursive: true }));

const files = {
  services: `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
TCP  192.0.2.1:80 wrr persistent 300
  -> 10.0.0.2:80                  Masq    2      0          0         
  -> 10.0.0.1:80                  Masq    1      1          1         
`,
  thresholds: `Prot LocalAddress:Port            Uthreshold Lthreshold ActiveConn InActConn 
  -> RemoteAddress:Port
TCP  192.0.2.1:80 wrr persistent 300
  -> 10.0.0.2:80                  100        50         0          0         
  -> 10.0.0.1:80                  0          0          1          1         
`,
  connections: `IPVS connection entries
pro expire state       source             virtual            destination
TCP 14:58  ESTABLISHED 198.51.100.1:4000  192.0.2.1:80       10.0.0.1:80
TCP 00:07  CLOSE       198.51.100.1:4001  192.0.2.1:80       10.0.0.1:80
TCP 04:50  ASSURED     198.51.100.1:0     192.0.2.1:80       10.0.0.1:80
`,
  sysctls: 'net.ipv4.vs.expire_quiescent_template = 0\n',
  kernel: '# uname -rv: 6.1.0-28-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1\n',
};
const state = join(folder, 'state');
mkdirSync(state);
for (const [name, text] of Object.entries(files)) writeFileSync(join(state, name), text);

describe('ipvs twin', () => {
  test('shows what was taken home', async () => {
    const { out, err, code } = await ipvs(['twin', state]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain(
      '  -> 10.0.0.1:80                  Masq    1      1          1         \n',
    );
    expect(out).toContain('\n2 connections, 1 template\n');
  });

  test('says when a drained server is empty', async () => {
    const { out } = await ipvs(['twin', state, '--drain', '10.0.0.1']);
    expect(out).toContain('10.0.0.1:80 of TCP  192.0.2.1:80: 1 active, 1 inactive, 1 template\n');
    expect(out).toContain(
      'half of the connections are gone after 00:07, the last one after 14:58\n',
    );
    expect(out).toContain('still get this server');
  });

  test('says who breaks when a server dies', async () => {
    const { out } = await ipvs(['twin', state, '--fail', '10.0.0.1:80']);
    expect(out).toContain('1 active connection breaks, 1 is closing or has no state');
    expect(out).toContain('1 client: 198.51.100.1\n');
  });

  test('answers in JSON', async () => {
    const { out } = await ipvs(['twin', state, '--drain', '10.0.0.1', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      format: 'ipvs-departure/1',
      departures: [
        { server: '10.0.0.1:80', clients: ['198.51.100.1'], connectionsGoneSeconds: 898 },
      ],
    });
  });

  test('prints the collecting script', async () => {
    const { out } = await ipvs(['twin', '--script']);
    expect(out).toMatch(/^#!\/bin\/sh\n/);
  });

  test('refuses a server that it does not have, and a folder that is none', async () => {
    expect((await ipvs(['twin', state, '--drain', '10.0.0.9'])).err).toContain(
      "expected a server of the twin (10.0.0.2:80, 10.0.0.1:80), got '10.0.0.9'",
    );
    expect((await ipvs(['twin', folder])).err).toContain("none that 'ipvs twin --script' wrote");
  });
});

describe('the folder of a twin', () => {
  test('is a file of rules for other commands', async () => {
    const { out } = await ipvs(['admin', state, '--', '-S -n']);
    expect(out).toContain('-a -t 192.0.2.1:80 -r 10.0.0.2:80 -m -w 2 -x 100 -y 50\n');
    const simulated = await ipvs(['simulate', state, '--connections', '50']);
    expect([simulated.code, simulated.err]).toEqual([0, '']);
  });
});
