/**
 * IEEE 802.11 frames, bare or with a radiotap header: data frames that are not encrypted carry IP behind an
 * 802.2 header.
 *
 * Radiotap says whether the frame check sequence is there and whether the header is padded to four bytes.
 * Sources: IEEE 802.11 section 9.2 and 9.3, radiotap.org.
 */
import { locateByLlc } from './ether-type.js';
import type { LinkContent } from './link-content.js';
import { CUT_IN_LINK_HEADER, type LinkRule } from './link-rule.js';

const HEADER = 24;
const ADDRESS = 6;
const FRAME_CHECK = 4;
/** Bits of radiotap's flags: frame check sequence at the end, header padded. */
const HAS_FRAME_CHECK = 0x10;
const IS_PADDED = 0x20;

const KINDS: readonly string[] = ['802.11 management', '802.11 control', '', '802.11 extension'];

/** The rule of 802.11 without radio information. */
export const wlanLink: LinkRule = {
  name: 'IEEE 802.11',
  locate(bytes: Uint8Array, start: number, end: number, content: LinkContent): void {
    content.begin(start);
    locateInFrame(bytes, start, end, false, content);
  },
};

/** The rule of 802.11 with a radiotap header. */
export const radiotapLink: LinkRule = {
  name: 'IEEE 802.11 with radiotap',
  locate(bytes: Uint8Array, start: number, end: number, content: LinkContent): void {
    content.begin(start);
    if (start + 8 > end) return content.nothing(CUT_IN_LINK_HEADER);
    const frame = start + (bytes[start + 2] | (bytes[start + 3] << 8));
    if (bytes[start] !== 0 || frame < start + 8)
      return content.nothing('radiotap of another version');
    const flags = radiotapFlags(bytes, start, Math.min(frame, end));
    content.checkedFrom = frame;
    locateInFrame(bytes, frame, end, (flags & IS_PADDED) !== 0, content);
    content.trailerBytes = (flags & HAS_FRAME_CHECK) === 0 ? 0 : FRAME_CHECK;
  },
};

/** The flags of a radiotap header: its second field, behind the time stamp of eight bytes. */
function radiotapFlags(bytes: Uint8Array, start: number, end: number): number {
  let at = start + 4;
  const hasTime = (bytes[at] & 1) !== 0;
  const hasFlags = (bytes[at] & 2) !== 0;
  // The upper bit of a word of presence says that another word follows.
  while (at + 4 <= end && (bytes[at + 3] & 0x80) !== 0) at += 4;
  at += 4;
  // Fields are aligned to their size, counted from the header's start.
  if (hasTime) at = start + ((at - start + 7) & ~7) + 8;
  return hasFlags && at < end ? bytes[at] : 0;
}

function locateInFrame(
  bytes: Uint8Array,
  start: number,
  end: number,
  isPadded: boolean,
  content: LinkContent,
): void {
  if (start + HEADER > end) return content.nothing(CUT_IN_LINK_HEADER);
  const type = (bytes[start] >>> 2) & 3;
  const subtype = bytes[start] >>> 4;
  const flags = bytes[start + 1];
  if (type !== 2) return content.nothing(KINDS[type]);
  if ((subtype & 4) !== 0) return content.nothing('802.11 data without content');
  if ((flags & 0x40) !== 0) return content.nothing('802.11 data, encrypted');
  const hasQuality = (subtype & 8) !== 0;
  let length = HEADER;
  if ((flags & 3) === 3) length += ADDRESS;
  const control = hasQuality && start + length < end ? bytes[start + length] : 0;
  if (hasQuality) length += (flags & 0x80) === 0 ? 2 : 6;
  if (isPadded) length = (length + 3) & ~3;
  if ((control & 0x80) !== 0) return content.nothing('802.11 aggregated data');
  locateByLlc(bytes, start + length, end, content);
}
