/**
 * Why a director decides as it does: every reason, with its meaning.
 */
import type { TrackingFault } from '../conntrack/tracking-part.js';
import { FORWARDING_REASONS, type ForwardingReason } from '../forwarding/output.js';
import type { PacketFault } from '../wire/packet.js';

/** A reason that a director adds to those of forwarding. */
export type DirectorReason =
  | 'malformed'
  | 'no-service-of-family'
  | 'fragment-waiting'
  | 'fragment-invalid'
  | 'protocol-without-services'
  | 'icmp-not-error'
  | 'no-connection'
  | 'no-service'
  | 'ftp-data-source'
  | 'no-destination'
  | 'server-removed'
  | 'table-full'
  | 'no-engine-data'
  | 'reply-not-rewritten'
  | 'drop-packet-defence'
  | 'backup-only'
  | 'unbound'
  | 'connection-tracked'
  | TrackingFault
  | 'invalid-packet';

/** Every {@link DirectorReason}, with its meaning. */
export const DIRECTOR_REASONS: Readonly<Record<DirectorReason, string>> = {
  malformed: 'The bytes are no well-formed IP packet.',
  'no-service-of-family':
    'There is no service of this address family, so the director is out of the way.',
  'fragment-waiting': 'The fragment waits for the rest of its datagram.',
  'fragment-invalid': 'The fragments of the datagram do not fit together.',
  'protocol-without-services': 'Only TCP, UDP and SCTP have services.',
  'icmp-not-error': 'The ICMP message is no error, and for the host to answer.',
  'no-connection': 'The packet belongs to no known connection, and does not open one.',
  'no-service': 'The packet is addressed to no virtual service.',
  'ftp-data-source': 'Connections from port 20 are FTP data, which is not scheduled.',
  'no-destination': 'The service has no server that can take the connection.',
  'server-removed': 'The server of the connection was removed, and the connection kept.',
  'table-full': 'The connection table is full.',
  'no-engine-data':
    'The persistence engine of the service finds nothing in the packet that identifies its call.',
  'reply-not-rewritten':
    'The FTP reply names an address that cannot be rewritten, since the host does not track connections.',
  'drop-packet-defence':
    'The drop_packet defense dropped a packet that would have opened a connection.',
  'backup-only': 'The director is a backup, and backup_only keeps it from forwarding.',
  unbound: 'The connection was received by synchronization and has no server here yet.',
  'connection-tracked':
    'The SYN would open another connection in place of one that is tracked; that one ends first.',
  'invalid-packet': 'The firewall drops what connection tracking finds invalid.',
  'invalid-segment':
    'Connection tracking finds the segment invalid, so it cannot be translated and is lost.',
  'answers-tracked':
    'Connection tracking knows another connection with the same answers, so this one is lost.',
  'no-own-address': 'The director has no address of the needed family on that side.',
  'no-own-port': 'All own ports toward the server are taken by other connections.',
};

/** Why a packet is treated as it is. */
export type Reason = ForwardingReason | PacketFault | DirectorReason;

/**
 * The meaning of a reason, as a sentence.
 *
 * @param reason - The reason.
 * @returns Its meaning.
 */
export function explainReason(reason: Reason): string {
  if (Object.hasOwn(DIRECTOR_REASONS, reason)) {
    return DIRECTOR_REASONS[reason as DirectorReason];
  }
  if (Object.hasOwn(FORWARDING_REASONS, reason)) {
    return FORWARDING_REASONS[reason as ForwardingReason];
  }
  return `${DIRECTOR_REASONS.malformed} (${reason})`;
}
