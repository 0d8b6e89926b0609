/**
 * What a proxy passes on of an HTTP message: its own headers, and a body that is read when a server asks for it.
 */
import { Readable } from 'node:stream';
/** @import { IncomingHttpHeaders, IncomingMessage } from 'node:http' */

/** Headers that belong to one connection, not to the message. */
const HOP_BY_HOP = /^(?:connection|keep-alive|proxy-.*|te|transfer-encoding|upgrade|expect)$/;

/**
 * The headers without those of one connection, the ones that `connection` names included.
 *
 * @param {IncomingHttpHeaders} headers
 * @returns {string[]} Name and value, in turns.
 */
export function endToEnd(headers) {
  const { connection } = headers;
  const named = isUsual(connection) ? NONE : connection.toLowerCase().split(/\s*,\s*/);
  const list = /** @type {string[]} */ ([]);
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || !isEndToEnd(name)) continue;
    // Without a host, the server would believe that it was asked for by its own address.
    if (named.includes(name) && name !== 'host') continue;
    if (typeof value === 'string') list.push(name, value);
    else for (const each of value) list.push(name, each);
  }
  return list;
}

const NONE = /** @type {string[]} */ ([]);

/**
 * @param {string | undefined} connection
 * @returns {connection is undefined | 'keep-alive' | 'close'} Whether it names no header.
 */
function isUsual(connection) {
  return connection === undefined || connection === 'keep-alive' || connection === 'close';
}

/**
 * What a server gets of a request's headers: those of the message, and from whom it came. What the client itself says of
 * that is dropped, since it could say anything.
 *
 * @param {IncomingMessage} request
 */
export function headersFor(request) {
  const { headers } = request;
  headers[FORWARDED_FOR] = undefined;
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

/** By name: the same few come again and again. */
const known = /** @type {Map<string, boolean>} */ (new Map());
const MOST_KNOWN = 1000;

/** @param {string} name */
function isEndToEnd(name) {
  const found = known.get(name);
  if (found !== undefined) return found;
  const made = !HOP_BY_HOP.test(name);
  if (known.size < MOST_KNOWN) known.set(name, made);
  return made;
}

/** @param {IncomingMessage} request */
export function hasBody({ headers }) {
  return headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;
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
