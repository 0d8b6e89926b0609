/**
 * A probe that greets a mail server: the server is well when it greets back and knows HELO.
 */
import { connect, type Socket } from 'node:net';
import { type OptionNames, requireKnownOptions } from '../../errors.js';
import type { Probe } from '../probe.js';
import { requireProbePort } from './probe-port.js';

/** The reply code of a server that is ready. */
const READY = 220;
/** The reply code of a command that was done. */
const DONE = 250;
/** More of a reply than this is no mail server's. */
const LONGEST_REPLY_BYTES = 65536;

/** Whom an {@link smtpProbe} greets, and how. */
export interface SmtpProbeOptions {
  /** The port, 1–65535; default the real server's own. */
  readonly port?: number;
  /** The name it greets with; default `localhost`. */
  readonly heloName?: string;
}

const OPTION_NAMES: OptionNames<SmtpProbeOptions> = { port: true, heloName: true };

/**
 * Makes a probe that talks to a mail server up to HELO, and says QUIT.
 *
 * @param options - Whom to greet, and how.
 * @returns A probe that fails when the server does not answer 220 and then 250.
 * @throws {RangeError} When the name is no host name, or the port out of range.
 * @example
 * {@includeCode ../../../docs/examples/health-more-probes.ts}
 */
export function smtpProbe(options: SmtpProbeOptions = {}): Probe {
  requireKnownOptions('make a probe', options, OPTION_NAMES);
  requireProbePort(options.port);
  const { heloName = 'localhost' } = options;
  // A name with a line end would be another command.
  if (!/^[\w.:[\]-]+$/.test(heloName)) {
    throw new RangeError(`Cannot greet: expected a host name, got '${heloName}'`);
  }
  return async (server, signal) => {
    const socket = connect({ host: server.address.toString(), port: options.port ?? server.port });
    signal.addEventListener('abort', () => socket.destroy());
    const replies = repliesOf(socket);
    try {
      await expectReply(replies, READY, 'greeting');
      socket.write(`HELO ${heloName}\r\n`);
      await expectReply(replies, DONE, 'HELO');
      socket.end('QUIT\r\n');
    } finally {
      socket.destroySoon();
    }
  };
}

async function expectReply(
  replies: AsyncIterator<number>,
  expected: number,
  what: string,
): Promise<void> {
  const { value, done } = await replies.next();
  if (done === true) throw new Error(`the connection ended before a reply to ${what}`);
  if (value !== expected) throw new Error(`${what} was answered with ${value}`);
}

/** The codes of the replies that come; of a reply of several lines the last line counts. */
async function* repliesOf(socket: Socket): AsyncGenerator<number> {
  let text = '';
  for await (const chunk of socket) {
    text += (chunk as Buffer).toString('latin1');
    if (text.length > LONGEST_REPLY_BYTES) throw new Error('a reply without an end');
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n')) {
      const line = text.slice(0, end);
      text = text.slice(end + 1);
      if (line[3] !== '-') yield Number.parseInt(line, 10);
    }
  }
}
