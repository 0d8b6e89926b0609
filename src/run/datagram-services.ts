/**
 * Services that look at each datagram: several datagrams that the kernel has merged to one would be one to them.
 */

/** What decides whether a service does. */
export interface DatagramSettings {
  /** Whether each of its datagrams is scheduled. */
  readonly onePacket: boolean;
  /** The persistence engine, which reads datagrams; empty or absent: none. */
  readonly persistenceEngine?: string | undefined;
}

/**
 * Whether a service looks at each datagram.
 *
 * @param settings - What decides it.
 * @returns `true` when it does.
 */
export function looksAtDatagrams({ onePacket, persistenceEngine = '' }: DatagramSettings): boolean {
  return onePacket || persistenceEngine !== '';
}
