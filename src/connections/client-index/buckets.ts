/**
 * The groups of the client index and their memory.
 *
 * Which group a hash belongs to, tells {@link GroupAddress}. Groups live in chunks, added one at a time.
 */
import { chunkOf, enlarged } from '../entries/chunk-memory.js';
import { GroupAddress } from './bucket-address.js';
import { GROUP_SHIFT, GroupPlaces } from './bucket-slots.js';

/** Groups per chunk, as a power of two. */
const CHUNK_SHIFT = 12;
/** The bits of a group number that count within its chunk. */
const CHUNK_MASK: number = (1 << CHUNK_SHIFT) - 1;
/**
 * The words before the first group of a chunk: large memory mostly begins 16 bytes behind a page, where the allocator
 * keeps its size, and with 48 more a group lies in one cache line.
 */
const LEAD = 12;

/** Groups in chunks that grow. */
export class GroupMemory {
  /** The chunks. */
  readonly chunks: Int32Array[] = [];

  /** Bytes of all groups. */
  get bytes(): number {
    let bytes = 0;
    for (const chunk of this.chunks) bytes += chunk.byteLength;
    return bytes;
  }

  /** The chunk that holds a group. */
  wordsOf(group: number): Int32Array {
    return this.chunks[group >>> CHUNK_SHIFT];
  }

  /** The place of a group's first word in its chunk. */
  baseOf(group: number): number {
    return ((group & CHUNK_MASK) << GROUP_SHIFT) + LEAD;
  }

  /** Makes sure that there is memory for a group, the next one. */
  makeRoom(group: number): void {
    const chunk = group >>> CHUNK_SHIFT;
    const present = this.chunks[chunk];
    if (present === undefined) {
      this.chunks.push(chunkOf(wordsFor(chunk === 0 ? 2 : 1 << CHUNK_SHIFT)));
      return;
    }
    const groups = (present.length - LEAD) >>> GROUP_SHIFT;
    if ((group & CHUNK_MASK) >= groups)
      this.chunks[chunk] = enlarged(present, wordsFor(groups * 2));
  }
}

function wordsFor(groups: number): number {
  return LEAD + (groups << GROUP_SHIFT);
}

/** The groups of all hashes, and the further ones that some of them need. */
export class IndexGroups extends GroupPlaces {
  protected readonly memory: GroupMemory = new GroupMemory();
  protected readonly further: GroupMemory = new GroupMemory();
  protected readonly address: GroupAddress = new GroupAddress();
  /** The last word that was read ahead: kept, so that reading ahead is not left out as useless. */
  protected approached = 0;
  private furtherCount = 0;
  /** The first of the further groups that are free, plus 1; the others follow as next groups do. */
  private freeFurther = 0;

  constructor() {
    super();
    this.memory.makeRoom(this.address.count - 1);
  }

  /** Bytes of all groups. */
  get bytes(): number {
    return this.memory.bytes + this.further.bytes;
  }

  /** The group of a hash, until the index grows. */
  groupOf(hash: number): number {
    return this.address.of(hash);
  }

  /**
   * Reads some groups ahead, so that the waits for memory overlap. Nothing else is done in between: the fewer
   * instructions there are, the more waits are under way at a time.
   */
  approach(groups: Int32Array, count: number): void {
    const { memory } = this;
    let read = 0;
    for (let i = 0; i < count; i++) {
      const words = memory.wordsOf(groups[i]);
      const base = memory.baseOf(groups[i]);
      // Where memory begins elsewhere than expected a group lies in two cache lines: read both ends.
      read ^= words[base] ^ this.takenPlaces(words, base);
    }
    this.approached = read;
  }

  /** A further group, empty; its number plus 1. */
  protected takeFurther(): number {
    const link = this.freeFurther;
    if (link === 0) {
      this.further.makeRoom(this.furtherCount);
      return ++this.furtherCount;
    }
    const words = this.further.wordsOf(link - 1);
    const base = this.further.baseOf(link - 1);
    this.freeFurther = this.nextGroup(words, base);
    this.setNextGroup(words, base, 0);
    return link;
  }

  /** Takes back a further group that is empty. */
  protected releaseFurther(link: number): void {
    this.setNextGroup(
      this.further.wordsOf(link - 1),
      this.further.baseOf(link - 1),
      this.freeFurther,
    );
    this.freeFurther = link;
  }
}
