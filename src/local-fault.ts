/**
 * Faults of this machine, which say nothing of the server that a connection was meant for.
 *
 * Without file descriptors or memory here, every connection fails at once. Who counts these failures takes all servers
 * out, though all of them are well.
 */

const LOCAL_CODES: readonly unknown[] = ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM'];

/**
 * Whether an error is a fault of this machine: no file descriptor is left (EMFILE, ENFILE), or no memory (ENOBUFS,
 * ENOMEM).
 *
 * @param error - What was thrown or emitted; its cause counts, too, since `fetch` hides the code there.
 * @returns `true` when no server has caused it.
 */
export function isLocalFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown };
  return LOCAL_CODES.includes(code) || (cause !== error && isLocalFault(cause));
}
