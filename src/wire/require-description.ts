/** Refuses descriptions of packets with names that mean nothing. */
import { type OptionNames, requireKnownOptions, requireOneOf } from '../errors.js';
import type { PacketDescription, TransportDescription } from './packet-description.js';

type Type = TransportDescription['type'];
type OfType<T extends Type> = Extract<TransportDescription, { readonly type: T }>;

const PORTS = { type: true, sourcePort: true, destinationPort: true } as const;

const TRANSPORTS: { readonly [T in Type]: OptionNames<OfType<T>> } = {
  tcp: {
    ...PORTS,
    sequenceNumber: true,
    acknowledgmentNumber: true,
    flags: true,
    window: true,
    urgentPointer: true,
    options: true,
  },
  udp: PORTS,
  sctp: { ...PORTS, verificationTag: true },
  icmp: { type: true, icmpType: true, code: true, secondWord: true },
  raw: { type: true, protocol: true },
};

const PACKET: OptionNames<PacketDescription> = {
  source: true,
  destination: true,
  timeToLive: true,
  typeOfService: true,
  identification: true,
  dontFragment: true,
  moreFragments: true,
  fragmentOffset: true,
  options: true,
  flowLabel: true,
  extensions: true,
  transport: true,
  payload: true,
};

/**
 * Checks the names of a description, and of its transport.
 *
 * @param description - What the caller gave.
 * @throws {TypeError} When one of them is unknown.
 */
export function requireDescription(description: PacketDescription): void {
  requireKnownOptions('encode a packet', description, PACKET);
  const { transport } = description;
  const type = requireOneOf('transport', transport.type, Object.keys(TRANSPORTS) as Type[]);
  requireKnownOptions<TransportDescription>(
    `encode a packet of type ${type}`,
    transport,
    TRANSPORTS[type],
  );
}
