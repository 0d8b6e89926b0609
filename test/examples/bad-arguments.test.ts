/** Examples that cannot work say so in a line, and end; those that can work do so on a host without IPv6, too. */
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { freePort, start, stopPrograms } from './support/programs.js';

const folder = mkdtempSync(join(tmpdir(), 'arguments-'));
const rules = join(folder, 'bad.rules');
writeFileSync(rules, '-A -t 192.0.2.1:80\n-a -t 192.0.2.1:81 -r 10.0.0.1\n');
/** Standard error comes as lines, too. */
const BOTH = ['sh', '-c', 'exec "$@" 2>&1', 'sh'];

afterEach(stopPrograms);
afterAll(() => rmSync(folder, { recursive: true }));

describe.each([
  ['sync/daemon', [], /^usage: /],
  ['sync/daemon', ['backup', 'lo', 'x'], /^arguments, line 1: illegal syncid specified$/],
  ['sync/daemon', ['backup', 'lo', '256'], /^arguments, line 1: illegal syncid specified$/],
  ['sync/daemon', ['master', 'lo', '7', join(folder, 'none')], /^ENOENT: no such file .*none'$/],
  ['sync/daemon', ['master', 'lo', '7', folder], /^EISDIR: /],
  ['sync/daemon', ['master', 'lo', '7', rules], /bad\.rules, line 2: \w+/],
  ['tcp-balancer', ['70000', '127.0.0.1:9'], /^usage: /],
  ['udp-balancer', ['x'], /^usage: /],
  ['shared-cluster', ['8080'], /^usage: /],
  ['cluster-maglev', ['8080', '1.5'], /^usage: /],
] as const)('%s %j', (name, words, message) => {
  test('ends with exit code 2 and a line that says why', async () => {
    const program = await start(name, words, BOTH);
    expect(await program.exited).toBe(2);
    expect(program.lines[0]).toMatch(message);
    expect(program.lines.join('\n')).not.toMatch(/^ +at /m);
  });
});

test.each(['tcp-balancer', 'udp-balancer'])('%s says that its port is in use', async (name) => {
  const port = await freePort();
  const tcp = createServer().listen(port);
  const udp = createSocket('udp4').bind(port);
  await Promise.all([once(tcp, 'listening'), once(udp, 'listening')]);
  const program = await start(name, [String(port), '127.0.0.1:9'], BOTH);
  expect(await program.exited).toBe(1);
  expect(program.lines.at(-1)).toMatch(/EADDRINUSE/);
  expect(program.lines.join('\n')).not.toMatch(/^ +at /m);
  tcp.close();
  udp.close();
});

/** Has `socket(AF_INET6, …)` fail with EAFNOSUPPORT, as on a host without IPv6, and starts a program. */
const WITHOUT_IPV6 = `
import ctypes, os, platform, struct, sys
call = {'x86_64': 41, 'aarch64': 198}[platform.machine()]
steps = [(0x20, 0, 0, 0), (0x15, 0, 3, call), (0x20, 0, 0, 16), (0x15, 0, 1, 10), (6, 0, 0, 0x50061), (6, 0, 0, 0x7fff0000)]
code = ctypes.create_string_buffer(b''.join(struct.pack('HBBI', *step) for step in steps))
program = ctypes.create_string_buffer(struct.pack('HxxxxxxP', len(steps), ctypes.addressof(code)))
libc = ctypes.CDLL(None)
if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, program, 0, 0): sys.exit(1)
os.execvp(sys.argv[1], sys.argv[1:])`;
const launcher = ['python3', '-c', WITHOUT_IPV6];
const [python = '', ...words] = launcher;
const canRefuse = spawnSync(python, [...words, 'true']).status === 0;
const missing = canRefuse ? '' : ' (needs python3 and seccomp)';

describe.skipIf(!canRefuse)(`on a host without IPv6${missing}`, () => {
  test.each([
    ['tcp-balancer', []],
    ['udp-balancer', []],
    ['shared-cluster', ['1']],
    ['cluster-maglev', ['1']],
  ])('%s listens', async (name, more) => {
    const port = await freePort();
    const program = await start(name, [String(port), ...more, '127.0.0.1:9'], launcher);
    expect(await program.line(/listening on/)).toContain(String(port));
  });

  test('the UDP balancer brings answers to IPv4 clients', async () => {
    const [server, client] = [createSocket('udp4'), createSocket('udp4')];
    await Promise.all([server, client].map((each) => once(each.bind(0, '127.0.0.1'), 'listening')));
    server.on('message', (datagram, { port, address }) => server.send(datagram, port, address));
    const port = await freePort();
    const name = `127.0.0.1:${server.address().port}`;
    const program = await start('udp-balancer', [String(port), name], launcher);
    await program.line(/^listening/);
    client.send('question', port, '127.0.0.1');
    const [answer] = (await once(client, 'message')) as [Buffer];
    expect(answer.toString()).toBe('question');
    server.close();
    client.close();
  });
});
