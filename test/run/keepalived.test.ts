/**
 * Two directors beside keepalived: VRRP moves the virtual address, and connections go on at the other one.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stage, until, whatIsMissing } from './support/stage.js';

const missing = whatIsMissing('curl', 'keepalived');
const SYNC = '--mcast-interface front --syncid 7';
const MEBIBYTES = 24;

describe.skipIf(missing !== '')(
  `directors beside keepalived (needs root and tools; ${missing})`,
  () => {
    const first = new Stage('dr');
    const { lab } = first;
    const { virtual4 } = lab;
    let second: Stage;

    /** Starts keepalived on the host of a director. */
    function keepalived(stage: Stage, priority: number): void {
      const file = join(stage.runFolder, 'keepalived.conf');
      writeFileSync(
        file,
        `vrrp_instance web {
          state BACKUP
          interface front
          virtual_router_id 51
          priority ${priority}
          advert_int 0.2
          version 3
          virtual_ipaddress {
            ${virtual4}/32
          }
        }\n`,
      );
      const pids = `-p ${stage.runFolder}/keepalived.pid -r ${stage.runFolder}/vrrp.pid`;
      stage.onHost(`keepalived -P -f ${file} ${pids}`);
    }

    function ended(stage: Stage): string {
      return `kill $(cat ${stage.runFolder}/keepalived.pid) $(cat ${stage.runFolder}/vrrp.pid)`;
    }

    function isOwner(stage: Stage): boolean {
      return stage.onHost('ip -o addr show dev front').includes(` ${virtual4}/32 `);
    }

    beforeAll(async () => {
      await first.up();
      second = first.beside();
      first.hideFromArp();
      const daemons = ['master', 'backup'].map((role) => `--start-daemon ${role} ${SYNC}`);
      const rules = [lab.rules(), ...daemons].join('\n');
      for (const stage of [first, second]) await stage.start('--no-addresses', rules);
      keepalived(first, 150);
      keepalived(second, 100);
    }, 120_000);
    afterAll(async () => {
      for (const stage of [first, second]) stage.onHost(ended(stage));
      await Promise.all([first.stop(), second.stop()]);
      second.run('run --undo');
      first.down();
    }, 60_000);

    it('serve where the address is, and keep connections when it moves', async () => {
      await until(() => isOwner(first) && !isOwner(second));
      await until(() => !first.answers(1).includes('none'));
      const bytes = MEBIBYTES << 20;
      const upload = `head -c ${bytes} /dev/zero | curl -s -m 60 --limit-rate 3M -w ' %{http_code}' -X PUT -T - 'http://${virtual4}/'`;
      const client = lab.start('c1', ['sh', '-c', upload]);
      const said = new Promise<string>((resolve) => {
        let text = '';
        client.stdout?.on('data', (data: Buffer) => (text += data.toString()));
        client.once('close', () => resolve(text.trim()));
      });
      await until(async () => {
        const { text } = await second.ctl('-L -n -c');
        return text.includes('ESTABLISHED');
      });
      const before = (await second.status()).frames.sent;
      first.onHost(ended(first));
      await until(() => isOwner(second) && !isOwner(first));
      expect(await said).toMatch(/ 200$/);
      expect((await second.status()).frames.sent).toBeGreaterThan(before);
      expect(new Set(second.answers(4))).toEqual(new Set(['s1', 's2']));
    });
  },
);
