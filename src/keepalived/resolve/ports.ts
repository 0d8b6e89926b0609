/**
 * The ports of servers in rules. What differs from what is written is reported.
 */
import type { Forwarding, ServerDraft, SorryDraft } from '../blocks/drafts.js';
import { serverLabel } from '../labels.js';
import { type AddressMember, rangeText } from './service-members.js';
import { labelOf, say, type Work } from './work.js';

/** A server with how packets reach it. */
export interface ForwardedServer {
  /** What its block says. */
  readonly server: ServerDraft;
  /** How packets reach it. */
  readonly forwarding: Forwarding;
}

/**
 * The port of a real server, before the members of a group are looked at.
 *
 * A masquerading server keeps its own; the others get their service's.
 *
 * @param work - The service.
 * @param server - The server.
 * @returns The port.
 */
export function serverPort(work: Work, { server, forwarding }: ForwardedServer): number {
  const { target } = work.draft;
  const { address, port } = server;
  const label = serverLabel(address, port, work.protocol);
  if (target.kind === 'address') {
    if (port === 0) return target.port;
    if (forwarding.method === 'masquerading' || port === target.port) return port;
    const text = `WARNING - virtual server ${labelOf(work)} and real server ${label} ports don't match - resetting`;
    say(work, text);
    return target.port;
  }
  if (target.kind === 'group' || forwarding.method === 'masquerading' || port === 0) return port;
  const text = `WARNING - fwmark virtual server ${labelOf(work)}, real server ${label} has port specified - clearing`;
  say(work, text);
  return 0;
}

/**
 * Reports ports that the members of a group do not take: marks first, then addresses in order.
 *
 * @param work - The service.
 * @param servers - Its servers.
 * @param sorry - The port of its sorry server, where it is not masqueraded; else 0.
 */
export function reportGroupPorts(
  work: Work,
  servers: readonly ForwardedServer[],
  sorry: number,
): void {
  const { draft, group, protocol } = work;
  if (draft.target.kind !== 'group' || group === undefined) return;
  const vs = labelOf(work);
  const named = servers
    .filter(({ server, forwarding }) => forwarding.method !== 'masquerading' && server.port !== 0)
    .map(({ server: { address, port } }) => ({
      port,
      label: serverLabel(address, port, protocol),
    }));
  if (group.members.some(({ kind }) => kind === 'mark')) {
    for (const { label } of named) {
      const text = `WARNING - fwmark virtual server ${vs}, real server ${label} has port specified - port will be ignored`;
      say(work, text);
    }
    if (sorry !== 0) {
      const text = `WARNING - fwmark virtual server ${vs}, sorry server has port specified - port will be ignored`;
      say(work, text);
    }
  }
  for (const member of group.members) {
    if (member.kind === 'address') reportMemberPorts(work, member, named, sorry);
  }
}

function reportMemberPorts(
  work: Work,
  member: AddressMember,
  named: readonly { readonly port: number; readonly label: string }[],
  sorry: number,
): void {
  const vs = labelOf(work);
  for (const { port, label } of named) {
    if (port === member.port) continue;
    const range = `[${rangeText(member)},${member.port}]`;
    say(work, `virtual server ${vs}:${range} and real server ${label} ports don't match`);
  }
  if (sorry === 0 || sorry === member.port) return;
  const text = `WARNING - virtual server ${vs}, sorry server has port specified - port will be ignored`;
  say(work, text);
}

/**
 * The port of a sorry server.
 *
 * @param work - The service.
 * @param sorry - The sorry server.
 * @param forwarding - How packets reach it.
 * @returns The port.
 */
export function sorryPort(work: Work, { port }: SorryDraft, { method }: Forwarding): number {
  const { draft, state } = work;
  const { target } = draft;
  if (target.kind === 'group') return port;
  const own = target.kind === 'address' ? target.port : 0;
  if (method === 'masquerading') {
    return port === 0 && !state.behavior.sorryServerKeepsPortZero ? own : port;
  }
  if (port !== 0 && port !== own) {
    const text =
      target.kind === 'mark'
        ? `WARNING - virtual server ${labelOf(work)}, sorry server has port specified - clearing`
        : `WARNING - virtual server ${labelOf(work)} and sorry server ports don't match - resetting`;
    say(work, text);
  }
  return own;
}
