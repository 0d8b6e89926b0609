/**
 * Where a line of ipvsadm's language is wrong, and why.
 */
import { isIpvsError } from 'ipvs';
import { IpvsadmError } from 'ipvs/ipvsadm';

/**
 * Says what is wrong.
 *
 * @param error - What was thrown.
 * @param withLine - Whether the text has several lines.
 * @returns A sentence with line and column.
 * @throws What is no mistake of the reader's.
 */
export function problemOf(error: unknown, withLine: boolean): string {
  if (error instanceof IpvsadmError) {
    const place = `${withLine ? `line ${error.line}, ` : ''}column ${error.column}`;
    return `${place[0]?.toUpperCase()}${place.slice(1)}: ${reasonOf(error)}`;
  }
  if (isIpvsError(error) || error instanceof RangeError) return error.message;
  throw error;
}

/** The reason in this page's words where the program's own would name a file that is not here. */
function reasonOf({ message, text }: IpvsadmError): string {
  if (!message.includes('ipvsadm -h')) return message.trim();
  return `unknown command ${text}. A command begins with -A, -E or -D (a service), -a, -e or -d (a server), -C, -Z, -L, -S or --set; fail and recover, with a server, are this page’s own.`;
}
