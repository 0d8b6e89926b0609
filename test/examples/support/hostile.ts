/**
 * What must not end a balancer: clients that reset at once, and servers that hang, break off or are stopped.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';

/** Clients that connect and reset at once; `npm run hostile` has ten thousand. */
export const RESETS: number = Number(process.env['HOSTILE_CLIENTS'] ?? 300);

/** Connections that are open when a balancer is asked to end; `npm run hostile` has a thousand. */
export const CONNECTIONS: number = Math.min(1000, RESETS);

/** Clients that are there at the same time, some of them before anybody reads what they say. */
const AT_A_TIME = 50;

const children = new Set<ChildProcess>();

/**
 * Connects and resets at once, again and again, from both families in turn.
 *
 * @param port - The balancer's.
 * @param said - What each client says before.
 */
export async function resetAtOnce(port: number, said = ''): Promise<void> {
  for (let n = 0; n < RESETS; n++) {
    const host = Math.floor(n / AT_A_TIME) % 2 === 0 ? '127.0.0.1' : '::1';
    const socket = connect(port, host).on('error', () => {});
    socket.once('connect', () => {
      if (said === '') socket.resetAndDestroy();
      else socket.write(said, () => socket.resetAndDestroy());
    });
    if (n % AT_A_TIME === AT_A_TIME - 1) await once(socket, 'close');
  }
}

/** A server in a process of its own that can be stopped by a signal. */
export interface StoppableServer {
  readonly name: string;
  readonly process: ChildProcess;
}

/**
 * Starts a server in a process of its own.
 *
 * @param make - The expression that makes it, with `name()` for its address and port.
 */
export async function startStoppable(make: string): Promise<StoppableServer> {
  const program = `
    const name = () => '127.0.0.1:' + server.address().port;
    const server = ${make};
    server.listen({ port: 0, host: '127.0.0.1', backlog: 511 }, () => console.log(server.address().port));`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.add(child);
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  return { name: `127.0.0.1:${line.trim()}`, process: child };
}

/** Ends the servers that were started. */
export function killStoppable(): void {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
}
