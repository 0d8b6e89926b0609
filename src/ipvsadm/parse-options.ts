/**
 * What a caller may choose about reading rules.
 */
import type { IpAddress } from '../ip-address.js';

/**
 * Finds the IPv4 address of a host name.
 *
 * @param name - The name, as written in a rule.
 * @returns Its first IPv4 address, or `undefined` when it has none.
 */
export type HostLookup = (name: string) => IpAddress | undefined;

/** How rules are read. */
export interface ParseOptions {
  /**
   * Whether to refuse what the tool refuses and this library accepts: comments, and a byte order mark or
   * other blanks than space, tab and carriage return; default `false`.
   */
  readonly strict?: boolean;
  /**
   * Resolves host names, to IPv4 only, as the tool does. Default: names are refused, since reading rules
   * waits for nothing. Resolve the names first, and look them up here.
   */
  readonly hosts?: HostLookup;
}
