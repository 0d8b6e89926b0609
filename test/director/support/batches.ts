/** Rules and packets of batches. */
import type { PacketBatch } from '../../../src/director/index.js';
import { tcp, udp } from './packets.js';

export const VIP = '192.0.2.1:80';
export const rulesOf = (method: string): string => `
-A -t ${VIP} -s rr
-a -t ${VIP} -r 10.0.0.1:80 ${method}
-a -t ${VIP} -r 10.0.0.2:80 ${method}
-A -u ${VIP} -s rr
-a -u ${VIP} -r 10.0.0.1:80 ${method}
`;

export function batchOf(packets: readonly Uint8Array[]): PacketBatch {
  const length = packets.reduce((sum, packet) => sum + packet.length, 0);
  const bytes = new Uint8Array(length);
  const offsets = new Int32Array(packets.length);
  let at = 0;
  packets.forEach((packet, place) => {
    bytes.set(packet, at);
    offsets[place] = at;
    at += packet.length;
  });
  const lengths = Int32Array.from(packets, (packet) => packet.length);
  return { bytes, offsets, lengths, count: packets.length };
}

export function packetOf({ client, kind }: { client: number; kind: string }): Uint8Array {
  const from = `198.51.100.7:${5000 + client}`;
  if (kind === 'udp') return udp(from, VIP);
  if (kind === 'noise') return new Uint8Array(client * 7).fill(0x45);
  const isPlain = kind !== 'options';
  return tcp(
    from,
    VIP,
    isPlain ? kind : 'A',
    isPlain ? {} : { options: new Uint8Array(4).fill(1) },
  );
}
