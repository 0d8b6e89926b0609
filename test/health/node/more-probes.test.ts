/**
 * The probes beyond TCP and HTTP, on sockets of the loopback interface.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Probe } from '../../../src/health/index.js';
import {
  dnsProbe,
  httpProbe,
  pingProbe,
  scriptProbe,
  smtpProbe,
  tcpProbe,
  udpProbe,
} from '../../../src/health/node/index.js';
import { ServerList } from '../../../src/model/server-list.js';

const close: (() => void)[] = [];
afterEach(() => {
  for (const stop of close.splice(0)) stop();
});

async function tcp(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  close.push(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** A UDP server that answers with what a function makes of a datagram, or is silent. */
async function udp(answer: (message: Buffer) => Uint8Array | undefined): Promise<number> {
  const socket: Socket = createSocket('udp4');
  socket.on('message', (message, { port, address }) => {
    const reply = answer(message);
    if (reply !== undefined) socket.send(reply, port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  close.push(() => socket.close());
  return socket.address().port;
}

async function mailServer(greeting: string): Promise<number> {
  return tcp(
    createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write(greeting);
      socket.on('data', (data) => {
        if (data.toString().startsWith('HELO')) socket.write('250-hello\r\n250 done\r\n');
      });
    }),
  );
}

async function run(
  probe: Probe,
  port: number,
  controller = new AbortController(),
  address = '127.0.0.1',
): Promise<unknown> {
  const [server] = new ServerList([{ address, port }]);
  return probe(server, controller.signal);
}

describe('a script probe', () => {
  const script = (text: string): Probe =>
    scriptProbe('sh', { args: ['-c', text], dynamicWeight: true });

  it('is good for status 0, and gives a weight for 2 and more', async () => {
    expect(await run(script('exit 0'), 1)).toBeUndefined();
    expect(await run(script('exit 12'), 1)).toEqual({ weight: 10 });
  });

  it('is bad for status 1, for a signal, and for a program that is not there', async () => {
    await expect(run(script('exit 1'), 1)).rejects.toThrow('exit status 1');
    await expect(run(script('kill -9 $$'), 1)).rejects.toThrow('signal SIGKILL');
    await expect(run(scriptProbe('/nonexistent'), 1)).rejects.toThrow('ENOENT');
  });

  it('takes a status of 2 as bad unless it is a weight', async () => {
    await expect(run(scriptProbe('sh', { args: ['-c', 'exit 2'] }), 1)).rejects.toThrow(
      'exit status 2',
    );
  });

  it('kills the script when it is given up', async () => {
    const controller = new AbortController();
    const running = run(script('sleep 60'), 1, controller);
    controller.abort();
    await expect(running).rejects.toThrow('aborted');
  });
});

describe('a UDP probe', () => {
  it('judges the reply', async () => {
    const port = await udp(() => Uint8Array.of(0xab, 1));
    const probe = (first: number): Probe => udpProbe({ isGoodReply: ([byte]) => byte === first });
    await run(probe(0xab), port);
    await expect(run(probe(0xac), port)).rejects.toThrow('not good');
  });

  it('is good when nothing refuses the datagram', async () => {
    await run(udpProbe({ quietMs: 20 }), await udp(() => undefined));
  });

  it('is bad when the host refuses it', async () => {
    const port = await udp(() => undefined);
    close.pop()?.();
    await expect(run(udpProbe({ quietMs: 2000 }), port)).rejects.toThrow('ECONNREFUSED');
  });

  it.each([udpProbe(), udpProbe({ isGoodReply: () => true }), dnsProbe()])(
    'is bad when this host cannot send to the address',
    async (probe) => {
      // A socket that was not allowed to broadcast, or a host without a route: connecting fails.
      const sent = run(probe, 53, new AbortController(), '255.255.255.255');
      await expect(sent).rejects.toThrow(/EACCES|ENETUNREACH/);
    },
  );
});

describe('a DNS probe', () => {
  const withCode =
    (code: number) =>
    (question: Buffer): Uint8Array => {
      const answer = Buffer.from(question);
      answer[2] = 0x84;
      answer[3] = code;
      return answer;
    };

  it('is good for response code 0, and bad for others', async () => {
    await run(dnsProbe({ type: 'A', name: 'example.com' }), await udp(withCode(0)));
    await expect(run(dnsProbe(), await udp(withCode(3)))).rejects.toThrow('response code 3');
  });

  it('asks for the name in labels, and for the type by number', async () => {
    let asked: Uint8Array = new Uint8Array();
    const port = await udp((question) => {
      asked = question;
      return withCode(0)(question);
    });
    await run(dnsProbe({ type: 'AAAA', name: 'a.example.' }), port);
    expect(Buffer.from(asked).subarray(12).toString('latin1')).toBe(
      '\x01a\x07example\0\0\x1c\0\x01',
    );
  });

  it('refuses a name with an empty label', () => {
    expect(() => dnsProbe({ name: 'a..b' })).toThrow(RangeError);
  });
});

describe('an SMTP probe', () => {
  it('is good when the server is ready and knows HELO', async () => {
    await run(smtpProbe(), await mailServer('220-one\r\n220 two\r\n'));
  });

  it('is bad for another greeting, and when the connection ends', async () => {
    await expect(run(smtpProbe(), await mailServer('554 no\r\n'))).rejects.toThrow(
      'greeting was answered with 554',
    );
    const port = await tcp(createServer((socket) => socket.end()));
    await expect(run(smtpProbe(), port)).rejects.toThrow('ended before a reply');
  });
});

describe('an HTTP probe', () => {
  it('judges the MD5 of the body', async () => {
    const port = await tcp(createHttpServer((_, response) => response.end('hello')));
    const digest = createHash('md5').update('hello').digest('hex');
    await run(httpProbe({ digest }), port);
    await expect(run(httpProbe({ digest: '0'.repeat(32) }), port)).rejects.toThrow(
      `MD5 digest ${digest}`,
    );
    expect(() => httpProbe({ digest: 'x' })).toThrow(RangeError);
  });
});

describe('a ping probe', () => {
  const hasPing = spawnSync('ping', ['-c', '1', '127.0.0.1']).status === 0;

  it.skipIf(!hasPing)('is good for a host that answers (needs ping)', async () => {
    await run(pingProbe(), 0);
  });

  it('is bad when there is no program', async () => {
    await expect(run(pingProbe({ program: '/nonexistent' }), 0)).rejects.toThrow('ENOENT');
  });
});

describe('the port of a probe', () => {
  const probes = { tcpProbe, httpProbe, smtpProbe, udpProbe, dnsProbe };

  it.each(Object.entries(probes))('of %s is refused at once when it is none', (_, make) => {
    for (const port of [0, 65536, 1.5]) {
      expect(() => make({ port })).toThrow(
        `Invalid port: expected an integer 1–65535, got ${port}`,
      );
    }
    const fromEnvironment = '8080' as never;
    expect(() => make({ port: fromEnvironment })).toThrow(TypeError);
  });
});
