/**
 * A link type: how to find the IP packet in its frames.
 */
import type { LinkContent } from './link-content.js';

/** One link type, or several that differ in nothing but their numbers. */
export interface LinkRule {
  /** Its name. */
  readonly name: string;

  /**
   * Finds the IP packet in a frame.
   *
   * @param bytes - The bytes the frame is in.
   * @param start - Index of its first byte.
   * @param end - Index behind its last byte.
   * @param content - Is filled in.
   */
  locate(bytes: Uint8Array, start: number, end: number, content: LinkContent): void;
}

/** What a frame has that ends within its link header. */
export const CUT_IN_LINK_HEADER = 'frame cut within its link header';
