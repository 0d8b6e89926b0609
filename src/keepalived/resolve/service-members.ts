/**
 * The single virtual services of a `virtual_server`: its address or mark, or those of its group with ranges and networks
 * written out one by one.
 */
import type { AddressFamily } from '../../ip-address.js';
import type { GroupDraft, GroupMemberDraft, ServiceTarget } from '../blocks/drafts.js';
import { addressAfter } from '../blocks/group-keywords.js';
import type { Member, MemberRange, ServiceProtocol } from '../configuration.js';

/** A group's member with addresses. */
export type AddressMember = Extract<GroupMemberDraft, { kind: 'address' }>;

/**
 * Whether a service has marks only.
 *
 * @param target - What it is named by.
 * @param group - Its group.
 */
export function onlyMarks(target: ServiceTarget, group: GroupDraft | undefined): boolean {
  if (target.kind !== 'group') return target.kind === 'mark';
  return group !== undefined && group.members.every(({ kind }) => kind === 'mark');
}

/**
 * The members of a service: of a group addresses come first, then marks.
 *
 * @param target - What it is named by.
 * @param group - Its group.
 * @param protocol - Its protocol.
 * @param family - Its family.
 * @returns The members as they are written, in the order in which they are added.
 */
export function memberRanges(
  target: ServiceTarget,
  group: GroupDraft | undefined,
  protocol: ServiceProtocol | undefined,
  family: AddressFamily,
): MemberRange[] {
  if (target.kind === 'mark') return [markRange(target.fwmark, family)];
  if (target.kind === 'address') {
    const { address, port } = target;
    const member: Member = { kind: 'address', protocol: protocol ?? 'udp', address, port };
    return [{ key: `${address} ${port}`, members: [member] }];
  }
  const ranges: MemberRange[] = [];
  for (const member of group?.members ?? []) {
    if (member.kind === 'address') ranges.push(addressRange(member, protocol ?? 'udp'));
  }
  for (const member of group?.members ?? []) {
    if (member.kind === 'mark') ranges.push(markRange(member.fwmark, member.family ?? family));
  }
  return ranges;
}

function markRange(fwmark: number, family: AddressFamily): MemberRange {
  return { key: `fwmark ${fwmark} ${family}`, members: [{ kind: 'mark', fwmark, family }] };
}

function addressRange(range: AddressMember, protocol: ServiceProtocol): MemberRange {
  const { first, count, port } = range;
  const members = Array.from({ length: count }, (_, offset): Member => {
    return { kind: 'address', protocol, address: addressAfter(first, offset), port };
  });
  return { key: `${rangeText(range)} ${port}`, members };
}

/**
 * Writes a range as messages do.
 *
 * @param member - The range.
 * @returns `192.0.2.3`, or `192.0.2.3-192.0.2.5`.
 */
export function rangeText({ first, count }: AddressMember): string {
  return count === 1 ? String(first) : `${first}-${addressAfter(first, count - 1)}`;
}
