/**
 * One attempt to have a request answered by one server. It is undici's handler, which takes what comes from the
 * server's socket and writes it to the client's: no stream and no promise between them.
 */
import { endToEnd, isInChunks, plain } from './http-messages.mjs';
/** @import { IncomingHttpHeaders, ServerResponse } from 'node:http' @import { Dispatcher } from 'undici' */

/** So many bytes of an answer may wait for a slow client. */
const MOST_WAITING = 256 * 1024;

/** @implements {Dispatcher.DispatchHandler} */
export class Exchange {
  /** @type {Dispatcher.DispatchController | undefined} */
  #controller;
  /** Whether an answer has begun: what fails from then on is no fault of the request. */
  isAnswered = false;
  #gone = false;
  #length = NaN;
  /** @type {Buffer | undefined} */
  #whole;

  /**
   * @param {ServerResponse} response - The client's.
   * @param {() => boolean} isLast - Whether the client's connection has to end with this answer.
   * @param {(error?: Error) => void} over - Is called once, without an error when the answer is complete.
   */
  constructor(response, isLast, over) {
    this.response = response;
    this.isLast = isLast;
    this.over = over;
  }

  /** Ends it, for example because the client has gone. */
  abort() {
    this.#gone = true;
    this.#controller?.abort(new Error('the client has gone'));
  }

  /** @param {Dispatcher.DispatchController} controller */
  onRequestStart(controller) {
    this.#controller = controller;
    if (this.#gone) this.abort();
  }

  /** @param {unknown} _ @param {number} status @param {IncomingHttpHeaders} headers @param {string} [reason] */
  onResponseStart(_, status, headers, reason = '') {
    this.isAnswered = true;
    if (status === 103) return this.#hint(headers.link);
    if (status < 200) return; // the one that counts is to come
    if (!isInChunks(this.response.req, headers)) delete headers['trailer']; // Node refuses to write it then
    const passed = endToEnd(headers);
    if (this.isLast()) passed.push('connection', 'close');
    this.response.writeHead(status, plain(reason), passed);
    this.#length = Number(headers['content-length']);
    // undici takes a length without a body for a failure, but here it is the page's that has not changed.
    if (status === 304) this.response.end();
  }

  /**
   * What a page will need, for a client that knows of answers before the answer.
   *
   * @param {string | string[] | undefined} link
   */
  #hint(link) {
    if (link === undefined || this.response.req.httpVersion === '1.0') return;
    try {
      this.response.writeEarlyHints({ link });
    } catch {
      // Node passes on only links that are written as it knows them; the page comes without, too.
    }
  }

  /** @param {Dispatcher.DispatchController} controller @param {Buffer} chunk */
  onResponseData(controller, chunk) {
    if (chunk.length === this.#length)
      this.#whole = chunk; // its end is next
    else if (!this.response.write(chunk) && this.response.writableLength > MOST_WAITING) {
      // A client that reads slowly holds back the server, too.
      controller.pause();
      if (this.response.listenerCount('drain') === 0)
        this.response.on('drain', () => controller.resume());
    }
  }

  /** @param {unknown} _ @param {IncomingHttpHeaders} trailers */
  onResponseEnd(_, trailers) {
    this.#controller = undefined;
    const lines = linesOf(trailers);
    if (lines.length > 0) this.response.addTrailers(lines);
    this.response.end(this.#whole);
    this.over();
  }

  /** @param {unknown} _ @param {Error} error */
  onResponseError(_, error) {
    this.#controller = undefined;
    this.over(this.response.writableEnded ? undefined : error);
  }
}

/**
 * @param {IncomingHttpHeaders} trailers
 * @returns {[string, string][]} A pair per line.
 */
function linesOf(trailers) {
  return Object.entries(trailers).flatMap(([name, values = []]) =>
    [values].flat().map((value) => /** @type {[string, string]} */ ([name, value])),
  );
}
