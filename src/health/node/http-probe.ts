/**
 * A probe that makes an HTTP request: the server is well when it answers with a good status.
 */
import { createHash } from 'node:crypto';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { type OptionNames, requireKnownOptions } from '../../errors.js';
import type { RealServer } from '../../model/real-server.js';
import type { Probe } from '../probe.js';
import { requireProbePort } from './probe-port.js';

/** What an {@link httpProbe} asks for. */
export interface HttpProbeOptions {
  /** The port, 1–65535; default the real server's own. */
  readonly port?: number;
  /** The path with its query; default `'/'`. */
  readonly path?: string;
  /** The method; default `'GET'`. */
  readonly method?: string;
  /** Headers to send; a `host` header also names the server in TLS. Default: the server's address. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether to speak TLS; default `false`. */
  readonly tls?: boolean;
  /** Whether a certificate must be valid; default `true`. */
  readonly verifyCertificate?: boolean;
  /** Whether a status code is good; default: 200–399 are. */
  readonly isGoodStatus?: (status: number) => boolean;
  /** The MD5 that the body must have, as 32 hexadecimal digits; default: any body is good. */
  readonly digest?: string;
  /** Whether a body is good; default: any is. */
  readonly isGoodBody?: (body: Uint8Array) => boolean;
  /** The name of the server in TLS, empty for none; default the `host` header's, if there is one. */
  readonly serverName?: string;
}

const OPTION_NAMES: OptionNames<HttpProbeOptions> = {
  port: true,
  path: true,
  method: true,
  headers: true,
  tls: true,
  verifyCertificate: true,
  isGoodStatus: true,
  digest: true,
  isGoodBody: true,
  serverName: true,
};

/**
 * Makes a probe that requests a page from the real server, each time on a connection of its own.
 *
 * @param options - What to ask for, and which answers are good.
 * @returns A probe that fails on a bad status or body, and when the whole answer has not come in time.
 * @throws {RangeError} When the digest is none, or the port out of range.
 * @example
 * {@includeCode ../../../docs/examples/health-probes.ts}
 */
export function httpProbe(options: HttpProbeOptions = {}): Probe {
  requireKnownOptions('make a probe', options, OPTION_NAMES);
  requireProbePort(options.port);
  const wanted = options.digest?.toLowerCase();
  if (wanted !== undefined && !/^[\da-f]{32}$/.test(wanted)) {
    throw new RangeError(`Cannot make a probe: expected 32 hexadecimal digits, got '${wanted}'`);
  }
  const isGood = options.isGoodStatus ?? ((status) => status >= 200 && status < 400);
  return async (server, signal) =>
    new Promise<void>((resolve, reject) => {
      const send = options.tls === true ? requestHttps : requestHttp;
      const request = send({ ...requestOptions(server, options), signal: signal });
      request.once('error', reject);
      request.once('response', (response) => {
        const { statusCode = 0 } = response;
        const hash = createHash('md5');
        const chunks: Buffer[] = [];
        response.once('error', reject);
        response.once('end', () => {
          const digest = hash.digest('hex');
          if (!isGood(statusCode)) reject(new Error(`status ${statusCode}`));
          else if (digest !== (wanted ?? digest)) reject(new Error(`MD5 digest ${digest}`));
          else if (options.isGoodBody?.(Buffer.concat(chunks)) === false)
            reject(new Error('a body that is not good'));
          else resolve();
        });
        response.on('data', (chunk: Buffer) => {
          hash.update(chunk);
          if (options.isGoodBody !== undefined) chunks.push(chunk);
        });
      });
      request.end();
    });
}

function requestOptions(server: RealServer, options: HttpProbeOptions): object {
  const { port = server.port, path = '/', method = 'GET', headers = {} } = options;
  const { serverName = headers['host'] } = options;
  return {
    host: server.address.toString(),
    port,
    path,
    method,
    headers,
    // Without this the default agent would keep the connection, and hide a server that is gone.
    agent: false,
    rejectUnauthorized: options.verifyCertificate ?? true,
    ...(serverName === undefined ? {} : { servername: serverName.replace(/:\d+$/, '') }),
  };
}
