/**
 * What a server is asked: a client's request with the headers that are of its concern, and with a body that is read when
 * the server asks for it.
 */
import { Readable } from 'node:stream';
import { endToEnd, hasBody } from './http-messages.mjs';
/** @import { IncomingMessage } from 'node:http' @import { RealServer } from 'ipvs' @import { Dispatcher } from 'undici' */

/**
 * @param {RealServer} server
 * @param {IncomingMessage} request
 * @returns {Dispatcher.DispatchOptions}
 */
export function questionFor(server, request) {
  const { method = 'GET', url = '/' } = request;
  return {
    origin: `http://${server}`,
    path: url,
    method,
    headers: headersFor(request),
    body: hasBody(request) ? bodyOf(request) : null,
  };
}

/**
 * What a server gets of a request's headers: those of the message, and from whom it came. What the client itself says of
 * that is dropped, since it could say anything.
 *
 * @param {IncomingMessage} request
 */
function headersFor(request) {
  const { headers } = request;
  headers[FORWARDED_FOR] = undefined;
  headers.trailer = undefined; // undici sends none, so none may be promised
  const list = endToEnd(headers);
  const client = clientOf(request);
  if (client !== undefined) list.push(FORWARDED_FOR, client);
  return list;
}

/** The header that names the client. */
export const FORWARDED_FOR = 'x-forwarded-for';

/**
 * The address of a client, IPv4 as such.
 *
 * @param {IncomingMessage} request
 * @returns {string | undefined} `undefined` when its connection has ended.
 */
export function clientOf({ socket }) {
  return socket.remoteAddress?.replace('::ffff:', '');
}

/**
 * The body of a request. Nothing is read before a server takes it, so after a refused connection the next one
 * gets all of it; and a server that fails does not end the client's connection with it.
 *
 * @param {IncomingMessage} request
 */
export function bodyOf(request) {
  return Readable.from(chunksOf(request));
}

/** @param {IncomingMessage} request */
async function* chunksOf(request) {
  yield* request.iterator({ destroyOnReturn: false });
}
