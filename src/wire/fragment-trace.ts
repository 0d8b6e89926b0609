/**
 * What remains known of the fragments a packet was reassembled from: how long the longest was, and
 * where the data were cut.
 */

/** The history of a packet that was reassembled from fragments. */
export interface FragmentTrace {
  /** Bytes of the longest fragment as an IP packet of its own, header included. */
  readonly largest: number;
  /** How many fragments there were, 1 or more. */
  readonly count: number;
  /** Bytes of headers in front of the data that were cut, without the fragment header. */
  readonly headersLength: number;
  /**
   * Where each fragment's data began, in bytes from the beginning of the data that were cut; the
   * first {@link FragmentTrace.count} entries count, in ascending order, the first is 0.
   */
  readonly starts: Int32Array;
}
