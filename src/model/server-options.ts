/**
 * Reading a server as callers give it: an object of options, a record of another list, or text.
 */
import { requireKnownOptions } from '../errors.js';
import { readServerAddress } from './server-address.js';
import { SERVER_OPTION_NAMES, type ServerOptions } from './server-settings.js';

/**
 * Checks the names of a server's options; their values are checked where they are used.
 *
 * @param server - Options, a real server, or text such as `'10.0.0.1:80'`.
 * @returns The options.
 * @throws {TypeError} When it is none of these, or an option has an unknown name.
 * @throws {RangeError} When the text is no address and port.
 */
export function readServerOptions(server: ServerOptions | string): ServerOptions {
  if (typeof server === 'string') return readServerAddress(server);
  // A record of another list passes: of objects of a class, names are not checked.
  requireKnownOptions('add a server', server, SERVER_OPTION_NAMES);
  return server;
}
