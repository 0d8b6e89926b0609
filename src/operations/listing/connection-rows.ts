/**
 * The rows of `ipvsadm -L -c` and of /proc/net/ip_vs_conn.
 */
import type { ListedConnection } from '../../ipvsadm/listed-connection.js';
import type { IpAddress } from '../../ip-address.js';
import { PERSISTENCE_ENGINES } from '../../model/persistence-engine.js';
import { PROTOCOLS, type Protocol } from '../../protocols.js';
import { TextError } from '../text-error.js';
import { hexadecimalAddress, readListedEndpoint, type RowFormat } from './row-values.js';

const ROW = 'a connection: protocol, time, state, client, virtual endpoint, server';
const STATE = /^[A-Z][A-Z\d_-]*[A-Z\d]$/;

/**
 * Reads a row of `ipvsadm -L -c`.
 *
 * @param words - Its words.
 * @param format - How addresses are written.
 * @param line - The number of the line.
 * @returns The connection.
 * @throws {TextError} When it is none.
 */
export function readConnectionRow(
  words: readonly string[],
  format: RowFormat,
  line: number,
): ListedConnection {
  const [prot = '', span = '', state = '', client = '', virtual = '', server = ''] = words;
  const [, minutes, seconds] = /^(\d+):(\d\d)$/.exec(span) ?? [];
  if (minutes === undefined || words.length < 6 || !STATE.test(state)) refuse(words, line);
  const protocol = protocolOf(prot, words, line);
  const names: Protocol = protocol === 'ip' ? 'tcp' : protocol;
  const from = readListedEndpoint(client, names, format, line);
  const to = readListedEndpoint(virtual, names, format, line);
  const at = readListedEndpoint(server, names, format, line);
  return {
    protocol,
    ...markOf(protocol, to.address),
    secondsLeft: Number(minutes) * 60 + Number(seconds),
    origin: 'local',
    state,
    clientAddress: from.address,
    clientPort: from.port,
    virtualAddress: to.address,
    virtualPort: to.port,
    serverAddress: at.address,
    serverPort: at.port,
    ...engineOf(words.slice(6)),
  };
}

/**
 * Reads a row of /proc/net/ip_vs_conn, or of ip_vs_conn_sync, which has the origin in front of the time.
 *
 * @param words - Its words.
 * @param line - The number of the line.
 * @returns The connection.
 * @throws {TextError} When it is none.
 */
export function readKernelConnectionRow(words: readonly string[], line: number): ListedConnection {
  const [prot = '', ...rest] = words;
  const [client, clientPort] = endpointOf(rest.slice(0, 2), words, line);
  const [virtual, virtualPort] = endpointOf(rest.slice(2, 4), words, line);
  const [server, serverPort] = endpointOf(rest.slice(4, 6), words, line);
  const [state = '', second = '', third = ''] = rest.slice(6);
  const hasOrigin = second === 'LOCAL' || second === 'SYNC';
  const seconds = hasOrigin ? third : second;
  if (!/^\d+$/.test(seconds) || !STATE.test(state)) refuse(words, line);
  const protocol = protocolOf(prot, words, line);
  return {
    protocol,
    ...markOf(protocol, virtual),
    secondsLeft: Number(seconds),
    origin: second === 'SYNC' ? 'sync' : 'local',
    state,
    clientAddress: client,
    clientPort,
    virtualAddress: virtual,
    virtualPort,
    serverAddress: server,
    serverPort,
    ...engineOf(rest.slice(hasOrigin ? 9 : 8)),
  };
}

function endpointOf(
  [address = '', port = '']: readonly string[],
  words: readonly string[],
  line: number,
): [IpAddress, number] {
  const parsed = hexadecimalAddress(address);
  if (parsed === undefined || !/^[\dA-Fa-f]{4}$/.test(port)) refuse(words, line);
  return [parsed, Number.parseInt(port, 16)];
}

function protocolOf(text: string, words: readonly string[], line: number): Protocol | 'ip' {
  const protocol = text.toLowerCase();
  if (protocol === 'ip' || PROTOCOLS.some((each) => each === protocol)) return protocol as Protocol;
  return refuse(words, line);
}

/** A template of a mark has the mark where the virtual address would be: its first, or only, 32 bits. */
function markOf(protocol: Protocol | 'ip', virtual: IpAddress): { readonly fwmark?: number } {
  if (protocol !== 'ip') return {};
  return { fwmark: (virtual.family === 4 ? virtual.word3 : virtual.word0) >>> 0 };
}

/** A persistence engine's name and data. */
function engineOf([name, ...data]: readonly string[]): Pick<
  ListedConnection,
  'engineName' | 'engineData'
> {
  const engineName = PERSISTENCE_ENGINES.find((each) => each === name);
  return engineName === undefined ? {} : { engineName, engineData: data.join(' ') };
}

function refuse(words: readonly string[], line: number): never {
  throw new TextError({ line, found: words.join(' '), allowed: ROW });
}
