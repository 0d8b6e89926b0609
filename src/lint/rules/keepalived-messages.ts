/**
 * Messages about a keepalived.conf that have a rule of their own.
 */

/** Ports that direct routing and tunnels ignore. */
export const PORTS_IGNORED: RegExp = /ports don't match|has port specified/;
/** A service without a protocol. */
export const NO_PROTOCOL: RegExp = /no protocol set - defaulting to UDP/;
/** A time that is no time. */
export const BAD_TIME: RegExp = /^(?:WARNING - )?invalid number '\d*\.?\d+[a-z]+'/;
/** What is said behind a bad time. */
const BAD_TIME_DETAIL =
  /(?:delay_?loop|delay loop|delay before retry|warmup|connect_timeout) '?\S+'? (?:is )?invalid - ignoring/;
/** A granularity that is none. */
export const BAD_GRANULARITY: RegExp = /Invalid IPv[46] persistence_granularity/;
/** The same service again. */
export const SERVICE_TWICE: RegExp = /is defined twice - removing second vs/;
/** A group that is not there. */
export const NO_GROUP: RegExp = /^Virtual server group .* specified but not configured/;
/** A file that is not there. */
export const NO_FILE: RegExp = /^Config files missing/;
/** Port 0 of a service that is not persistent. */
export const PORT_ZERO: RegExp = /zero port only valid for persistent services/;
/** One-packet scheduling of TCP. */
export const ONE_PACKET: RegExp = /one packet scheduling requires UDP/;
/** A quorum that cannot be reached. */
export const QUORUM: RegExp = /exceeds total weight of real servers|^Virtual server .*: hysteresis/;

const CLAIMED: readonly RegExp[] = [
  PORTS_IGNORED,
  NO_PROTOCOL,
  BAD_TIME,
  BAD_TIME_DETAIL,
  BAD_GRANULARITY,
  SERVICE_TWICE,
  NO_GROUP,
  NO_FILE,
  QUORUM,
];

/**
 * Whether a message is reported by another rule than the one for messages.
 *
 * @param text - The message.
 */
export function claimedMessage(text: string): boolean {
  return CLAIMED.some((pattern) => pattern.test(text));
}
