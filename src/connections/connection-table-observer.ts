/**
 * Who is told what becomes of entries.
 */

/** Who is told about entries, before the fact. */
export interface ConnectionTableObserver {
  /**
   * An entry is about to leave the table; it can still be read.
   *
   * @param slot - The entry.
   */
  connectionRemoved?(slot: number): void;
  /**
   * A template whose time was up was re-armed, because it still controls connections.
   *
   * @param slot - The template.
   */
  templateRearmed?(slot: number): void;
}
