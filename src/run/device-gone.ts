/**
 * The exit code of an engine, and of its supervisor, whose device was deleted: the launcher makes everything again.
 */
export const DEVICE_GONE = 3;
