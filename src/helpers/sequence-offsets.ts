/**
 * Sequence numbers of a connection in which segments of the server have changed their length.
 *
 * Three numbers per connection, 0 at first: the position of the last change, and by how much the numbers before and
 * behind it are shifted. All arithmetic is modulo 2^32; "later" is by the sign of the difference. Only the last change is
 * remembered, so a segment from before the last but one gets a shift that is wrong by that older change.
 * Sources: RFC 9293, section 3.4, and recorded decisions.
 */

/** Where the numbers of a server are shifted, and by how much: each 32 bits, signed. */
export interface SequenceOffsets {
  /** The sequence number of the last segment whose length was changed, as the server sent it. */
  position: number;
  /** The shift up to that segment, itself included. */
  before: number;
  /** The shift behind it. */
  behind: number;
}

/**
 * By how much a sequence number of the server is shifted.
 *
 * @param offsets - The shifts.
 * @param sequence - The number as the server sent it.
 * @returns The shift.
 */
export function shiftOfSequence(offsets: SequenceOffsets, sequence: number): number {
  return isLater(sequence, offsets.position) ? offsets.behind : offsets.before;
}

/**
 * By how much an acknowledgement of the client was shifted.
 *
 * @param offsets - The shifts.
 * @param acknowledged - The number as the client sent it: an acknowledgement or an edge of a SACK block.
 * @returns What is to be subtracted.
 */
export function shiftOfAcknowledgement(offsets: SequenceOffsets, acknowledged: number): number {
  const { position, before, behind } = offsets;
  return isLater((acknowledged - before) | 0, position) ? behind : before;
}

/**
 * Notes that a segment of the server has changed its length.
 *
 * @param offsets - The shifts; they stay as they are when the segment was sent again.
 * @param sequence - Its number as the server sent it.
 * @param growth - By how much it is longer now; not 0.
 */
export function noteGrowth(offsets: SequenceOffsets, sequence: number, growth: number): void {
  const { position, before, behind } = offsets;
  if (before !== behind && !isLater(sequence, position)) return;
  offsets.position = sequence | 0;
  offsets.before = behind;
  offsets.behind = (behind + growth) | 0;
}

function isLater(sequence: number, than: number): boolean {
  return ((sequence - than) | 0) > 0;
}
