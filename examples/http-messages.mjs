/**
 * What a proxy passes on of an HTTP message: its own headers, and a body that is read when a server asks for it.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
/** @import { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http' */
/** @import { Dispatcher } from 'undici' */

/** Headers that belong to one connection, not to the message. */
const HOP_BY_HOP = /^(?:connection|keep-alive|proxy-.*|te|transfer-encoding|upgrade|expect)$/;

/**
 * The headers without those of one connection, the ones that `connection` names included.
 *
 * @param {IncomingHttpHeaders} headers
 */
export function endToEnd(headers) {
  const named = (headers.connection ?? '').toLowerCase().split(/\s*,\s*/);
  const ends = Object.entries(headers).filter(
    ([name]) => !HOP_BY_HOP.test(name) && !named.includes(name),
  );
  return Object.fromEntries(ends);
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

/**
 * Passes a server's answer on to the client, with its trailers, and waits until all is sent.
 *
 * @param {Dispatcher.ResponseData} answer
 * @param {ServerResponse} response
 */
export function passOn({ statusCode, headers, body, trailers }, response) {
  response.writeHead(statusCode, endToEnd(headers));
  body.once('end', () => response.addTrailers(linesOf(trailers)));
  return pipeline(body, response);
}

/**
 * @param {Record<string, string | string[]>} trailers
 * @returns {[string, string][]} A pair per line.
 */
function linesOf(trailers) {
  return Object.entries(trailers).flatMap(([name, values]) =>
    [values].flat().map((value) => /** @type {[string, string]} */ ([name, value])),
  );
}
