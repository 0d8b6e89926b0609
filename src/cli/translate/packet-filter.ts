/**
 * Which packets are written and explained: those of one client, or of one service. All packets are decided, so
 * that the others' share of the load counts.
 */
import { IpAddress } from '../../ip-address.js';
import type { Packet } from '../../wire/index.js';
import { UsageError } from '../command.js';

const PROTOCOLS: Readonly<Record<string, number>> = { tcp: 6, udp: 17, sctp: 132 };

interface Prefix {
  readonly network: IpAddress;
  readonly length: number;
}

interface Endpoint {
  readonly protocol: number | undefined;
  readonly address: IpAddress;
  readonly port: number | undefined;
}

/** Chooses packets. */
export class PacketFilter {
  private readonly client: Prefix | undefined;
  private readonly service: Endpoint | undefined;

  /**
   * @param client - An address, or a network such as `203.0.113.0/24`; `undefined` = all.
   * @param service - Such as `192.0.2.1:80`, `udp:192.0.2.1:53` or `[2001:db8::1]`; `undefined` = all.
   * @throws {UsageError} When one of them is none.
   */
  constructor(client: string | undefined, service: string | undefined) {
    this.client = client === undefined ? undefined : prefixOf(client);
    this.service = service === undefined ? undefined : endpointOf(service);
  }

  /** Whether all packets are wanted. */
  get isEmpty(): boolean {
    return this.client === undefined && this.service === undefined;
  }

  /**
   * Whether one end of a packet is the client, and one the service, that is asked for.
   *
   * @param packet - The packet, as it came or as it leaves.
   * @returns The two answers as bits: 1 the client, 2 the service.
   */
  matches(packet: Packet): number {
    const { family, bytes, protocol } = packet;
    const hasPorts = Object.values(PROTOCOLS).includes(protocol) && packet.hasPorts;
    const source = IpAddress.fromBytes(family, bytes, packet.sourceOffset);
    const destination = IpAddress.fromBytes(family, bytes, packet.destinationOffset);
    const isClient = this.isClient(source) || this.isClient(destination);
    const isService =
      this.isService(protocol, source, hasPorts ? packet.sourcePort : undefined) ||
      this.isService(protocol, destination, hasPorts ? packet.destinationPort : undefined);
    return (isClient ? 1 : 0) | (isService ? 2 : 0);
  }

  private isClient(address: IpAddress): boolean {
    const { client } = this;
    if (client === undefined) return true;
    const { network, length } = client;
    return network.family === address.family && address.prefix(length).equals(network);
  }

  private isService(protocol: number, address: IpAddress, port: number | undefined): boolean {
    const { service } = this;
    if (service === undefined) return true;
    if (service.protocol !== undefined && service.protocol !== protocol) return false;
    if (service.port !== undefined && service.port !== port) return false;
    return service.address.equals(address);
  }
}

/** Both ends are as asked for. */
export const WANTED = 3;

function prefixOf(text: string): Prefix {
  const [address = '', length, ...more] = text.split('/');
  const network = addressOf('client', address, text);
  const most = network.family === 4 ? 32 : 128;
  const bits = length === undefined ? most : Number(length);
  if (more.length > 0 || !Number.isInteger(bits) || bits < 0 || bits > most || length === '') {
    throw new UsageError(`--client: expected an address or ADDRESS/LENGTH, got '${text}'`);
  }
  return { network: network.prefix(bits), length: bits };
}

function endpointOf(text: string): Endpoint {
  const named = /^(tcp|udp|sctp):(.*)$/i.exec(text);
  const rest = named?.[2] ?? text;
  const parts =
    /^\[(?<address>[^\]]*)\](?::(?<port>\d+))?$/.exec(rest) ??
    /^(?<address>[^:]*)(?::(?<port>\d+))?$/.exec(rest) ??
    /^(?<address>.*)$/.exec(rest);
  const { address = '', port } = parts?.groups ?? {};
  const number = port === undefined ? undefined : Number(port);
  if (number !== undefined && number > 65_535) {
    throw new UsageError(`--service: expected a port 0–65535, got '${text}'`);
  }
  return {
    protocol: named === null ? undefined : PROTOCOLS[named[1].toLowerCase()],
    address: addressOf('service', address, text),
    port: number,
  };
}

function addressOf(option: string, address: string, text: string): IpAddress {
  try {
    return IpAddress.parse(address);
  } catch {
    throw new UsageError(`--${option}: expected an IP address in it, got '${text}'`);
  }
}
