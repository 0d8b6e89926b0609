/**
 * How a director names the service of a member.
 */
import type { ServiceName } from '../../services/service-key.js';
import type { Member } from '../configuration.js';

/**
 * The name of a member's service.
 *
 * @param member - The member.
 * @returns The name.
 */
export function memberName(member: Member): ServiceName {
  if (member.kind === 'mark') return { fwmark: member.fwmark, family: member.family };
  const { protocol, address, port } = member;
  return { protocol, address, port };
}
