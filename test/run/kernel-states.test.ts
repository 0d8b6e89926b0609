/**
 * Connections end alike with and without the kernel path: what the listing says of them, and what is left in the
 * kernel.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stage, until, whatIsMissing } from './support/stage.js';

const PORT = 9000;
const ENDINGS = ['client FIN', 'client RST', 'server FIN', 'server RST'] as const;
type Ending = (typeof ENDINGS)[number];

const missing = whatIsMissing('nft');

/** Sends without end, until it is asked to end by FIN or RST, or its client ends. */
const SERVER = `
  require('node:net').createServer({ allowHalfOpen: true }, (socket) => {
    const push = () => { while (!socket.writableEnded && socket.write(Buffer.alloc(65536))); };
    socket.on('error', () => socket.destroy());
    socket.on('drain', push);
    socket.on('data', (data) => (String(data) === 'f' ? socket.end() : socket.resetAndDestroy()));
    socket.on('end', () => socket.end());
    push();
  }).listen(${PORT}, '0.0.0.0');`;

/** Takes what comes, says its port, and ends the connection when it gets a signal. */
const clientOf = (address: string, ending: Ending): string => {
  const act = {
    'client FIN': 'socket.end()',
    'client RST': 'socket.resetAndDestroy()',
    'server FIN': "socket.write('f')",
    'server RST': "socket.write('r')",
  }[ending];
  return `
    const socket = require('node:net').connect({ port: ${PORT}, host: '${address}', allowHalfOpen: true });
    socket.on('error', () => undefined);
    socket.on('close', () => process.exit(0));
    socket.on('end', () => socket.end());
    socket.on('connect', () => console.log(socket.localPort));
    socket.resume();
    process.on('SIGUSR2', () => { ${act}; });`;
};

describe.skipIf(missing !== '')(`connections that end (needs root and tools; ${missing})`, () => {
  const stage = new Stage('nat');
  const { lab } = stage;
  const server = lab.serverAddress('s1');
  const live = (): string => lab.run('director', 'nft list set inet ipvs_path live4').stdout;

  beforeAll(async () => {
    await stage.up();
    lab.start('s1', [process.execPath, '-e', SERVER]);
  }, 120_000);

  afterAll(() => stage.down(), 60_000);

  /** The states of four connections, each after it has ended in its own way. */
  async function statesAfter(whenReady: (port: string) => Promise<void>): Promise<string[]> {
    const states: string[] = [];
    for (const ending of ENDINGS) {
      const client = lab.start('c1', [process.execPath, '-e', clientOf(lab.virtual4, ending)]);
      let port = '';
      client.stdout?.on('data', (data: Buffer) => (port += data.toString().trim()));
      const closed = new Promise((resolve) => client.once('exit', resolve));
      await until(() => port !== '');
      await whenReady(port);
      client.kill('SIGUSR2');
      await closed;
      // The last packets of the connection may still be on their way.
      await new Promise((resolve) => setTimeout(resolve, 300));
      const listing = (await stage.ctl('-L -n -c')).text.split('\n');
      const entry = listing.find((line) => line.includes(`:${port} `)) ?? 'none';
      states.push(`${ending}: ${entry.trim().split(/ +/)[2]}`);
      expect(live(), ending).not.toContain(` ${port} `);
    }
    return states;
  }

  it('have the same states with and without the kernel path, and nothing left in it', async () => {
    const rules = `-A -t ${lab.virtual4}:${PORT} -s rr\n-a -t ${lab.virtual4}:${PORT} -r ${server}:${PORT} -m`;
    await stage.start('--no-kernel-path', rules);
    const without = await statesAfter(() => new Promise((resolve) => setTimeout(resolve, 200)));
    await stage.stop();
    expect(stage.run('run --undo').code).toBe(0);
    await stage.start('', rules);
    const withPath = await statesAfter(async (port) => {
      const { carried } = await stage.status();
      await until(() => live().includes(` ${port} `));
      await until(async () => {
        const now = (await stage.status()).carried;
        return (now?.bytes ?? 0) > (carried?.bytes ?? 0) + 2 ** 20;
      });
    });
    expect(withPath).toEqual(without);
    expect(new Set(without.map((each) => each.split(': ')[1]))).not.toContain('ESTABLISHED');
    expect(without.join()).not.toContain('undefined');
  }, 120_000);
});
