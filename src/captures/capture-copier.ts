/**
 * Copying a capture with changed packets: what is not changed keeps its bytes.
 *
 * Each pair of formats has a copier. All keep link types, interfaces, names, comments, options, time
 * resolution, original lengths and the order of packets as far as the format written can say them.
 */
import type { ByteSink } from './byte-sink.js';
import type { CaptureCopier } from './copied-packet.js';
import { PcapCopier } from './pcap-copier.js';
import { PcapFromPcapng } from './pcap-from-pcapng.js';
import { PcapngCopier } from './pcapng-copier.js';
import { PcapngFromPcap } from './pcapng-from-pcap.js';

/**
 * Makes a copier.
 *
 * @param from - The format that is read.
 * @param to - The format that is written.
 * @param sink - Where the bytes go.
 * @returns The copier.
 * @example
 * {@includeCode ../../docs/examples/captures-copying.ts}
 */
export function captureCopier(
  from: 'pcap' | 'pcapng',
  to: 'pcap' | 'pcapng',
  sink: ByteSink,
): CaptureCopier {
  if (from === 'pcap') return to === 'pcap' ? new PcapCopier(sink) : new PcapngFromPcap(sink);
  return to === 'pcapng' ? new PcapngCopier(sink) : new PcapFromPcapng(sink);
}
