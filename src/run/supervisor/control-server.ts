/**
 * The control socket: a UNIX socket that only its owner may use. One line of JSON is a request, one the answer.
 */
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { ControlAnswer, ControlRequest } from './control-messages.js';

/** A request that is longer ends its connection. */
const LONGEST_REQUEST = 16 << 20;
const OWNER_ONLY = 0o600;

/** Listens on the control socket. */
export class ControlServer {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  /**
   * @param path - The socket.
   * @param answer - Answers a request; what it throws is answered, too.
   */
  constructor(path: string, answer: (request: ControlRequest) => Promise<ControlAnswer>) {
    rmSync(path, { force: true });
    this.server = createServer((socket) => this.serve(socket, answer));
    // The mask makes it the owner's from the first moment on.
    const mask = process.umask(0o177);
    this.server.listen(path, () => chmodSync(path, OWNER_ONLY));
    process.umask(mask);
  }

  /** Ends it; answers that are under way are lost. */
  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroySoon();
  }

  private serve(socket: Socket, answer: (request: ControlRequest) => Promise<ControlAnswer>): void {
    let text = '';
    let last = Promise.resolve();
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      if (text.length > LONGEST_REQUEST) socket.destroy();
      for (const line of lines) {
        // One after the other, so that answers are in order.
        last = last.then(async () => {
          const reply = await answered(line, answer);
          if (socket.writable) socket.write(`${JSON.stringify(reply)}\n`);
        });
      }
    });
  }
}

async function answered(
  line: string,
  answer: (request: ControlRequest) => Promise<ControlAnswer>,
): Promise<ControlAnswer> {
  try {
    return await answer(JSON.parse(line) as ControlRequest);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return { ok: false, text, exitStatus: 2 };
  }
}
