/**
 * What is wrong with a capture file, in words, and the way out where there is one.
 *
 * A fault is a value and no exception: files come from elsewhere.
 */

/** The kind of a fault. */
export type CaptureFaultKind =
  /** No capture file of any known kind. */
  | 'not-a-capture'
  /** A capture file, or a packed one, of a kind that is recognized and not read. */
  | 'format-not-read'
  /** A version of the format that is not known. */
  | 'version-unknown'
  /** A link type that is not read. */
  | 'link-type-not-read'
  /** A record or block whose length cannot be true. */
  | 'length-invalid'
  /** A packet of an interface that the file does not describe. */
  | 'interface-unknown';

/** What is wrong with a file. */
export interface CaptureFault {
  /** The kind. */
  readonly kind: CaptureFaultKind;
  /** What is wrong, as the end of a sentence that begins with the file's name. */
  readonly text: string;
  /** What helps: a command, with IN and OUT for files; `undefined` when nothing is known. */
  readonly remedy?: string;
}

/**
 * A fault as a sentence without subject.
 *
 * @param fault - The fault.
 * @returns Such as `is a snoop file, which is not read; try: editcap -F pcap IN OUT`.
 * @example
 * {@includeCode ../../docs/examples/captures-fault.ts}
 */
export function describeFault({ text, remedy }: CaptureFault): string {
  return remedy === undefined ? text : `${text}; try: ${remedy}`;
}
