/**
 * The description of an interface in a pcapng file.
 *
 * Time resolution: a byte, whose upper bit says whether the rest is a negative power of 2 or of 10; default
 * microseconds. Source: draft-ietf-opsawg-pcapng section 4.2.
 */
import type { CaptureInterface } from './capture-interface.js';
import type { CaptureRecord } from './capture-record.js';
import { PCAPNG_OPTION, PcapngOptions } from './pcapng-options.js';

const MICROSECONDS = 1_000_000;
const LONGEST_NAME = 255;

/**
 * Reads an interface description block.
 *
 * @param view - Over the bytes it is in.
 * @param record - The block, with its options.
 * @param index - The interface's number in its section.
 * @returns The interface.
 */
export function describeInterface(
  view: DataView,
  record: CaptureRecord,
  index: number,
): CaptureInterface {
  const { start, littleEndian } = record;
  let unitsPerSecond = MICROSECONDS;
  let offsetSeconds = 0;
  let frameCheckBytes = 0;
  let name: string | undefined;
  const options = new PcapngOptions();
  options.begin(view, record.optionsStart, record.optionsEnd, littleEndian);
  while (options.advance()) {
    const { code, offset, length } = options;
    if (code === PCAPNG_OPTION.timeResolution && length === 1) {
      unitsPerSecond = resolutionOf(view.getUint8(offset));
    } else if (code === PCAPNG_OPTION.timeOffset && length === 8) {
      offsetSeconds = Number(view.getBigInt64(offset, littleEndian));
    } else if (code === PCAPNG_OPTION.frameCheckLength && length === 1) {
      frameCheckBytes = view.getUint8(offset) & 0x0f;
    } else if (code === PCAPNG_OPTION.interfaceName) {
      name = textAt(view, offset, Math.min(length, LONGEST_NAME));
    }
  }
  return {
    index,
    linkType: view.getUint16(start + 8, littleEndian),
    snapLength: view.getUint32(start + 12, littleEndian),
    unitsPerSecond,
    offsetSeconds,
    frameCheckBytes,
    name,
  };
}

/** Units in a second. */
function resolutionOf(value: number): number {
  return (value & 0x80) === 0 ? 10 ** value : 2 ** (value & 0x7f);
}

function textAt(view: DataView, offset: number, length: number): string {
  let text = '';
  for (let at = offset; at < offset + length; at++) {
    const code = view.getUint8(at);
    text += code >= 0x20 && code < 0x7f ? String.fromCodePoint(code) : '?';
  }
  return text;
}
