/**
 * Speaks with a director that runs, over its control socket.
 */
import { connect, type Socket } from 'node:net';
import { RunError } from './run-error.js';
import { runFiles } from './run-files.js';
import { DEFAULT_NAME, folderOf } from './run-options.js';
import type { ControlAnswer, ControlRequest } from './supervisor/control-messages.js';

/** An open control socket. */
export interface ControlConnection {
  /**
   * Asks the director.
   *
   * @param request - The request.
   * @returns The answer, also when it is a refusal.
   * @throws {RunError} When the director ends before it answers.
   */
  ask(request: ControlRequest): Promise<ControlAnswer>;
  /** Ends the connection. */
  close(): void;
}

/**
 * Connects to a director that runs.
 *
 * @param name - Its name; default `director`.
 * @returns The connection.
 * @throws {RunError} When there is none of that name, or it belongs to another user.
 */
export async function controlDirector(name: string = DEFAULT_NAME): Promise<ControlConnection> {
  const path = runFiles(folderOf(name)).control;
  const socket = connect(path);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', (error: NodeJS.ErrnoException) => reject(unreachable(name, path, error)));
  });
  return new Connection(socket);
}

function unreachable(name: string, path: string, { code }: NodeJS.ErrnoException): RunError {
  if (code === 'EACCES') return new RunError(`${path}: belongs to another user`);
  return new RunError(`no director of the name '${name}' runs (${path}: ${code})`);
}

class Connection implements ControlConnection {
  private readonly socket: Socket;
  private readonly waiting: ((answer: ControlAnswer | undefined) => void)[] = [];
  private text = '';

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('utf8').on('data', (chunk: string) => this.read(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      for (const each of this.waiting.splice(0)) each(undefined);
    });
  }

  async ask(request: ControlRequest): Promise<ControlAnswer> {
    const answer = await new Promise<ControlAnswer | undefined>((resolve) => {
      if (!this.socket.writable) return resolve(undefined);
      this.waiting.push(resolve);
      this.socket.write(`${JSON.stringify(request)}\n`);
    });
    if (answer === undefined) throw new RunError('the director has ended');
    return answer;
  }

  close(): void {
    this.socket.end();
  }

  private read(chunk: string): void {
    const lines = (this.text + chunk).split('\n');
    this.text = lines.pop() ?? '';
    for (const line of lines) this.waiting.shift()?.(JSON.parse(line) as ControlAnswer);
  }
}
