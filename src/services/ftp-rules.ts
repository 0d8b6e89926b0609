/**
 * FTP, the protocol whose data connections use other ports than the service: the rules that know it.
 *
 * | where                                 | rule                                                                |
 * | ------------------------------------- | ------------------------------------------------------------------- |
 * | look-up (`service-lookup.ts`)         | TCP to port 20, or 1024 and above, may belong to a service on 21    |
 * | templates (`template-key.ts`)         | the template of a service on 21 covers all ports of the client      |
 * | admission (`director/admission.ts`)   | what comes from port 20 is data, and is not scheduled               |
 * | `director/no-destination.ts`          | other ports of a service on 21 are left to the host                 |
 *
 * Source: ipvsadm(8), and recorded decisions.
 */
import type { Service } from './service.js';

/** The port of control connections. */
export const FTP_PORT = 21;

const FTP_DATA_PORT = 20;
const FIRST_UNPRIVILEGED_PORT = 1024;

/**
 * Whether a TCP packet to this port may be the data of an FTP session.
 *
 * @param port - The destination port.
 * @returns `true` for port 20, and from 1024 on.
 */
export function mayBeFtpData(port: number): boolean {
  return port === FTP_DATA_PORT || port >= FIRST_UNPRIVILEGED_PORT;
}

/**
 * Whether a new connection is an FTP data connection, which is not scheduled.
 *
 * @param clientPort - The client's port.
 * @returns `true` for port 20.
 */
export function isFtpData(clientPort: number): boolean {
  return clientPort === FTP_DATA_PORT;
}

/**
 * Whether a port of an FTP service is left to the host when the service has no destination for it.
 *
 * @param service - The service that the look-up gave.
 * @param port - The destination port.
 * @returns `true` for all ports but 21 of a service on port 21.
 */
export function isUnschedulableFtpPort(service: Service, port: number): boolean {
  return service.port === FTP_PORT && port !== FTP_PORT;
}
