/**
 * The listing of connections and templates. Its rows are a set: their order is the table's.
 */
import { IpAddress } from '../ip-address.js';
import type { ListedConnection } from './listed-connection.js';
import type { Protocol } from '../protocols.js';
import { formatListedEndpoint, joinColumns } from './columns.js';
import type { ListCommand } from './command.js';

const title = 'IPVS connection entries\n';
const head = 'pro expire state       source             virtual            destination';
const engineHead = `${head}        pe name          pe_data`;

/**
 * Lists connections.
 *
 * @param connections - The rows.
 * @param command - How: the columns `persistent-conn` add the heads of a persistence engine's columns.
 * @returns The listing, each line with its end.
 */
export function listConnections(
  connections: Iterable<ListedConnection>,
  { columns, numeric }: Pick<ListCommand, 'columns' | 'numeric'>,
): string {
  const lines = [columns === 'persistent-conn' ? engineHead : head];
  const showsEngines = columns === 'persistent-conn';
  for (const connection of connections) lines.push(row(connection, numeric, showsEngines));
  return title + lines.map((line) => `${line}\n`).join('');
}

function row(connection: ListedConnection, numeric: boolean, showsEngines: boolean): string {
  const { clientAddress, serverAddress, fwmark, protocol, engineName } = connection;
  const named = numeric || protocol === 'ip' ? undefined : protocol;
  const virtualAddress =
    fwmark === undefined
      ? connection.virtualAddress
      : markAddress(fwmark, connection.virtualAddress.family);
  const columns = joinColumns([
    [protocol.toUpperCase(), 3],
    [formatSpan(connection.secondsLeft), 6],
    [connection.state, 11],
    [endpoint(clientAddress, connection.clientPort, named), 18],
    [endpoint(virtualAddress, connection.virtualPort, named), 18],
  ]);
  const server = endpoint(serverAddress, connection.serverPort, named);
  if (!showsEngines || engineName === undefined) return `${columns} ${server}`;
  return `${columns} ${server.padEnd(16)} ${engineName.padEnd(18)} ${connection.engineData}`;
}

function endpoint(address: IpAddress, port: number, named: Protocol | undefined): string {
  return formatListedEndpoint(address, port, named);
}

/** A mark stands where the address does, in its first 32 bits. */
function markAddress(fwmark: number, family: 4 | 6): IpAddress {
  return family === 4 ? IpAddress.fromIpv4(fwmark) : IpAddress.fromIpv6(fwmark, 0, 0, 0);
}

/** Minutes and seconds, two digits or more each. */
function formatSpan(seconds: number): string {
  const minutes = String(Math.floor(seconds / 60)).padStart(2, '0');
  return `${minutes}:${String(seconds % 60).padStart(2, '0')}`;
}
