/**
 * Chooses servers for requests by weighted least connection (wlc), and says what the error of a request means for them.
 */
import { createFlow } from 'ipvs';
import { weightedLeastConnection } from 'ipvs/schedulers/weighted-least-connection';
/** @import { RealServer, ServerList } from 'ipvs' */

/** wlc looks at the servers alone: any flow will do, whatever the client's socket says. */
const flow = createFlow({ source: '0.0.0.0', destination: '0.0.0.0' });

/** Errors of the connection or of the answer. All others are the doing of the program or of its client. */
const SERVERS_FAULT =
  /^(?:E(?!MFILE|NFILE|NOBUFS|NOMEM)[A-Z]+|HPE_\w+|UND_ERR_(?:SOCKET|RES_\w+|HEADERS_OVERFLOW|(?:CONNECT|HEADERS|BODY)_TIMEOUT))$/;

/** The servers of a list, one for each request. */
export class ServerChoice {
  /** @param {ServerList} servers - Edit it at any time. */
  constructor(servers) {
    this.scheduler = weightedLeastConnection()(servers);
  }

  /**
   * @param {readonly RealServer[]} [tried] - Servers that have failed this request: it gets another one.
   * @returns {RealServer | undefined} `undefined` when no server is left.
   */
  next(tried = []) {
    for (const server of tried) server.suspend();
    const chosen = this.scheduler.schedule(flow);
    for (const server of tried) server.resume();
    return chosen;
  }

  close() {
    this.scheduler.close();
  }
}

/**
 * Whether an error says something about the server. A client that aborts, or asks for nonsense, must not take
 * servers out for everybody else; neither must a lack of file descriptors here.
 *
 * @param {unknown} error
 */
export function isServersFault(error) {
  if (!(error instanceof Error) || !('code' in error)) return false;
  // Of an answer that is not HTTP undici gives no code, as from a server that expects TLS.
  return error.name === 'HTTPParserError' || SERVERS_FAULT.test(String(error.code));
}

/**
 * Whether the connection failed before anything was sent: another server can take the request, whatever it is.
 *
 * @param {unknown} error
 */
export function isUnsent(error) {
  if (!(error instanceof Error)) return false;
  const { code, syscall } = /** @type {NodeJS.ErrnoException} */ (error);
  return syscall === 'connect' || code === 'UND_ERR_CONNECT_TIMEOUT';
}
