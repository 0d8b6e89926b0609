/**
 * Two directors on one link: what the master announces, the backup has, and goes on with when the master is gone.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stage, until, whatIsMissing } from './support/stage.js';

const missing = whatIsMissing('curl');
const UPLOAD_BYTES = 24_000_000;
const SYNC = '--mcast-interface front --syncid 7';
const GROUP = 'group=224.0.0.81, port=8848, ttl=1';

describe.skipIf(missing !== '')(`two directors (needs root and tools; ${missing})`, () => {
  const master = new Stage('dr');
  const { lab } = master;
  const { virtual4, virtual6 } = lab;
  let backup: Stage;

  /** The virtual address as VRRP would move it: with a gratuitous ARP. */
  function own(stage: Stage): void {
    const [mac] = /(?:[\da-f]{2}:){5}[\da-f]{2}/.exec(
      stage.onHost('cat /sys/class/net/front/address'),
    ) ?? [''];
    const link = mac.split(':').map((each) => parseInt(each, 16));
    const address = virtual4.split('.').map(Number);
    const frame = [
      ...[...Array.from({ length: 6 }, () => 0xff), ...link, 0x08, 0x06],
      ...[0, 1, 0x08, 0, 6, 4, 0, 1, ...link, ...address, 0, 0, 0, 0, 0, 0, ...address],
    ];
    const octal = frame.map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
    stage.onHost(`ip addr add ${virtual4}/32 dev front
      ip addr add ${virtual6}/128 dev front nodad
      printf '${octal}' | socat -u - INTERFACE:front`);
  }

  /** A slow upload by the virtual address; the server answers with its hash. */
  function upload(): Promise<string> {
    const once = `head -c ${UPLOAD_BYTES} /dev/zero | curl -s -m 60 --limit-rate 2M -X PUT -T - 'http://${virtual4}/'`;
    const child = lab.start('c1', ['sh', '-c', once]);
    let text = '';
    child.stdout?.on('data', (data: Buffer) => (text += data.toString()));
    return new Promise((resolve) => child.once('close', () => resolve(text.trim())));
  }

  /** The established connections that a director lists. */
  async function established(stage: Stage): Promise<string[]> {
    const { text } = await stage.ctl('-L -n -c');
    const lines = text.split('\n').filter((line) => line.includes('ESTABLISHED'));
    return lines.map((line) => line.trim().split(/ +/).slice(2).join(' '));
  }

  beforeAll(async () => {
    await master.up();
    backup = master.beside();
    master.hideFromArp();
    await master.start('--no-addresses', `${lab.rules()}\n--start-daemon master ${SYNC}`);
    await backup.start('--no-addresses');
    own(master);
  }, 120_000);
  afterAll(async () => {
    await Promise.all([master.stop(), backup.stop()]);
    backup.run('run --undo');
    master.down();
  }, 60_000);

  it('start and stop daemons by a file or on request, and list them', async () => {
    expect((await backup.ctl('--start-daemon backup --mcast-interface gone')).text).toBe(
      'No such device',
    );
    expect((await backup.ctl(`--start-daemon backup ${SYNC}`)).exitStatus).toBe(0);
    expect((await backup.ctl(`--start-daemon backup ${SYNC}`)).text).toBe('Daemon has already run');
    const values = `mcast=front, syncid=7, maxlen=1472, ${GROUP}`;
    expect((await master.ctl('-L --daemon')).text).toBe(`master sync daemon (${values})\n`);
    expect((await backup.ctl('-L --daemon')).text).toBe(`backup sync daemon (${values})\n`);
    expect((await backup.ctl('--stop-daemon backup')).exitStatus).toBe(0);
    expect((await backup.ctl('-L --daemon')).text).toBe('');
    expect((await backup.ctl('--stop-daemon backup')).text).toBe('No daemon is running');
    const other = lab.rules();
    expect(backup.reload(`${other}\n--start-daemon backup ${SYNC}`).out).toMatch(
      /^--start-daemon backup --mcast-interface front --syncid 7 /,
    );
    // A file without daemons leaves them as they are.
    expect(backup.reload(other).out).toBe('');
    expect((await backup.ctl('-L --daemon')).text).toBe(`backup sync daemon (${values})\n`);
  });

  it('share connections, counted, also when their engines end', async () => {
    for (const stage of [master, backup]) {
      const { enginePid, engineRestarts } = await stage.status();
      process.kill(enginePid, 'SIGKILL');
      await until(async () => (await stage.status()).engineRestarts > engineRestarts);
    }
    const hash = upload();
    await until(async () => (await established(backup)).length > 0);
    expect(await established(master)).toEqual(await established(backup));
    const { sync } = await backup.status();
    expect(sync?.received?.added).toBeGreaterThan(0);
    expect((await master.status()).syncNetwork).toMatchObject({ dropped: 0, failed: 0 });
    expect(backup.run('ctl metrics').out).toMatch(/\nipvs_sync_received_messages_total [1-9]\d*\n/);
    // What was received is in the journal.
    process.kill((await backup.status()).enginePid, 'SIGKILL');
    await until(async () => (await established(backup)).length > 0);
    expect(await hash).toBe(zerosHash());
  });

  it('hear each other again when their link was deleted and made again', async () => {
    const link = `ip -n ${lab.namespace('director')} link add sync0 type veth peer name sync0 netns ${lab.namespace('other')}`;
    const make = (): void => {
      spawnSync('sh', ['-c', link]);
      for (const [stage, address] of [
        [master, '10.9.9.1'],
        [backup, '10.9.9.2'],
      ] as const) {
        stage.onHost(`ip addr add ${address}/24 dev sync0
          ip link set dev sync0 up`);
      }
    };
    const through = async (device: string): Promise<void> => {
      for (const [stage, role] of [
        [master, 'master'],
        [backup, 'backup'],
      ] as const) {
        await stage.ctl(`--stop-daemon ${role}`);
        await stage.ctl(`--start-daemon ${role} --mcast-interface ${device} --syncid 7`);
      }
    };
    const received = async (): Promise<number> =>
      (await backup.status()).sync?.received?.messages ?? 0;
    const isHeard = async (): Promise<void> => {
      const before = await received();
      await until(async () => {
        master.answers(3);
        return (await received()) > before;
      });
    };
    make();
    await through('sync0');
    await isHeard();
    master.onHost('ip link del dev sync0');
    make();
    await isHeard();
    expect(backup.logged).toContain('sync-interface-changed');
    await through('front');
  });

  it('go on with a connection when the master is gone', async () => {
    // The end of the connection before is announced, too.
    await until(async () => (await established(backup)).length === 0);
    const hash = upload();
    await until(async () => (await established(backup)).length > 0);
    master.onHost('ip link set dev front down');
    await master.stop('SIGKILL');
    own(backup);
    expect(await hash).toBe(zerosHash());
    const { servers, frames } = await backup.status();
    expect(frames.sent).toBeGreaterThan(0);
    // It came from the master: here it was never opened.
    expect(servers.map(({ opened }) => opened)).toEqual(servers.map(() => 0));
  });
});

function zerosHash(): string {
  return createHash('sha256').update(Buffer.alloc(UPLOAD_BYTES)).digest('hex');
}
