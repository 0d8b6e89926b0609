/**
 * What all header views share: a window on the caller's bytes.
 *
 * A view is made once and pointed at one header after the other with `at`, which checks that the
 * whole fixed header lies inside the window. After `true`, no accessor can leave the window; after
 * `false` the view still shows what it showed before.
 */

/** The bytes a view shows before it is pointed at anything. */
export const NO_BYTES: Uint8Array = /* @__PURE__ */ new Uint8Array(0);

/** The same for what reads words. */
export const NO_VIEW: DataView = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(0));

/** A reusable window on a header. */
export abstract class HeaderView {
  /** The bytes that hold the header. */
  bytes: Uint8Array = NO_BYTES;
  /** Index of the header's first byte. */
  offset = 0;
  /** Index behind the last byte that belongs to the header and what it carries. */
  end = 0;

  /** How many bytes lie between the header's first byte and {@link HeaderView.end}. */
  get length(): number {
    return this.end - this.offset;
  }

  /** Moves the window, if at least `needed` bytes are in it. */
  protected move(bytes: Uint8Array, offset: number, end: number, needed: number): boolean {
    if (!(offset >= 0 && end <= bytes.length && end - offset >= needed)) return false;
    this.bytes = bytes;
    this.offset = offset;
    this.end = end;
    return true;
  }
}
