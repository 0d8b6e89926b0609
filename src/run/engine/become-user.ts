/**
 * Gives up the rights of root, for good: what reads the packets of strangers needs none of them.
 */

/**
 * Makes this process one of another user, without further groups and without capabilities.
 *
 * @param uid - The user; 0 leaves everything as it is.
 * @param gid - The user's group.
 * @throws {Error} When the process may not become that user.
 */
export function becomeUser(uid: number, gid: number): void {
  if (uid === 0) return;
  process.setgroups?.([]);
  process.setgid?.(gid);
  process.setuid?.(uid);
}
