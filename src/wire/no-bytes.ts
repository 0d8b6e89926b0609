/** What fields hold that refer to no packet yet. */

/** No bytes, as bytes. */
export const NO_BYTES: Uint8Array = /* @__PURE__ */ new Uint8Array(0);

/** No bytes, for what reads words. */
export const NO_VIEW: DataView = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(0));
