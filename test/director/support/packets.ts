/** Packets in a word: endpoints as text, flags as letters. */
import { IpAddress } from '../../../src/ip-address.js';
import {
  encodePacket,
  Packet,
  type PacketDescription,
  TCP_FLAG,
  type TransportDescription,
} from '../../../src/wire/index.js';

/** One end of a conversation. */
export interface End {
  readonly address: string;
  readonly port: number;
}

/** What may be said about a packet besides its ends. */
export type Extras = Partial<Omit<PacketDescription, 'source' | 'destination' | 'transport'>>;

const letters: Readonly<Record<string, number>> = {
  S: TCP_FLAG.SYN,
  A: TCP_FLAG.ACK,
  F: TCP_FLAG.FIN,
  R: TCP_FLAG.RST,
  P: TCP_FLAG.PSH,
};

/** Reads `192.0.2.1:80` or `[2001:db8::1]:80`. */
export function endOf(text: string): End {
  const at = text.lastIndexOf(':');
  const address = text.slice(0, at).replace(/^\[|\]$/g, '');
  return { address, port: Number(text.slice(at + 1)) };
}

/** A TCP segment; flags as in `'SA'`. */
export function tcp(from: string, to: string, flags = 'S', extras: Extras = {}): Uint8Array {
  const bits = [...flags].reduce((sum, letter) => sum | letters[letter], 0);
  return packet(from, to, (ports) => ({ type: 'tcp', ...ports, flags: bits }), extras);
}

/** A UDP datagram. */
export function udp(from: string, to: string, extras: Extras = {}): Uint8Array {
  return packet(from, to, (ports) => ({ type: 'udp', ...ports }), extras);
}

/** An SCTP packet with one chunk, by default INIT. */
export function sctp(from: string, to: string, chunk = 1, extras: Extras = {}): Uint8Array {
  const payload = new Uint8Array([chunk, 0, 0, 4]);
  return packet(from, to, (ports) => ({ type: 'sctp', ...ports }), { payload, ...extras });
}

/** An ICMP error that quotes a packet. */
export function icmpError(
  from: string,
  to: string,
  [icmpType, code]: readonly [number, number],
  quote: Uint8Array,
  secondWord = 0,
): Uint8Array {
  const transport = { type: 'icmp', icmpType, code, secondWord } as const;
  return encodePacket({ source: from, destination: to, transport, payload: quote });
}

/** The well-formed packet in bytes. */
export function parsed(bytes: Uint8Array | undefined): Packet {
  const view = new Packet();
  const result = view.parse(bytes ?? new Uint8Array(0));
  if (result !== 'ok') throw new Error(`no packet: ${result}`);
  return view;
}

/** Both ends of a TCP, UDP or SCTP packet, as in `192.0.2.1:80 > 198.51.100.7:4711`. */
export function endsOf(bytes: Uint8Array | undefined): string {
  const view = parsed(bytes);
  const source = addressText(view, view.sourceOffset);
  const destination = addressText(view, view.destinationOffset);
  return `${source}:${view.sourcePort} > ${destination}:${view.destinationPort}`;
}

function packet(
  from: string,
  to: string,
  transport: (ports: { sourcePort: number; destinationPort: number }) => TransportDescription,
  extras: Extras,
): Uint8Array {
  const source = endOf(from);
  const destination = endOf(to);
  return encodePacket({
    source: source.address,
    destination: destination.address,
    transport: transport({ sourcePort: source.port, destinationPort: destination.port }),
    ...extras,
  });
}

function addressText({ bytes, family }: Packet, at: number): string {
  const address = IpAddress.fromBytes(family, bytes, at).toString();
  return family === 4 ? address : `[${address}]`;
}
