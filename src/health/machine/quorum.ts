/**
 * When a service has quorum: it is gained when the weight of the alive servers reaches `quorum + hysteresis`, and lost
 * when it falls below `quorum - hysteresis`.
 */

/** When quorum is gained and lost. */
export interface QuorumRules {
  /** The weight that must be alive. */
  quorum: number;
  /** How far the weight must pass it. */
  hysteresis: number;
}

/**
 * Whether there is quorum.
 *
 * @param rules - When it is gained and lost.
 * @param total - The weight of the alive servers.
 * @param before - Whether there was quorum until now; at the start there was none.
 * @returns Whether there is now.
 */
export function hasQuorum(
  { quorum, hysteresis }: QuorumRules,
  total: number,
  before: boolean,
): boolean {
  return total >= (before ? quorum - hysteresis : quorum + hysteresis);
}
