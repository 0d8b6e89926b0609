/**
 * The table of nftables by which marks ride in the link header of the device: from it as the mark of a service, into it
 * as that of a gateway.
 */
import type { FamilyMark } from './settings.js';

/**
 * The table that moves marks, in place of the one that is there.
 *
 * @param device - The device.
 * @param marks - The marks of services.
 * @returns Commands of nft, for one transaction.
 */
export function markTableAgain(device: string, marks: readonly FamilyMark[]): string {
  return `add table netdev ipvs\ndelete table netdev ipvs\n${markTable(device, marks)}`;
}

/**
 * The table that moves marks into the link header, and out of it.
 *
 * @param device - The device.
 * @param marks - The marks of services.
 * @returns Commands of nft.
 */
export function markTable(device: string, marks: readonly FamilyMark[]): string {
  const known = [...new Set(marks.map(({ mark }) => mark))];
  const elements = known.map((mark) => `${mark} : ${markAddress(mark)}`).join(', ');
  const out =
    known.length === 0
      ? ''
      : `  map marks { type mark : ether_addr; elements = { ${elements} } }
  chain out {
    type filter hook egress device ${device} priority 0;
    ether saddr set meta mark map @marks
  }
`;
  return `table netdev ipvs {
${out}  chain in {
    type filter hook ingress device ${device} priority 0;
    meta mark set @ll,64,32
  }
}
`;
}

function markAddress(mark: number): string {
  const hex = mark.toString(16).padStart(8, '0');
  return `02:00:${(hex.match(/../g) ?? []).join(':')}`;
}
