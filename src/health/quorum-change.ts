/**
 * What a health checker reports of the quorum: it was lost, or gained again.
 */

/** A change of the quorum. */
export interface QuorumChange {
  /** Whether there is quorum now. */
  readonly gained: boolean;
  /** The weight of the servers that are up. */
  readonly weight: number;
  /** The weight that they must have. */
  readonly quorum: number;
  /** When, in milliseconds of the checker's clock. */
  readonly timeMs: number;
}

/**
 * A change as one line for a log.
 *
 * @param change - The change.
 * @returns For example `quorum lost: weight 2 of 3 is up`; no line end.
 */
export function formatQuorumChange({ gained, weight, quorum }: QuorumChange): string {
  return `quorum ${gained ? 'gained' : 'lost'}: weight ${weight} of ${quorum} is up`;
}
