/**
 * IPv4 addresses as inet_aton(3) reads them: one to four parts, each decimal, octal or hexadecimal, of which the last
 * fills what is left.
 */
import { IpAddress } from '../ip-address.js';

const part = /^(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/;

/**
 * Reads an IPv4 address of one to four parts.
 *
 * @param text - For example `10.0.0.1`, `192.168.101` (192.168.0.101) or `0x7f.1` (127.0.0.1).
 * @returns The address, or `undefined` when the text is none.
 */
export function readIpv4(text: string): IpAddress | undefined {
  const parts = text.split('.');
  if (parts.length > 4 || !parts.every((each) => part.test(each))) return undefined;
  const numbers = parts.map(readPart);
  const last = numbers.pop() as number;
  if (last >= 256 ** (4 - numbers.length)) return undefined;
  let value = last;
  for (const [index, number] of numbers.entries()) {
    if (number > 255) return undefined;
    value += number * 256 ** (3 - index);
  }
  return IpAddress.fromIpv4(value);
}

function readPart(text: string): number {
  if (/^0[xX]/.test(text)) return Number.parseInt(text.slice(2), 16);
  return Number.parseInt(text, text.startsWith('0') ? 8 : 10);
}
