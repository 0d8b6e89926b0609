/**
 * A machine of keepalived on the sockets of the loopback interface: servers that die and return in this process.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { Director } from '../../../src/director/index.js';
import {
  directorKernel,
  KeepalivedMachine,
  parseKeepalived,
} from '../../../src/keepalived/index.js';
import { nodeChecks } from '../../../src/keepalived/node/index.js';
import { systemTimers, type Timers } from '../../../src/timers.js';

/** A second of a configuration takes so many milliseconds. */
const SECOND_MS = 40;
const timers: Timers = {
  now: () => (systemTimers.now() * 1000) / SECOND_MS,
  after: (delayMs, callback) => systemTimers.after((delayMs * SECOND_MS) / 1000, callback),
};

const cleanUp: (() => void)[] = [];
afterEach(() => {
  for (const undo of cleanUp.splice(0).toReversed()) undo();
});

/** A machine for one server with one check, and what it logs. */
function watch(check: string): {
  weight: () => number | undefined;
  logged: (line: string) => Promise<void>;
} {
  const { configuration, messages } = parseKeepalived(
    `virtual_server 192.0.2.1 80 {
      lb_algo rr
      lb_kind NAT
      protocol TCP
      delay_loop 1
      warmup 0
      delay_before_retry 0.5
      real_server 10.0.0.1 80 {
        weight 7
        ${check}
      }
    }`,
  );
  expect(messages.filter(({ severity }) => severity !== 'warning')).toEqual([]);
  const director = new Director();
  const waiting: { readonly line: string; readonly resolve: () => void }[] = [];
  const machine = new KeepalivedMachine({
    configuration,
    timers,
    random: () => 0,
    runCheck: nodeChecks({ timers }),
    kernel: directorKernel(director),
    log: (line) => {
      for (const each of waiting) if (line.includes(each.line)) each.resolve();
    },
  });
  machine.start();
  cleanUp.push(() => machine.abandon());
  const name = { protocol: 'tcp', address: '192.0.2.1', port: 80 } as const;
  return {
    weight: () => director.findService(name)?.servers.get('10.0.0.1:80')?.weight,
    logged: async (line) => new Promise((resolve) => waiting.push({ line, resolve })),
  };
}

async function listening(server: Server, port = 0): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  cleanUp.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

const at = (port: number): string => `connect_ip 127.0.0.1
          connect_port ${port}
          connect_timeout 5`;

describe('A machine on sockets', () => {
  test('takes out a TCP server that dies, and brings it back when it returns', async () => {
    const server = createServer((socket) => void socket.end());
    const port = await listening(server);
    const { weight, logged } = watch(`TCP_CHECK {\n${at(port)}\n}`);
    await logged('TCP connection to [10.0.0.1]:tcp:80 success.');
    expect(weight()).toBe(7);
    server.close();
    await logged('Removing service');
    expect(weight()).toBeUndefined();
    await listening(
      createServer((socket) => void socket.end()),
      port,
    );
    await logged('Adding service');
    expect(weight()).toBe(7);
  });

  test('takes out a web server with another body or another status', async () => {
    let answer: readonly [number, string] = [200, 'well'];
    const port = await listening(
      createHttpServer((_, response) => {
        response.writeHead(answer[0]).end(answer[1]);
      }),
    );
    const digest = createHash('md5').update('well').digest('hex');
    const { weight, logged } = watch(
      `HTTP_GET {\nurl {\npath /\ndigest ${digest}\nstatus_code 200\n}\n${at(port)}\n}`,
    );
    await logged('Remote Web server');
    answer = [200, 'other'];
    await logged('Removing service');
    answer = [200, 'well'];
    await logged('Adding service');
    answer = [503, 'well'];
    await logged('Removing service');
    expect(weight()).toBeUndefined();
  });

  test('gives a server the weight that its script asks for, and takes it out when the script fails', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ipvs-checks-'));
    cleanUp.push(() => rmSync(folder, { recursive: true }));
    const script = join(folder, 'check.sh');
    const write = (status: number): void => {
      writeFileSync(join(folder, 'status'), String(status));
    };
    write(12);
    writeFileSync(script, '#!/bin/sh\nexit "$(cat "$1/status")"\n');
    chmodSync(script, 0o755);
    const { weight, logged } = watch(
      `MISC_CHECK {\nmisc_path "${script} ${folder}"\nmisc_timeout 100\nmisc_dynamic\n}`,
    );
    await logged('Changing weight from 7 to 10');
    expect(weight()).toBe(10);
    write(1);
    await logged('Removing service');
    expect(weight()).toBeUndefined();
    write(0);
    await logged('Adding service');
    expect(weight()).toBe(7);
  });

  test('follows a name server by its response code', async () => {
    let code = 0;
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    cleanUp.push(() => void socket.close());
    socket.on('message', (message, { port, address }) => {
      message[2] |= 0x80;
      message[3] = code;
      socket.send(message, port, address);
    });
    const { weight, logged } = watch(
      `DNS_CHECK {\ntype A\nname www.example.org\nretry 1\ndelay_before_retry 0.5\n${at(socket.address().port)}\n}`,
    );
    code = 2;
    await logged('read error occurred. (rcode = 2)');
    expect(weight()).toBeUndefined();
    code = 0;
    await logged('Adding service');
    expect(weight()).toBe(7);
  });

  test('follows a mail server by its greeting', async () => {
    let greeting = '220 ready\r\n';
    const port = await listening(
      createServer((socket) => {
        socket.write(greeting);
        socket.on('data', (data) => {
          if (data.toString().startsWith('HELO')) socket.write('250 done\r\n');
        });
      }),
    );
    const { weight, logged } = watch(`SMTP_CHECK {\n${at(port)}\n}`);
    await logged('Remote SMTP server');
    greeting = '554 no\r\n';
    await logged('Removing service');
    greeting = '220 ready\r\n';
    await logged('Adding service');
    expect(weight()).toBe(7);
  });

  test('follows a server of datagrams by its replies', async () => {
    let reply = 'a1b2';
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    cleanUp.push(() => void socket.close());
    socket.on('message', (_, { port, address }) =>
      socket.send(Buffer.from(reply, 'hex'), port, address),
    );
    const { weight, logged } = watch(
      `UDP_CHECK {\npayload 00\nrequire_reply axb2\n${at(socket.address().port)}\n}`,
    );
    await logged('UDP connection to');
    reply = 'ffff';
    await logged('Removing service');
    reply = 'acb2';
    await logged('Adding service');
    expect(weight()).toBe(7);
  });

  const hasPing = spawnSync('ping', ['-n', '-q', '-c', '1', '127.0.0.1']).status === 0;
  test.skipIf(!hasPing)('pings, where the system has ping', async () => {
    const { weight, logged } = watch('PING_CHECK {\nconnect_ip 127.0.0.1\nconnect_timeout 100\n}');
    await logged('ICMP connection to [10.0.0.1]:tcp:80 success.');
    expect(weight()).toBe(7);
  });
});
