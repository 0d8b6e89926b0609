/**
 * Probes for Node: by a TCP connection, an HTTP request, a script, a datagram, a question to a name server, a
 * greeting to a mail server, a ping.
 *
 * @packageDocumentation
 */
export * from './tcp-probe.js';
export * from './http-probe.js';
export * from './script-probe.js';
export { udpProbe, type UdpProbeOptions } from './udp-probe.js';
export * from './dns-probe.js';
export * from './smtp-probe.js';
export * from './ping-probe.js';
