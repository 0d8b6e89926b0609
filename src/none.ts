/** The number that stands for "there is none" where a slot, an index or a position is expected. */
export const NONE = -1;
