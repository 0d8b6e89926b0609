/**
 * Which ICMP errors are dropped for their checksum: the rule by kernel, interface, family and method.
 *
 * | error                         | newer kernels | before 6.1.183 and 6.12.103                        |
 * | ----------------------------- | ------------- | -------------------------------------------------- |
 * | client side, IPv4, NAT        | checked       | checked                                            |
 * | client side, IPv4, DR, tunnel | not checked   | checked                                            |
 * | client side, IPv6, NAT        | checked       | not checked                                        |
 * | server side, IPv4, NAT        | checked       | checked                                            |
 * | server side, IPv6, NAT        | checked       | passes when it is right without the pseudo-header  |
 *
 * Source: recorded decisions.
 */
import type { KernelRules } from '../model/kernel-profile.js';
import { checksum } from '../wire/checksum.js';
import type { Packet } from '../wire/packet.js';
import { hasRightIcmpChecksum } from './received-icmp-errors.js';

/**
 * Whether an error from the client side may be translated.
 *
 * @param packet - The ICMP message.
 * @param kernel - The kernel; default the newest.
 * @returns `false` when it is dropped.
 */
export function isRightFromClient(packet: Packet, kernel: KernelRules | undefined): boolean {
  if (packet.family === 6 && kernel?.checksIcmpOfConnection === false) return true;
  return hasRightIcmpChecksum(packet);
}

/**
 * Whether an error from the server side may be translated.
 *
 * @param packet - The ICMP message.
 * @param kernel - The kernel; default the newest.
 * @returns `false` when it is dropped.
 */
export function isRightFromServer(packet: Packet, kernel: KernelRules | undefined): boolean {
  if (packet.family === 4 || kernel?.checksIcmpOfConnection !== false) {
    return hasRightIcmpChecksum(packet);
  }
  return checksum(packet.bytes, packet.transportOffset, packet.transportLength, 0) === 0;
}

/**
 * Whether an error from the client side may be forwarded, before its method looks at it.
 *
 * @param packet - The ICMP message.
 * @param kernel - The kernel; default the newest.
 * @returns `false` when it is dropped, whatever the method is.
 */
export function isRightForAnyMethod(packet: Packet, kernel: KernelRules | undefined): boolean {
  if (packet.family === 6 || kernel?.checksIcmpOfConnection !== false) return true;
  return hasRightIcmpChecksum(packet);
}
