/**
 * What may happen to a director that runs: many clients, changes without end, a full disk, a device that is deleted.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Stage, until, whatIsMissing } from './support/stage.js';

const missing = whatIsMissing('curl', 'ab', 'mount');
const MANY = 10_000;
const CHANGES = 100;
const PAYLOAD_MIB = 50;
const NUMBERS = Array.from({ length: 4 }, () => '65534').join('\t');
const NO_RIGHTS = [NUMBERS, NUMBERS, '', '0'.repeat(16), '0'.repeat(16)];

/** Opens connections, and says `open`; has each answered at SIGUSR2, and says `answered`. */
const OPENER = `
  const { connect } = require('node:net');
  const [, address, port, count] = process.argv;
  const sockets = [];
  let [open, answered, failed] = [0, 0, 0];
  const ended = () => answered + failed === Number(count) && (console.log('answered', answered), process.exit(0));
  const ask = () => sockets.forEach((each) => each.write('GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n'));
  const begin = () => {
    if (sockets.length === Number(count)) return;
    const socket = connect(Number(port), address);
    sockets.push(socket);
    socket.once('connect', () => (begin(), ++open === Number(count) && console.log('open')));
    socket.once('data', () => (answered++, ended()));
    socket.once('error', () => (failed++, begin(), ended()));
  };
  for (let i = 0; i < 100; i++) begin();
  process.once('SIGUSR2', ask);`;

/** What a server sends for `/bytes/N`, as a hash. */
function expectedHash(mebibytes: number): string {
  const block = Uint8Array.from({ length: 1 << 20 }, (_, index) => (index * 40503) >>> 7);
  const sum = createHash('sha256');
  for (let i = 0; i < mebibytes; i++) sum.update(block);
  return sum.digest('hex');
}

