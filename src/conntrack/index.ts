/**
 * Connection tracking beside a director, and the source NAT of the host's firewall behind it: "full NAT", the way
 * kube-proxy sets it up.
 *
 * A director without it pays nothing for it. With it, `conntrack`, `-m ipvs`, `MASQUERADE` and `ct state invalid` mean
 * what they mean on a Linux host.
 *
 * @module
 */
export { ConnectionTracking } from './connection-tracking.js';
export { type ConnectionTrackingOptions, type DroppingChain, Firewall } from './firewall.js';
export { formatTrackedConnection } from './listing.js';
export type { SourceNatRule } from './source-nat-rules.js';
export type { TrackedConnection, TrackedDirection } from './tracked-connection.js';
export { NOT_PLAIN, PLAIN, PLAIN_TRANSLATED } from './tracking-part.js';
export type {
  PlainAs,
  PlainPart,
  TrackingEnvironment,
  TrackingFault,
  TrackingPart,
  TrackingSource,
} from './tracking-part.js';
export type { StrayState, TrackedEntryState, TrackingState, TupleState } from './tracking-state.js';
