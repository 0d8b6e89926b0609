/**
 * Servers that are down, and commands of the administrator: no request to an engine gives such a server weight.
 */
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { Director } from 'ipvs/director';
import { executeCommand } from '../../src/ipvsadm/execute.js';
import { parseCommand } from '../../src/ipvsadm/parse.js';
import type { EngineRequest } from '../../src/run/engine/messages.js';
import { Health } from '../../src/run/supervisor/health.js';
import { until } from './support/stage.js';

const SERVICES = ['-t 192.0.2.1:80', '-f 7'];
let health: Health | undefined;
let server: Server | undefined;

afterEach(() => {
  health?.stop();
  server?.close();
});

/** A server that listens, one that does not, and the requests that an engine gets. */
async function watched(service: string) {
  server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const inForce = new Director();
  const requests: EngineRequest[] = [];
  for (const rule of [
    `-A ${service} -s rr`,
    `-a ${service} -r 127.0.0.1:${port} -m -w 3`,
    `-a ${service} -r 127.0.0.1:1 -m -w 3`,
  ]) {
    inForce.execute(rule);
  }
  const present = (health = new Health(
    { kind: 'tcp', intervalMs: 10 },
    { inForce, tell: (request) => requests.push(request), log: () => undefined },
  ));
  const [{ servers }] = inForce.services;
  await until(() => servers.get({ address: '127.0.0.1', port: 1 })?.weight === 0);
  requests.length = 0;
  /** What an engine gets of a command, in order. */
  const command = async (line: string): Promise<EngineRequest[]> => {
    const words = line.split(' ');
    const request = present.requestOf(parseCommand(line), words);
    executeCommand(parseCommand(line), inForce);
    await Promise.resolve();
    return [request, ...requests.splice(0)];
  };
  return { port, command, weight: () => servers.get({ address: '127.0.0.1', port: 1 })?.weight };
}

it.each(SERVICES)('keep weight 0 when one is written, at %s', async (service) => {
  const { command, weight } = await watched(service);
  const sent = await command(`-e ${service} -r 127.0.0.1:1 -m -w 9 -x 100 -y 50`);
  expect(sent.length).toBeGreaterThan(0);
  for (const request of sent) {
    expect(request).toMatchObject({ kind: 'edit-server', settings: { weight: 0 } });
  }
  expect(sent[0]).toMatchObject({ settings: { upperThreshold: 100, lowerThreshold: 50 } });
  expect(weight()).toBe(0);
  // It is one that an engine understands as it arrives.
  const engine = new Director();
  engine.execute(`-A ${service} -s rr`);
  engine.execute(`-a ${service} -r 127.0.0.1:1 -m -w 3`);
  const [arrived] = JSON.parse(JSON.stringify(sent)) as EngineRequest[];
  if (arrived.kind === 'edit-server') {
    engine.editServer(arrived.service, arrived.server, arrived.settings);
  }
  expect([...engine.services][0].servers.get({ address: '127.0.0.1', port: 1 })).toMatchObject({
    weight: 0,
    upperThreshold: 100,
  });
});

it.each(SERVICES)('leave other commands as they were typed, at %s', async (service) => {
  const { command, port } = await watched(service);
  for (const line of [
    `-e ${service} -r 127.0.0.1:${port} -m -w 9`,
    `-a ${service} -r 127.0.0.2:1 -m -w 9`,
    `-E ${service} -s wlc`,
    `-d ${service} -r 127.0.0.1:1`,
  ]) {
    expect((await command(line))[0]).toEqual({ kind: 'command', words: line.split(' ') });
  }
});
