/**
 * What is decided for a service as a whole: protocol, persistence, family, one-packet scheduling.
 */
import type { AddressFamily } from '../../ip-address.js';
import { DEFAULT_PERSISTENCE_SECONDS } from '../../services/persistence-settings.js';
import type { GroupDraft, ServiceDraft } from '../blocks/drafts.js';
import type { VirtualServerConfiguration } from '../configuration.js';
import { labelOf, say, type Work } from './work.js';

/**
 * A mark is on no host, so checks cannot wait for it.
 *
 * @param work - The service.
 */
export function settleSuspension(work: Work): void {
  const { draft, group } = work;
  const isMarked =
    draft.target.kind === 'mark' || group?.members.some(({ kind }) => kind === 'mark') === true;
  if (!draft.haSuspend || !isMarked) return;
  const label = labelOf(work);
  say(work, `Virtual server ${label}: cannot use ha_suspend with fwmarks - clearing ha_suspend`);
  draft.haSuspend = false;
}

/**
 * The family of a service's clients.
 *
 * @param work - The service.
 * @returns The family.
 */
export function familyOf({ draft, group }: Work): AddressFamily {
  if (draft.family !== undefined) return draft.family;
  const member = group?.members.find(({ kind }) => kind === 'address');
  if (member?.kind === 'address') return member.first.family;
  const addresses = draft.servers.map(({ address }) => address);
  if (draft.sorry !== undefined) addresses.push(draft.sorry.address);
  return addresses.every((address) => address.family === 6) ? 6 : 4;
}

/**
 * Why the families of a group's members do not suit the servers.
 *
 * @param work - The service.
 * @param group - Its group.
 * @returns The message; `undefined` when they do.
 */
export function groupClash(work: Work, group: GroupDraft): string | undefined {
  const { draft } = work;
  const families = new Set<AddressFamily>();
  for (const member of group.members) {
    const family = member.kind === 'address' ? member.first.family : member.family;
    if (family !== undefined) families.add(family);
  }
  const methods = draft.servers.map(
    (server) => (server.forwarding ?? server.inherited ?? draft.forwarding)?.method,
  );
  const tunneled = methods.every((method) => method === 'tunneling');
  const vs = labelOf(work);
  if (families.size === 2 && !tunneled) {
    return `${group.name}: virtual server group with IPv4 & IPv6 doesn't match virtual server ${vs} - ignoring`;
  }
  if (families.size !== 1 || draft.family === undefined || families.has(draft.family))
    return undefined;
  return `${group.name}: address family doesn't match virtual server ${vs} - ignoring`;
}

/**
 * Decides the protocol.
 *
 * @param work - The service.
 * @param marks - Whether it only has marks.
 */
export function settleProtocol(work: Work, marks: boolean): void {
  if (marks) {
    if (work.protocol !== undefined) {
      const text = `Warning: Virtual server ${labelOf(work)}: protocol specified for fwmark - protocol will be ignored`;
      say(work, text);
    }
    work.protocol = undefined;
  } else if (work.protocol === undefined) {
    say(work, `Virtual server ${labelOf(work)}: no protocol set - defaulting to UDP`);
    work.protocol = 'udp';
  }
  if (work.draft.onePacket && !marks && work.protocol !== 'udp') {
    say(work, `Virtual server ${labelOf(work)}: one packet scheduling requires UDP - resetting`);
  }
}

/**
 * Whether each datagram is scheduled on its own.
 *
 * @param work - The service.
 * @param marks - Whether it only has marks.
 */
export function settleOnePacket({ draft, protocol }: Work, marks: boolean): boolean {
  return draft.onePacket && (marks || protocol === 'udp');
}

/**
 * Decides the persistence.
 *
 * @param work - The service.
 * @returns Seconds; 0 = none.
 */
export function settlePersistence(work: Work): number {
  const { draft, group } = work;
  const { target } = draft;
  const set =
    draft.persistenceSeconds ?? (draft.granularity === undefined ? 0 : DEFAULT_PERSISTENCE_SECONDS);
  if (set > 0) return set;
  const zero =
    target.kind === 'address'
      ? target.port === 0
      : (group?.members.some((member) => member.kind === 'address' && member.port === 0) ?? false);
  if (!zero) return 0;
  say(
    work,
    `Virtual server ${labelOf(work)}: zero port only valid for persistent services - setting`,
  );
  return DEFAULT_PERSISTENCE_SECONDS;
}

/**
 * Which bits of a client's address count.
 *
 * @param draft - What the service's block says.
 * @returns A mask, a prefix length, or `undefined` = all.
 */
export function granularityOf({
  granularity,
}: ServiceDraft): VirtualServerConfiguration['granularity'] {
  if (granularity === undefined) return undefined;
  return 'mask' in granularity ? granularity.mask : granularity.length;
}
