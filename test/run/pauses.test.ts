/**
 * An engine that stands still for seconds, as on a machine that sleeps or swaps: its clock jumps. And SCTP, whose
 * checksum only the director can write.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sctp } from '../director/support/packets.js';
import { Stage, until, whatIsMissing } from './support/stage.js';

const missing = whatIsMissing('curl');
const MEBIBYTES = 40;
const PAUSE_MS = 3000;
const IP_HEADER = 20;
const ECHO = '192.168.50.1:7';

describe.skipIf(missing !== '')(`pauses of an engine (needs root and tools; ${missing})`, () => {
  const stage = new Stage('nat');
  const { lab } = stage;
  const { virtual4, virtual6 } = lab;

  beforeAll(async () => {
    await stage.up();
    await stage.start('--no-kernel-path');
  }, 120_000);
  afterAll(async () => {
    await stage.stop();
    stage.down();
  }, 60_000);

  /** What a command of the client writes in the end. */
  function said(command: string): Promise<string> {
    const child = lab.start('c1', ['sh', '-c', command]);
    let text = '';
    child.stdout?.on('data', (data: Buffer) => (text += data.toString()));
    return new Promise((resolve) => child.once('close', () => resolve(text.trim())));
  }

  it.each([virtual4, `[${virtual6}]`])('lose nothing, at %s', async (address) => {
    await stage.ctl('-Z');
    const url = `http://${address}`;
    const before = await stage.status();
    const loaded = said(`curl -s -m 60 --limit-rate 10M '${url}/bytes/${MEBIBYTES}' | sha256sum`);
    await until(async () => {
      const { servers } = await stage.status();
      return servers.some(({ bytesOut }) => bytesOut > 1 << 20);
    });
    const { connections } = await stage.status();
    process.kill(before.enginePid, 'SIGSTOP');
    const begun = Date.now();
    const answered = said(`curl -s -m 30 '${url}/'`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    process.kill(before.enginePid, 'SIGCONT');
    const after = await stage.status();
    expect(Date.now() - begun).toBeGreaterThanOrEqual(PAUSE_MS);
    // What had come by then is not forgotten, and no connection was taken to be over.
    expect(after.connections).toBeGreaterThanOrEqual(connections);
    expect(await answered).toMatch(/^s[12]$/);
    expect((await loaded).split(' ')[0]).toBe(expectedHash());
    const { enginePid, engineRestarts, frames } = await stage.status();
    expect([enginePid, engineRestarts]).toEqual([before.enginePid, before.engineRestarts]);
    expect(frames.refused).toBe(before.frames.refused);
  });

  it('sctp packets reach the server and come back with the right checksum, without SCTP in any kernel', async () => {
    const server = lab.serverAddress('s1');
    expect((await stage.ctl(`-A --sctp-service ${ECHO} -s rr`)).text).toBe('');
    expect((await stage.ctl(`-a --sctp-service ${ECHO} -r ${server}:7007 -m`)).text).toBe('');
    const request = sctp('192.168.50.10:4000', ECHO);
    const atServer = sctp('192.168.50.10:4000', `${server}:7007`);
    const reply = sctp(`${server}:7007`, '192.168.50.10:4000', 2);
    const atClient = sctp(ECHO, '192.168.50.10:4000', 2);
    expect(await carried('c1', virtual4, request, 's1')).toEqual(atServer.slice(IP_HEADER));
    expect(await carried('s1', '192.168.50.10', reply, 'c1')).toEqual(atClient.slice(IP_HEADER));
    expect((await stage.ctl('-L -n -c')).text).toMatch(/SCTP .* 192\.168\.50\.10:4000 /);
  });

  /** Sends a packet's payload by a raw socket; what arrives at a raw socket elsewhere. */
  async function carried(
    from: string,
    to: string,
    packet: Uint8Array,
    at: string,
  ): Promise<Uint8Array> {
    const [sent, received] = ['sent', 'received'].map((name) => join(stage.runFolder, name));
    writeFileSync(sent, packet.subarray(IP_HEADER));
    writeFileSync(received, '');
    const taker = lab.start(at, ['socat', '-u', 'IP4-RECV:132', `OPEN:${received}`]);
    await until(() => lab.run(at, 'cat /proc/net/raw').stdout.includes(':0084 '));
    lab.run(from, `socat -u OPEN:${sent} IP4-SENDTO:${to}:132`);
    await until(() => readFileSync(received).length > 0);
    taker.kill('SIGKILL');
    return new Uint8Array(readFileSync(received));
  }
});

/** What a server sends for `/bytes/N`, as a hash. */
function expectedHash(): string {
  const block = Uint8Array.from({ length: 1 << 20 }, (_, index) => (index * 40503) >>> 7);
  const sum = createHash('sha256');
  for (let i = 0; i < MEBIBYTES; i++) sum.update(block);
  return sum.digest('hex');
}
