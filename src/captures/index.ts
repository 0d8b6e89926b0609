/**
 * Capture files: pcap and pcapng with one face, read and copied as streams of bytes, and the link types in
 * front of IP packets.
 *
 * @packageDocumentation
 */
export * from './byte-sink.js';
export * from './capture-copier.js';
export { describeFault, type CaptureFault, type CaptureFaultKind } from './capture-fault.js';
export type { CaptureInterface } from './capture-interface.js';
export * from './capture-reader.js';
export { CaptureRecord, type RecordKind } from './capture-record.js';
export * from './capture-writer.js';
export type { CaptureCopier, CopiedPacket } from './copied-packet.js';
export * from './frame-check.js';
export * from './links/link-content.js';
export type { LinkRule } from './links/link-rule.js';
export * from './links/link-type-names.js';
export * from './links/link-types.js';
