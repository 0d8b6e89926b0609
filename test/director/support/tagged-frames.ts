/** Frames with a VLAN tag, which makes any packet take the slow path, and without, and what becomes of either. */
import { MacAddress, writeEthernetHeader } from '../../../src/wire/index.js';
import type { Verdict } from '../../../src/director/index.js';
import type { Scene } from './scene.js';

const [ours, theirs] = [new MacAddress(0x0200, 1), new MacAddress(0x0200, 2)];
const IPV4 = 0x0800;
const IPV6 = 0x86dd;
const VLAN = 0x8100;

/** The link layer of a host that takes such frames. */
export const link = { client: ours, server: ours, resolveNeighbor: (): MacAddress => theirs };

/** A frame, with or without tag, and some padding behind the packet. */
export function frameOf(packet: Uint8Array, tagged: boolean): Uint8Array {
  const header = tagged ? 18 : 14;
  const frame = new Uint8Array(header + packet.length + 5);
  const view = new DataView(frame.buffer);
  const type = packet[0] >>> 4 === 6 ? IPV6 : IPV4;
  writeEthernetHeader(view, 0, ours, theirs, tagged ? VLAN : type);
  if (tagged) view.setUint16(16, type);
  frame.set(packet, header);
  return frame;
}

/** What becomes of a client's packet, and what a stranger sees of it. */
export function fateOf(
  { director }: Scene,
  packet: Uint8Array,
  tagged: boolean,
  mark = 0,
): unknown[] {
  return seenOf(director.receive(frameOf(packet, tagged), mark));
}

/** What a stranger sees of a verdict. */
export function seenOf(verdict: Verdict): unknown[] {
  const { action, reason, server, service, output, leaves } = verdict;
  const named = [action, reason, server?.toString(), service?.toString(), verdict.delivery()];
  if (!leaves) return named;
  const { bytes, offset, length, side, fragmentLimit, gateway } = output;
  const way = [side, fragmentLimit, gateway?.server.toString(), verdict.departures()];
  return [...named, bytes.slice(offset, offset + length), ...way];
}
