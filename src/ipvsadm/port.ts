/**
 * Ports of the rule language: a number, or the name of a well-known service.
 */
import type { Protocol } from '../model/flow.js';
import { readNumber } from './number.js';

const both: readonly Protocol[] = ['tcp', 'udp'];
const tcp: readonly Protocol[] = ['tcp'];
const udp: readonly Protocol[] = ['udp'];

/** Names that stand for a port, with the protocols for which they do (IANA's registry). */
const names: Readonly<Record<string, readonly [number, readonly Protocol[]]>> = {
  'ftp-data': [20, tcp],
  ftp: [21, tcp],
  ssh: [22, tcp],
  telnet: [23, tcp],
  smtp: [25, tcp],
  domain: [53, both],
  tftp: [69, udp],
  http: [80, tcp],
  pop3: [110, tcp],
  ntp: [123, udp],
  imap2: [143, tcp],
  snmp: [161, both],
  ldap: [389, both],
  https: [443, both],
  syslog: [514, udp],
  ldaps: [636, both],
  imaps: [993, tcp],
  pop3s: [995, tcp],
  radius: [1812, both],
  mysql: [3306, tcp],
  sip: [5060, both],
  'sip-tls': [5061, both],
  postgresql: [5432, tcp],
  'http-alt': [8080, both],
};

/**
 * Reads a port.
 *
 * @param text - A number 0–65535, or a name in lower case.
 * @param protocol - For which protocol a name must stand.
 * @returns The port, or `undefined` when the text is none.
 */
export function readPort(text: string, protocol: Protocol): number | undefined {
  if (Object.hasOwn(names, text)) {
    const [port, protocols] = names[text] as readonly [number, readonly Protocol[]];
    return protocols.includes(protocol) ? port : undefined;
  }
  return readNumber(text, 0, 65535);
}
