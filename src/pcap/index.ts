/**
 * Classic pcap files, read and written as streams of bytes.
 *
 * @packageDocumentation
 */
export type { PcapLinkType, PcapRecord } from './pcap-format.js';
export * from './pcap-reader.js';
export * from './pcap-writer.js';
