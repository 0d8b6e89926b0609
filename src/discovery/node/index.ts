/**
 * Servers by name, resolved again and again: A, AAAA and SRV records.
 *
 * @packageDocumentation
 */
export * from './dns-discovery.js';
export type { DnsQueries, DnsRecords, ResolvedAddress, SrvTarget } from './records.js';
