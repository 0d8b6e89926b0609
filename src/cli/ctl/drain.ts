/**
 * Drains a server of a director that runs: no new connections, then wait for the present ones.
 */
import type { ControlConnection } from '../../run/control-client.js';
import { EXIT, InputError } from '../command.js';
import type { Io } from '../io.js';
import { statusOf } from './status.js';

const LOOK_MS = 500;

/**
 * Drains a server, and shows how many connections are left whenever that changes.
 *
 * @param director - The director.
 * @param server - `ADDRESS:PORT`.
 * @param seconds - How long to wait.
 * @param io - Where progress goes.
 * @returns 0 when no connection is left, 1 when the time is over.
 */
export async function drainServer(
  director: ControlConnection,
  server: string,
  seconds: number,
  io: Io,
): Promise<number> {
  const answer = await director.ask({ do: 'weight', server, weight: 0 });
  if (!answer.ok) throw new InputError(answer.text);
  const end = io.now() + seconds * 1000;
  let shown = -1;
  for (;;) {
    const { servers } = await statusOf(director);
    const own = servers.filter((each) => each.server === server);
    const left = own.reduce((sum, { active }) => sum + active, 0);
    if (left !== shown) io.out.write(`${server}: ${left} active connections\n`);
    io.out.flush();
    shown = left;
    if (left === 0) return EXIT.ok;
    if (io.now() >= end) return EXIT.differences;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
