/** Servers and keys that tests use again and again. */
import { ConnectionKey } from '../../../src/connections/entries/connection-key.js';
import type { RealServer } from '../../../src/model/real-server.js';
import { ServerList } from '../../../src/model/server-list.js';
import type { ServerOptions } from '../../../src/model/server-settings.js';

export const TCP = 6;
export const UDP = 17;
export const VIP = 0xc0a80001 | 0;

/** One server of a list of its own. */
export function oneServer(options: Partial<ServerOptions> = {}): RealServer {
  return [...new ServerList([{ address: '10.0.0.1', port: 80, ...options }])][0];
}

/** The key of client number n: one of 2^24 addresses, port 1024. */
export function clientKey(n: number, protocol = TCP): ConnectionKey {
  return new ConnectionKey().set4(protocol, 0x0a000000 + n, 1024, VIP, 80);
}

/** The key of a template of client number n. */
export function templateKey(n: number): ConnectionKey {
  return new ConnectionKey().set4(TCP, 0x0a000000 + n, 0, VIP, 80);
}
