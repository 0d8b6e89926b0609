/**
 * What a proxy passes on of an HTTP message.
 */
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
 * Whether a body is coded for this connection in another form than chunks: the server would get the code without its name.
 *
 * @param {IncomingMessage} request
 */
export function isCoded({ headers: { 'transfer-encoding': coding = 'chunked' } }) {
  return coding.toLowerCase() !== 'chunked';
}

/**
 * Whether an answer reaches the client in chunks, so that trailers can follow.
 *
 * @param {IncomingMessage} request
 * @param {IncomingHttpHeaders} headers - Of the server's answer.
 */
export function isInChunks({ httpVersion, method }, headers) {
  return httpVersion === '1.1' && method !== 'HEAD' && 'transfer-encoding' in headers;
}

/**
 * The words beside a status, which some clients show (`400 Card expired`), if Node can write them.
 *
 * @param {string} reason
 */
export function plain(reason) {
  return /^[\t -~]*$/.test(reason) ? reason : '';
}
