/**
 * Why a file cannot be read or written, in words and without the path, which messages name anyway.
 */

/**
 * The reason of a failure.
 *
 * @param error - What reading or writing threw.
 * @returns For example `no such file or directory`.
 */
export function fileErrorReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'EISDIR') return 'is a directory';
  // Node writes `ENOENT: no such file or directory, open 'PATH'`.
  const reason = /^E[A-Z0-9]+: (.*?)(?:, \w+(?: '.*')?)?$/s.exec(message);
  return reason?.[1] ?? message;
}
