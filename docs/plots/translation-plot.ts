/**
 * A frame on its way through `ipvs translate`: what stays as it was captured, and what the verdict changes.
 */
import { arrow, picture, rectangle, text } from './svg.js';

/** A part of a record, from left to right. */
interface Part {
  readonly name: string;
  readonly content: string;
  readonly width: number;
  /** Whether the output has other bytes here. */
  readonly changed: boolean;
}

const WIDTH = 660;
const HEIGHT = 330;
const LEFT = 20;
const BAR_HEIGHT = 46;
const IN_TOP = 50;
const OUT_TOP = 250;
const PARTS: readonly Part[] = [
  { name: 'record', content: 'time, lengths', width: 110, changed: false },
  { name: 'link header', content: 'addresses', width: 105, changed: true },
  { name: 'tags, labels', content: 'VLAN 100', width: 95, changed: false },
  { name: 'IP packet', content: 'client → virtual', width: 210, changed: true },
  { name: 'options', content: 'comments', width: 100, changed: false },
];
const STEPS = ['make whole', 'whose is it?', 'director', 'verdict'];
const STEP_TOP = 145;
const STEP_HEIGHT = 40;
const STEP_WIDTH = 120;
const STEP_GAP = 46;

/**
 * Draws the parts of a record before and after, and the steps between.
 *
 * @returns The SVG document.
 */
export function drawTranslation(): string {
  const kept = PARTS.filter(({ changed }) => !changed).map(({ name }) => name);
  const title = `A record before and after translation. Kept: ${kept.join(', ')}. Rewritten: the IP packet, and the addresses of the link. Between: ${STEPS.join(', ')}.`;
  return picture(WIDTH, HEIGHT, title, [
    text(LEFT, IN_TOP - 14, 'In the capture', 'title'),
    ...bar(IN_TOP, false),
    ...STEPS.flatMap(step),
    ...arrow(packetMiddle(), IN_TOP + BAR_HEIGHT, stepMiddle(0), STEP_TOP),
    text(LEFT, OUT_TOP - 14, 'In the output', 'title'),
    ...bar(OUT_TOP, true),
    ...arrow(stepMiddle(STEPS.length - 1), STEP_TOP + STEP_HEIGHT, packetMiddle(), OUT_TOP),
    text(WIDTH - LEFT, HEIGHT - 12, 'marked: rewritten', 'quiet', 'end'),
  ]);
}

function bar(top: number, isOutput: boolean): string[] {
  let left = LEFT;
  return PARTS.flatMap(({ name, content, width, changed }) => {
    const start = left;
    left += width;
    const isMarked = isOutput && changed;
    const shown = isMarked ? (name === 'IP packet' ? 'client → server *' : 'next hop *') : content;
    return [
      rectangle(start, top, width, BAR_HEIGHT, 'var(--line)'),
      rectangle(
        start + 1,
        top + 1,
        width - 2,
        BAR_HEIGHT - 2,
        isMarked ? 'var(--mark)' : 'var(--ground)',
      ),
      text(start + width / 2, top + 19, name, '', 'middle'),
      text(start + width / 2, top + 36, shown, 'code', 'middle'),
    ];
  });
}

function step(name: string, index: number): string[] {
  const left = stepMiddle(index) - STEP_WIDTH / 2;
  const middle = STEP_TOP + STEP_HEIGHT / 2;
  const shapes = [
    rectangle(left, STEP_TOP, STEP_WIDTH, STEP_HEIGHT, `var(--s${name === 'director' ? 0 : 2})`),
    rectangle(left + 2, STEP_TOP + 2, STEP_WIDTH - 4, STEP_HEIGHT - 4, 'var(--ground)'),
    text(stepMiddle(index), middle + 4, name, '', 'middle'),
  ];
  return index === 0 ? shapes : [...shapes, ...arrow(left - STEP_GAP, middle, left, middle)];
}

function stepMiddle(index: number): number {
  return LEFT + STEP_WIDTH / 2 + index * (STEP_WIDTH + STEP_GAP);
}

/** The middle of the IP packet. */
function packetMiddle(): number {
  const at = PARTS.findIndex(({ name }) => name === 'IP packet');
  const before = PARTS.slice(0, at).reduce((sum, { width }) => sum + width, LEFT);
  return before + PARTS[at].width / 2;
}
