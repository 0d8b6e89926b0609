/**
 * The path of a packet as steps on the picture.
 */
import { answerKey, PAST_KEY, requestKey, REQUESTS_KEY, THROUGH_KEY } from './stage-arrows.js';
import { type Comparison, compareFields, type Field, fieldsOf } from './packet-fields.js';
import type { Hop } from './packet-path.js';
import type { MarkedPacket } from './stage-shapes.js';

/** Who sends and who gets a packet, as a heading. */
export function titleOf({ from, to, server }: Hop): string {
  const name = (station: Hop['from']): string =>
    station === 'real server' && server !== undefined ? server : station;
  return from === to ? `At ${name(from)}` : `${capital(name(from))} → ${name(to)}`;
}

/**
 * Where a step is in the picture.
 *
 * @param hop - The step.
 * @returns Its arrows, and what the packet is called.
 */
export function markOf(hop: Hop): MarkedPacket {
  const { from, to, server = '', tunnel } = hop;
  const packet = { label: labelOf(hop), wrapped: tunnel !== undefined };
  if (from === to) return { ...packet, arrows: [], at: from === 'real server' ? server : from };
  return { ...packet, arrows: arrowsOf(from, to, server), at: from };
}

function arrowsOf(from: Hop['from'], to: Hop['to'], server: string): string[] {
  if (from === 'client') return [REQUESTS_KEY];
  if (to === 'real server') return [requestKey(server)];
  if (from === 'director') return [THROUGH_KEY];
  return to === 'director' ? [answerKey(server)] : [answerKey(server), PAST_KEY];
}

/**
 * The header fields of a step, beside those of the step before.
 *
 * @param hop - The step.
 * @returns The fields; `before` equals `after` when there was no step before.
 */
export function comparisonOf(hop: Hop): Comparison[] {
  const after = fieldsOf(hop.frame, hop.tunnel);
  const { former } = hop;
  return compareFields(former === undefined ? after : fieldsOf(former.frame, former.tunnel), after);
}

/** The packet in a word: its flags, or its protocol. */
function labelOf({ frame, tunnel }: Hop): string {
  const fields = fieldsOf(frame, tunnel);
  const value = (header: string, name: string): string | undefined =>
    fields.find((field: Field) => field.header === header && field.name === name)?.value;
  const flags = value('TCP', 'flags')?.replace(' ', '-');
  return flags ?? ['UDP', 'SCTP', 'ICMP'].find((header) => hasHeader(fields, header)) ?? 'IP';
}

function hasHeader(fields: readonly Field[], wanted: string): boolean {
  return fields.some(({ header }) => header === wanted);
}

function capital(text: string): string {
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`;
}
