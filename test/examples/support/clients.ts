/**
 * Clients for the examples: they hold connections, talk over them, and notice every byte that is
 * missing.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection that has met its server. */
export interface Client {
  /** The name of the server that has greeted it. */
  readonly server: string;
  /** Sends a line, and fulfils when it has come back. */
  readonly say: (text: string) => Promise<void>;
  /** Ends in good order; rejects when the other side does not. */
  readonly end: () => Promise<void>;
}

/**
 * Connects to an echo server through a balancer.
 *
 * @param port - The balancer's port on the loopback interface.
 * @param from - The client's own address, any of 127.0.0.0/8.
 * @returns The connection, after its server has said its name.
 * @throws When anything is lost.
 */
export async function meet(port: number, from = '127.0.0.1'): Promise<Client> {
  const socket = connect({ host: '127.0.0.1', port, localAddress: from });
  socket.setEncoding('utf8');
  const reader = lineReader(socket);
  const server = await reader();
  return {
    server,
    say: async (text) => {
      socket.write(`${text}\n`);
      const answer = await reader();
      if (answer !== text) throw new Error(`said ${text}, heard ${answer}`);
    },
    end: async () => {
      const closed = once(socket, 'close');
      socket.end();
      await closed;
    },
  };
}

/** Reads a socket line by line; rejects when it ends early. */
function lineReader(socket: Socket): () => Promise<string> {
  let buffered = '';
  let ended: Error | undefined;
  let wake = (): void => {};
  const end = (error: Error): void => {
    ended ??= error;
    wake();
  };
  socket.on('data', (text: string) => {
    buffered += text;
    wake();
  });
  socket.on('error', end);
  socket.on('close', () => end(new Error('the connection was closed')));
  return async () => {
    for (;;) {
      const index = buffered.indexOf('\n');
      if (index !== -1) {
        const line = buffered.slice(0, index);
        buffered = buffered.slice(index + 1);
        return line;
      }
      if (ended !== undefined) throw ended;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
}

/** How many of each value there are. */
export function tally(values: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
