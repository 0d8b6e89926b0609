/**
 * A UDP socket for clients of both families, or of IPv4 alone on a host without IPv6, as Node's TCP servers do it.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { cannotListen } from './server-lines.mjs';

const NO_IPV6 = /^(?:EAFNOSUPPORT|EADDRNOTAVAIL)$/;

/**
 * @param {number} port
 * @param {'udp6' | 'udp4'} [type] - To `udp6` IPv4 clients come as ::ffff:a.b.c.d.
 */
export async function listenUdp(port, type = 'udp6') {
  const socket = createSocket(type).bind(port);
  try {
    await once(socket, 'listening');
  } catch (error) {
    const reason = /** @type {NodeJS.ErrnoException} */ (error);
    if (type === 'udp6' && NO_IPV6.test(`${reason.code}`)) return listenUdp(port, 'udp4');
    cannotListen(reason);
  }
  return socket.on('error', console.error);
}