describe.skipIf(missing !== '')(
  `hardships of a director (needs root and tools; ${missing})`,
  () => {
    const stage = new Stage('nat');
    const { lab } = stage;
    const { virtual4, virtual6 } = lab;
    const urls = [`http://${virtual4}`, `http://[${virtual6}]`];

    /** Starts a download; what comes of it is its hash. */
    function download(url: string): Promise<string> {
      const limited = `curl -s -m 60 --limit-rate 40M '${url}/bytes/${PAYLOAD_MIB}' | sha256sum`;
      const { stdout } = lab.start('c1', ['sh', '-c', limited]);
      return new Promise((resolve) => {
        stdout?.once('data', (data: Buffer) => resolve(data.toString().split(' ')[0]));
      });
    }

    /** Whether a download is under way. */
    async function isLoading(): Promise<boolean> {
      const { servers } = await stage.status();
      return servers.some(({ bytesOut }) => bytesOut > 1 << 20);
    }

    beforeAll(async () => stage.up(), 120_000);
    afterAll(() => stage.down());

    describe('while it runs', () => {
      beforeAll(async () => stage.start(), 60_000);
      afterAll(async () => stage.stop(), 60_000);

      it('reads packets as a user without rights, also after an engine was killed', async () => {
        const { enginePid } = await stage.status();
        expect(rightsOf(enginePid)).toEqual(NO_RIGHTS);
        process.kill(enginePid, 'SIGKILL');
        await until(async () => (await stage.status()).engineRestarts === 1);
        const { enginePid: next } = await stage.status();
        expect(next).not.toBe(enginePid);
        expect(rightsOf(next)).toEqual(NO_RIGHTS);
        expect(stage.answers(2)).not.toContain('none');
      });

      it.each([virtual4, virtual6])('holds 10,000 connections at once, at %s', async (address) => {
        await stage.ctl('-Z');
        const words = [process.execPath, '-e', OPENER, address, '80', String(MANY)];
        const client = lab.start('c1', words);
        let said = '';
        client.stdout?.on('data', (data: Buffer) => (said += data.toString()));
        await until(() => said.includes('open'), 60_000);
        const { servers } = await stage.status();
        expect(servers.reduce((sum, { active }) => sum + active, 0)).toBeGreaterThanOrEqual(MANY);
        client.kill('SIGUSR2');
        await until(() => said.includes('answered'), 60_000);
        expect(said).toBe(`open\nanswered ${MANY}\n`);
      });

      it.each(urls)(
        'loses no request while its rules change a hundred times, at %s',
        async (url) => {
          const load = lab.start('c1', [
            'ab',
            '-q',
            '-s',
            '60',
            '-n',
            '3000',
            '-c',
            '50',
            `${url}/`,
          ]);
          let report = '';
          load.stdout?.on('data', (data: Buffer) => (report += data.toString()));
          // Connections of the server that goes wait until it is there again, as in the kernel.
          const all = lab.rules('wlc');
          const less = all
            .split('\n')
            .filter((line) => !(line.includes('-a') && line.includes('101')));
          for (let round = 0; round < CHANGES; round++) {
            const rules = round % 2 === 0 ? less.join('\n') : all;
            const answer = await stage.ask({ do: 'reload', rules, dryRun: false });
            expect(answer).toMatchObject({ ok: true, text: expect.stringContaining('101') });
          }
          // A client that has waited repeats its packet once more after as long a time.
          await until(() => report.includes('Failed'), 100_000);
          expect(report).toMatch(/Failed requests: +0\n/);
          expect(report).toMatch(/Complete requests: +3000\n/);
        },
      );

      it('keeps what was changed when its supervisor ends', async () => {
        const service = '192.168.50.77:80';
        const server = `${lab.serverAddress('s1')}:8080`;
        await stage.ctl(`-A -t ${service} -s rr`);
        await stage.ctl(`-a -t ${service} -r ${server} -m`);
        await stage.ask({ do: 'tunable', name: 'expire_nodest_conn', value: '1' });
        const before = stage.logged.length;
        const { pid } = (await stage.status()) as unknown as { pid: number };
        process.kill(pid, 'SIGKILL');
        await until(() => stage.logged.slice(before).includes(' ready '));
        expect(stage.answers(2, `http://${service}/`)).toEqual(['s1', 's1']);
      });

      it('makes its device again when that was deleted, and goes on where it was', async () => {
        const loaded = download(urls[0]);
        await until(isLoading);
        const before = stage.logged.length;
        lab.run('director', 'ip link del lvs0');
        await until(() => stage.logged.slice(before).includes(' ready '));
        expect(stage.logged.slice(before)).toMatch(/ device-gone\n.* network-made-again\n/s);
        expect(await loaded).toBe(expectedHash(PAYLOAD_MIB));
        expect(stage.answers(2)).not.toContain('none');
        expect(stage.answers(1, 'http://192.168.50.77/')).toEqual(['s1']);
      });
    });

    describe('alone', () => {
      afterEach(async () => stage.stop(), 60_000);

      it('ends without a trace in the middle of a transfer, which the next start takes up', async () => {
        const before = stage.network();
        await stage.start();
        const loaded = download(urls[0]);
        await until(isLoading);
        await stage.stop('SIGTERM');
        expect(stage.network()).toBe(before);
        await stage.start();
        expect(await loaded).toBe(expectedHash(PAYLOAD_MIB));
      });

      it('serves while its folder is full, refuses what it could not take back, and records again later', async () => {
        const folder = stage.runFolder;
        const filler = `${folder}/filler`;
        mkdirSync(folder, { recursive: true });
        spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', folder]);
        try {
          await stage.start();
          spawnSync('sh', ['-c', `cat /dev/zero > '${filler}'`]);
          expect(new Set(stage.answers(8))).toEqual(new Set(['s1', 's2']));
          await until(async () => (await stage.status()).journalFailures > 0);
          const refused = await stage.ctl('-A -t 192.168.50.76:80');
          expect(refused.text).toBe(`cannot write ${folder}/undo.json: ENOSPC`);
          expect((await stage.ctl('-L -n')).text).not.toContain('192.168.50.76');
          // What changes nothing of the network is done.
          expect((await stage.ctl(`-E -t ${virtual4}:80 -s wrr`)).exitStatus).toBe(0);
          expect(stage.logged).toContain('settings-not-saved');
          rmSync(filler);
          expect((await stage.ctl('-A -t 192.168.50.76:80')).exitStatus).toBe(0);
          await stage.stop();
          expect(existsSync(`${folder}/undo.json`)).toBe(false);
        } finally {
          spawnSync('umount', [folder]);
        }
      });

      it('says so when there is no room to start, and leaves no trace', async () => {
        const before = stage.network();
        const folder = stage.runFolder;
        mkdirSync(folder, { recursive: true });
        spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', folder]);
        try {
          writeFileSync(`${folder}/filler`, Buffer.alloc(4096));
          await expect(stage.start()).rejects.toThrow(`cannot write ${folder}/pid: ENOSPC`);
          expect(stage.network()).toBe(before);
        } finally {
          spawnSync('umount', [folder]);
        }
      });

      it('carries packets of 9000 bytes, merged or as they are', async () => {
        const set = (name: string, device: string): void =>
          void lab.run(name, `ip link set dev ${device} mtu 9000`);
        for (const name of ['c1', 's1', 's2']) set(name, 'eth0');
        for (const port of ['c1-eth0', 's1-eth0', 's2-eth0', 'director-front', 'director-back']) {
          set('switch', port);
        }
        for (const bridge of ['front', 'back']) set('switch', bridge);
        for (const device of ['front', 'back']) set('director', device);
        for (const options of ['', '--plain']) {
          await stage.start(options);
          for (const url of urls) expect(await download(url)).toBe(expectedHash(PAYLOAD_MIB));
          const { longest } = (await stage.status()).frames;
          if (options === '--plain') expect(longest).toBe(9000);
          else expect(longest).toBeGreaterThan(9000);
          await stage.stop();
        }
      });
    });
  },
);

/** User, group, further groups, and capabilities of a process. */
function rightsOf(pid: number): string[] {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return ['Uid', 'Gid', 'Groups', 'CapEff', 'CapPrm'].map(
    (name) => new RegExp(`^${name}:[\\t ]*(.*?)[\\t ]*$`, 'm').exec(text)?.[1] ?? '',
  );
}
