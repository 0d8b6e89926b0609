/**
 * Direct routing and tunnels: client, director and servers on one link, by one interface of the director.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LabKind } from '../../src/run/lab/lab-network.js';
import { Stage, until, whatIsMissing } from './support/stage.js';

const missing = whatIsMissing('curl');
const ZEROS = '20492a4d0d84f8beb1767f6616229f85d44c2827b64bdbfb260ee12fa1109e0e';

describe.skipIf(missing !== '').each<[LabKind, string]>([
  ['dr', 'direct routing'],
  ['tun', 'tunnels'],
])(`%s on real interfaces (needs root and tools; ${missing})`, (kind) => {
  const stage = new Stage(kind);
  const { virtual4, virtual6 } = stage.lab;

  beforeAll(async () => {
    await stage.up();
    stage.hideFromArp();
    await stage.start();
  }, 120_000);
  afterAll(async () => {
    await stage.stop();
    stage.down();
  }, 60_000);

  it.each([virtual4, `[${virtual6}]`])('gives each server its turn, at %s', async (address) => {
    const answers = stage.answers(4, `http://${address}/`);
    expect(new Set(answers)).toEqual(new Set(['s1', 's2']));
    expect(answers[0]).toBe(answers[2]);
  });

  it.each([virtual4, `[${virtual6}]`])(
    'carries 100 MB without a wrong byte, at %s',
    async (address) => {
      const upload = `head -c 104857600 /dev/zero | curl -s -m 60 -X PUT -T - 'http://${address}/'`;
      expect(stage.client(upload)).toBe(ZEROS);
    },
  );

  it('sees requests alone: servers answer by themselves', async () => {
    let packetsOut: string | undefined;
    // What is shown is as of the last estimation, every other second.
    await until(async () => {
      const { text } = await stage.ctl('-L -n --stats');
      const [, , packetsIn, ...rest] = /TCP .*?:80 +(\d+) +(\d+) +(\d+)/.exec(text) ?? [];
      [packetsOut] = rest;
      return Number(packetsIn) > 10;
    });
    expect(packetsOut).toBe('0');
  });

  it.runIf(kind === 'dr')('lets the kernel forward a long upload', async () => {
    await until(async () => {
      const upload = `head -c 104857600 /dev/zero | curl -s -m 60 -X PUT -T - 'http://${virtual4}/'`;
      expect(stage.client(upload)).toBe(ZEROS);
      return ((await stage.status()).carried?.connections ?? 0) > 0;
    });
  });

  it.runIf(kind === 'dr')('takes a new server of direct routing while it runs', async () => {
    const service = `-t ${virtual4}:80`;
    await stage.ctl(`-d ${service} -r ${stage.lab.serverAddress('s1')}`);
    expect(new Set(stage.answers(2))).toEqual(new Set(['s2']));
    await stage.ctl(`-a ${service} -r ${stage.lab.serverAddress('s1')} -g`);
    expect(new Set(stage.answers(2))).toEqual(new Set(['s1', 's2']));
  });

  it.runIf(kind === 'tun')('tells clients how long packets may be', async () => {
    expect(stage.client(`ip route get ${virtual4}`)).toContain('mtu 1480');
    expect(stage.client(`ip route get ${virtual6}`)).toContain('mtu 1460');
  });
});
