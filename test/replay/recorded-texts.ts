/**
 * Listings in recordings whose order means nothing: their rows are compared sorted.
 */
import type { Director } from '../../src/director/director.js';
import { IpAddress } from '../../src/ip-address.js';
import { listServicesAsRecorded } from './recorded-lists.js';

/**
 * A listing of connections or rules, its rows sorted; or of services, each followed by its servers, the services sorted.
 *
 * @param text - The listing.
 * @returns The same rows in a fixed order, without spaces at the end of lines.
 */
export function inFixedOrder(text: string): string {
  const trimmed = text.replaceAll(/ +$/gm, '').trimEnd();
  const [head, ...blocks] = trimmed.split(/^(?=(?:TCP|UDP|SCTP|FWM|IP|-A) )/m);
  return [head, ...blocks.map((block) => block.trimEnd()).toSorted()].join('\n');
}

/**
 * The file /proc/net/ip_vs as the kernel would show it.
 *
 * @param director - The director.
 * @returns Its text, for {@link inFixedOrder}.
 */
export function procListing(director: Director): string {
  const lines = [
    'IP Virtual Server version 1.2.1 (size=4096)',
    'Prot LocalAddress:Port Scheduler Flags',
    '  -> RemoteAddress:Port Forward Weight ActiveConn InActConn',
  ];
  for (const [name, settings, servers] of listServicesAsRecorded(director)) {
    const [protocol, endpoint] = name.split(' ');
    lines.push(`${protocol}  ${inHex(endpoint)} ${settings}`);
    for (const [server, method, weight, active, inactive] of servers) {
      const columns = [method.padEnd(7), String(weight).padEnd(6), String(active).padEnd(10)];
      lines.push(`  -> ${inHex(server)}      ${columns.join(' ')} ${inactive}`);
    }
  }
  return lines.join('\n');
}

function inHex(endpoint: string): string {
  const split = endpoint.lastIndexOf(':');
  const address = IpAddress.parse(endpoint.slice(0, split).replaceAll(/[[\]]/g, ''));
  const port = Number(endpoint.slice(split + 1))
    .toString(16)
    .toUpperCase()
    .padStart(4, '0');
  const words = [address.word0, address.word1, address.word2, address.word3].map((word) =>
    (word >>> 0).toString(16).padStart(8, '0'),
  );
  if (address.family === 4) return `${words[3].toUpperCase()}:${port}`;
  return `[${words.join('').match(/.{4}/g)?.join(':')}]:${port}`;
}
