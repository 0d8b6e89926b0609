/**
 * Making captures and reading them back, for tests.
 */
import {
  CaptureReader,
  type CaptureRecord,
  CaptureWriter,
  type CaptureWriterOptions,
  type WrittenPacket,
} from '../../../src/captures/index.js';

/** A packet that was read, copied. */
export interface ReadPacket {
  readonly seconds: number;
  readonly nanoseconds: number;
  readonly bytes: Uint8Array;
  readonly originalLength: number;
  readonly linkType: number;
}

/** Joins bytes. */
export function join(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** A whole capture file. */
export function captureFile(
  options: CaptureWriterOptions,
  packets: readonly WrittenPacket[],
): Uint8Array {
  const writer = new CaptureWriter(options);
  return join([writer.header(), ...packets.map((packet) => writer.packet(packet))]);
}

/** Copies the packet of a record. */
export function packetOf(record: CaptureRecord): ReadPacket {
  const { seconds, nanoseconds, originalLength } = record;
  const { linkType } = record.interface;
  return { seconds, nanoseconds, bytes: record.copy(), originalLength, linkType };
}

/** Reads all packets of a file that is handed in by chunks. */
export function readPackets(reader: CaptureReader, chunks: readonly Uint8Array[]): ReadPacket[] {
  const found: ReadPacket[] = [];
  for (const chunk of chunks) {
    reader.add(chunk);
    while (reader.next()) if (reader.record.kind === 'packet') found.push(packetOf(reader.record));
  }
  return found;
}

/** Reads all packets of a file that must be sound. */
export function packetsOf(file: Uint8Array): ReadPacket[] {
  const reader = new CaptureReader();
  const packets = readPackets(reader, [file]);
  if (reader.fault !== undefined || reader.bytesPending > 0) {
    throw new Error(
      `Unsound capture: ${reader.fault?.text ?? `${reader.bytesPending} bytes left`}`,
    );
  }
  return packets;
}
