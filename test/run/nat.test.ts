/**
 * A director on real interfaces, by NAT: client, director and two servers in network namespaces.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takesMergedDatagrams } from '../../src/run/machine.js';
import { Stage, until, whatIsMissing } from './support/stage.js';

const missing = whatIsMissing('curl', 'ab', 'ping', 'ethtool');
const PAYLOAD_MIB = 100;

/** What a server sends for `/bytes/N`, as a hash. */
function expectedHash(mebibytes: number): string {
  const block = Uint8Array.from({ length: 1 << 20 }, (_, index) => (index * 40503) >>> 7);
  const sum = createHash('sha256');
  for (let i = 0; i < mebibytes; i++) sum.update(block);
  return sum.digest('hex');
}

describe.skipIf(missing !== '')(`NAT on real interfaces (needs root and tools; ${missing})`, () => {
  const stage = new Stage('nat', 2);
  const { virtual4, virtual6 } = stage.lab;

  beforeAll(async () => {
    await stage.up();
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
    expect(answers[1]).toBe(answers[3]);
  });

  it.each([virtual4, `[${virtual6}]`])(
    'carries 100 MB each way without a wrong byte, at %s',
    async (address) => {
      const url = `http://${address}`;
      const down = stage.client(`curl -s -m 60 '${url}/bytes/${PAYLOAD_MIB}' | sha256sum`);
      const up = stage.client(`head -c 104857600 /dev/zero | curl -s -m 60 -X PUT -T - '${url}/'`);
      expect(down.split(' ')[0]).toBe(expectedHash(PAYLOAD_MIB));
      expect(up).toBe('20492a4d0d84f8beb1767f6616229f85d44c2827b64bdbfb260ee12fa1109e0e');
      expect((await stage.status()).frames.longest).toBeGreaterThan(20_000);
    },
  );

  it('carries datagrams of any length, in fragments too', async () => {
    const script = `
      const s = require('node:dgram').createSocket('udp4');
      const sizes = [64, 1472, 8000];
      let at = 0;
      const next = () => (at < sizes.length ? s.send(Buffer.alloc(sizes[at], at + 1), 53, '${virtual4}') : (console.log('all'), s.close()));
      s.on('message', (m) => { if (m.equals(Buffer.alloc(sizes[at], at + 1))) { at++; next(); } });
      s.bind(0, next);
      setTimeout(() => process.exit(1), 5000).unref();`;
    expect(stage.client(`'${process.execPath}' -e "${script}"`)).toBe('all');
  });

  it('takes datagrams that the kernel has merged, and each arrives as it was sent', async () => {
    const { lab } = stage;
    // As a network card does it: packets wait a moment, and what belongs together is merged.
    lab.run('switch', 'ethtool -K director-front tso off');
    lab.run(
      'director',
      'ethtool -K front gro on; echo 500000 > /sys/class/net/front/gro_flush_timeout',
    );
    const before = (await stage.status()).frames.received;
    const script = `
      const s = require('node:dgram').createSocket({ type: 'udp4', recvBufferSize: 1 << 22 });
      let wanted = new Set();
      let round = 0;
      const push = () => { for (const text of wanted) s.send(text, 53, '${virtual4}'); };
      const next = () => {
        if (round++ === 16) { console.log('all'); process.exit(0); }
        wanted = new Set(Array.from({ length: 64 }, (_, i) => (round + '/' + i).padStart(36)));
        push();
      };
      s.on('message', (m) => { if (wanted.delete(String(m)) && wanted.size === 0) next(); });
      s.bind(0, next);
      setInterval(push, 2000);
      setTimeout(() => process.exit(1), 20000).unref();`;
    expect(stage.client(`'${process.execPath}' -e "${script}"`)).toBe('all');
    lab.run(
      'director',
      'ethtool -K front gro off; echo 0 > /sys/class/net/front/gro_flush_timeout',
    );
    lab.run('switch', 'ethtool -K director-front tso on');
    // Requests and answers would be 2048 frames.
    const { received } = (await stage.status()).frames;
    if (takesMergedDatagrams()) expect(received - before).toBeLessThan(1800);
  });

  it('lets the host answer what is no service: ping, closed ports, the last hop', async () => {
    expect(stage.client(`ping -c 1 -W 2 ${virtual4}`)).toContain('1 received');
    expect(stage.client(`curl -s -m 2 http://${virtual4}:81/ || echo $?`)).toBe('7');
    expect(stage.client(`ping -c 1 -W 2 ${virtual6}`)).toContain('1 received');
  });

  it('counts as one hop', async () => {
    const ttl = stage.client(
      `tcpdump -c 1 -v -n -i eth0 'tcp and src host ${virtual4}' 2>/dev/null & sleep 1; curl -s -m 3 http://${virtual4}/ >/dev/null; wait`,
    );
    expect(/ttl (\d+)/.exec(ttl)?.[1] ?? '63').toBe('63');
  });

  it.each([virtual4, `[${virtual6}]`])(
    'lets the kernel forward a connection with many packets, and counts its bytes, at %s',
    async (address) => {
      const bytesOut = async (): Promise<number> => {
        const { servers } = await stage.status();
        return servers.reduce((sum, each) => sum + each.bytesOut, 0);
      };
      const before = await stage.status();
      const bytesBefore = await bytesOut();
      // How soon a connection is found to be busy depends on the machine; that it arrives whole does not.
      await until(async () => {
        const sum = stage.client(`curl -s -m 60 'http://${address}/bytes/300' | sha256sum`);
        expect(sum.split(' ')[0]).toBe(expectedHash(300));
        const { carried } = await stage.status();
        return (carried?.connections ?? 0) > (before.carried?.connections ?? 0);
      });
      const after = await stage.status();
      const carriedBytes = (after.carried?.bytes ?? 0) - (before.carried?.bytes ?? 0);
      expect(carriedBytes).toBeGreaterThan(0);
      expect((await bytesOut()) - bytesBefore).toBeGreaterThan(300 * 2 ** 20);
    },
  );

  it('leaves no wrong checksum anywhere', async () => {
    const count =
      "nstat -az TcpInCsumErrors UdpInCsumErrors | awk '/Csum/ { n += $2 } END { print n }'";
    for (const name of ['c1', 's1', 's2']) expect(stage.client(count, name)).toBe('0');
  });

  it('takes what the kernel forwards back when services change', async () => {
    const elements = (): string =>
      stage.lab.run('director', 'nft list set inet ipvs_path live4').stdout;
    expect(elements()).toContain('live4');
    await stage.ctl(`-A -t ${virtual4}:81 -s rr`);
    expect(elements()).not.toContain('elements');
    await stage.ctl(`-D -t ${virtual4}:81`);
  });

  it('keeps a client at its server while the service is persistent', async () => {
    expect((await stage.ctl(`-E -t ${virtual4}:80 -s rr -p 60`)).exitStatus).toBe(0);
    for (const name of stage.lab.clients) {
      expect(new Set(stage.answers(4, undefined, name)).size).toBe(1);
    }
    expect((await stage.ctl(`-E -t ${virtual4}:80 -s rr`)).exitStatus).toBe(0);
    await stage.ctl('-Z');
  });

  it('shares by weight', async () => {
    const server = `${stage.lab.serverAddress('s1')}:8080`;
    await stage.ctl(`-E -t ${virtual4}:80 -s wrr`);
    await stage.ctl(`-e -t ${virtual4}:80 -r ${server} -m -w 2`);
    const answers = stage.answers(6);
    expect(answers.filter((each) => each === 's1')).toHaveLength(4);
    await stage.ctl(`-e -t ${virtual4}:80 -r ${server} -m -w 1`);
    await stage.ctl(`-E -t ${virtual4}:80 -s rr`);
  });

  it('takes a thousand connections from a hundred clients at once without a failure', async () => {
    const output = stage.client(`ab -q -n 2000 -c 100 http://${virtual4}/`);
    expect(output).toMatch(/Failed requests: +0\n/);
    expect(output).toMatch(/Complete requests: +2000\n/);
  });

  it('drains a server: a download goes on, and new connections go elsewhere', async () => {
    const server = `${stage.lab.serverAddress('s1')}:8080`;
    const other = `${stage.lab.serverAddress('s2')}:8080`;
    await stage.ctl(`-e -t ${virtual4}:80 -r ${other} -m -w 0`);
    const download = stage.lab.start('c1', [
      ...[
        'sh',
        '-c',
        `curl -s --limit-rate 40M http://${virtual4}/bytes/${PAYLOAD_MIB} | sha256sum`,
      ],
    ]);
    let hash = '';
    download.stdout?.on('data', (data: Buffer) => (hash += data.toString()));
    await until(async () => (await stage.ctl('-L -n')).text.includes('1      1          '));
    await stage.ctl(`-e -t ${virtual4}:80 -r ${other} -m -w 1`);
    await stage.ctl(`-e -t ${virtual4}:80 -r ${server} -m -w 0`);
    expect(new Set(stage.answers(4))).toEqual(new Set(['s2']));
    expect(stage.run(`ctl drain ${server} --timeout 30`).out).toContain('0 active connections');
    await until(() => hash !== '');
    expect(hash.split(' ')[0]).toBe(expectedHash(PAYLOAD_MIB));
    await stage.ctl(`-e -t ${virtual4}:80 -r ${server} -m -w 1`);
  });

  it('lets its engine go before other processes', async () => {
    const { enginePid } = await stage.status();
    const fieldOf = (task: string, index: number): number => {
      const text = readFileSync(`/proc/${enginePid}/task/${task}/stat`, 'utf8');
      return Number(text.split(') ')[1].split(' ')[index]);
    };
    expect(fieldOf(String(enginePid), 16)).toBe(-10);
    // Round robin in real time, with all threads; not on one processor.
    const policy = availableParallelism() > 1 ? 2 : 0;
    const tasks = readdirSync(`/proc/${enginePid}/task`);
    expect(tasks.map((task) => fieldOf(task, 38))).toEqual(tasks.map(() => policy));
    const group = `/proc/${enginePid}/autogroup`;
    if (existsSync(group)) expect(readFileSync(group, 'utf8')).toMatch(/ nice -10\n$/);
  });

  it('survives the end of its engine: no connection breaks', async () => {
    const { enginePid, engineRestarts } = await stage.status();
    const download = stage.lab.start('c1', [
      ...[
        'sh',
        '-c',
        `curl -s --limit-rate 60M http://${virtual4}/bytes/${PAYLOAD_MIB} | sha256sum`,
      ],
    ]);
    let hash = '';
    download.stdout?.on('data', (data: Buffer) => (hash += data.toString()));
    await until(async () => (await stage.status()).connections > 0);
    process.kill(enginePid, 'SIGKILL');
    await until(() => hash !== '', 60_000);
    expect(hash.split(' ')[0]).toBe(expectedHash(PAYLOAD_MIB));
    expect((await stage.status()).engineRestarts).toBe(engineRestarts + 1);
    expect(new Set(stage.answers(2))).toEqual(new Set(['s1', 's2']));
  });

  it('replaces its engine on request, and keeps every connection', async () => {
    const before = await stage.status();
    expect(stage.run('ctl replace').out).toMatch(/^engine \d+\n$/);
    const after = await stage.status();
    expect(after.enginePid).not.toBe(before.enginePid);
    expect(after.connections).toBe(before.connections);
    const opened = ({ servers }: typeof before): number[] => servers.map((each) => each.opened);
    expect(opened(after)).toEqual(opened(before));
    expect(Math.max(...opened(after))).toBeGreaterThan(0);
  });

  it('tells a client the MTU of the way behind it', async () => {
    for (const name of ['s1', 's2']) {
      stage.lab.run('switch', `ip link set dev ${name}-eth0 mtu 1400`);
      stage.lab.run(name, 'ip link set dev eth0 mtu 1400');
    }
    stage.lab.run('director', 'ip link set dev back mtu 1400');
    stage.client(`ping -c 2 -i 0.3 -W 1 -M do -s 1430 ${virtual4}`);
    const script = `
      const s = require('node:dgram').createSocket('udp4');
      s.on('message', (m) => (console.log(m.length), s.close()));
      s.send(Buffer.alloc(1440), 53, '${virtual4}');
      setTimeout(() => s.close(), 1500).unref();`;
    stage.client(`'${process.execPath}' -e "${script}"`);
    expect(stage.client(`ip route get ${virtual4}`)).toContain('mtu 1400');
    stage.lab.run('director', 'ip link set dev back mtu 1500');
    for (const name of ['s1', 's2']) {
      stage.lab.run(name, 'ip link set dev eth0 mtu 1500');
      stage.lab.run('switch', `ip link set dev ${name}-eth0 mtu 1500`);
    }
    stage.client('ip route flush cache');
  });
});
