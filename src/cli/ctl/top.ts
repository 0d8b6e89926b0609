/**
 * The live table of a director that runs: connections, rates, and a bar per server.
 */
import type { ControlConnection } from '../../run/control-client.js';
import type { ServerFigures } from '../../run/engine/messages.js';
import { bar } from '../bar.js';
import type { Io } from '../io.js';
import { type DirectorStatus, statusOf } from './status.js';

const INTERVAL_MS = 1000;
const BAR_WIDTH = 20;
const CLEAR = '\u001B[H\u001B[2J';

/**
 * Shows the table again each second, until it is interrupted; once when no person is watching.
 *
 * @param director - The director.
 * @param io - Where it goes.
 * @returns 0.
 */
export async function showTop(director: ControlConnection, io: Io): Promise<number> {
  let before = await statusOf(director);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
    const status = await statusOf(director);
    io.out.write(`${io.out.isTerminal ? CLEAR : ''}${topTable(before, status)}`);
    io.out.flush();
    if (!io.out.isTerminal) return 0;
    before = status;
  }
}

/**
 * The table at one moment.
 *
 * @param before - The status one second before.
 * @param status - The status now.
 * @returns The table, with line ends.
 */
export function topTable(before: DirectorStatus, status: DirectorStatus): string {
  const { frames, connections, memoryBytes, servers } = status;
  const packets = frames.received - before.frames.received;
  const megabytes = Math.round(memoryBytes / 1e6);
  const head = `up ${status.upSeconds} s, ${connections} connections, ${packets} packets/s, ${megabytes} MB, ${frames.dropped} dropped, ${status.engineRestarts} restarts\n`;
  const most = Math.max(1, ...servers.map(({ active }) => active));
  const services = [...new Set(servers.map(({ service }) => service))];
  const rows = services.map((service) => {
    const own = servers.filter((each) => each.service === service);
    return `${service}\n${own.map((each) => rowOf(each, before, most)).join('')}`;
  });
  return `${head}${columns('  server', 'weight', 'active', 'inactive', 'new/s', 'in Mbit/s', 'out Mbit/s')}${rows.join('')}`;
}

function rowOf(server: ServerFigures, before: DirectorStatus, most: number): string {
  const earlier = before.servers.find(
    (each) => each.server === server.server && each.service === server.service,
  );
  const rate = (key: 'opened' | 'bytesIn' | 'bytesOut'): number =>
    Math.max(0, server[key] - (earlier?.[key] ?? server[key]));
  const megabits = (key: 'bytesIn' | 'bytesOut'): string => ((rate(key) * 8) / 1e6).toFixed(1);
  const { weight, active, inactive } = server;
  const cells = columns(
    `  ${server.server}`,
    weight,
    active,
    inactive,
    rate('opened'),
    megabits('bytesIn'),
    megabits('bytesOut'),
  );
  return `${cells.trimEnd()}  ${bar(active / most, BAR_WIDTH)}\n`;
}

function columns(first: string, ...others: readonly (string | number)[]): string {
  return `${first.padEnd(28)}${others.map((each) => String(each).padStart(11)).join('')}\n`;
}
