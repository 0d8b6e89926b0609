/** A text and its name. */
export interface NamedText {
  /** What it is called in messages. */
  readonly name: string;
  /** The text. */
  readonly text: string;
}
