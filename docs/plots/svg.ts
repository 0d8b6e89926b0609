/**
 * SVG as text: the few shapes that the documentation's pictures are made of.
 *
 * Every picture brings its own ground and colours for light and dark, since a page cannot style what it
 * shows as an image. Numbers are rounded to tenths, so that the same picture has the same bytes.
 */

/** Colours that most eyes can tell apart, for series in order; each for a light and a dark ground. */
const SERIES = [
  ['#0060a8', '#6cb4ff'],
  ['#c04a00', '#ff9a52'],
  ['#007a56', '#4fcf9f'],
  ['#a8448a', '#f09bd0'],
] as const;

const LIGHT = 'svg{--ground:#fff;--text:#1c2330;--quiet:#5b6577;--line:#d5dae3;--mark:#ffeaa3';
const DARK = 'svg{--ground:#1a202a;--text:#e4e8ef;--quiet:#a3adbf;--line:#3d4757;--mark:#5c4a0d';

const STYLE = [
  `${LIGHT}${SERIES.map(([colour], index) => `;--s${index}:${colour}`).join('')}}`,
  `@media(prefers-color-scheme:dark){${DARK}${SERIES.map(([, colour], index) => `;--s${index}:${colour}`).join('')}}}`,
  'text{font:12px system-ui,sans-serif;fill:var(--text)}',
  '.quiet{fill:var(--quiet);font-size:11px}',
  '.title{font-weight:600;font-size:14px}',
  '.code{font:11px ui-monospace,Menlo,Consolas,monospace}',
].join('');

/**
 * A whole picture.
 *
 * @param width - In pixels.
 * @param height - In pixels.
 * @param title - What it shows, for those who hear it.
 * @param shapes - What is in it.
 * @returns The document.
 */
export function picture(
  width: number,
  height: number,
  title: string,
  shapes: readonly string[],
): string {
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" ${size}>
<title>${escape(title)}</title>
<style>${STYLE}</style>
${rectangle(0, 0, width, height, 'var(--ground)')}
${shapes.join('\n')}
</svg>
`;
}

/**
 * A line of text.
 *
 * @param x - Where, in pixels.
 * @param y - Its base line.
 * @param content - The text.
 * @param style - Classes: `quiet`, `title`, `code`.
 * @param anchor - Which end is at `x`.
 * @returns The element.
 */
export function text(
  x: number,
  y: number,
  content: string,
  style = '',
  anchor: 'start' | 'middle' | 'end' = 'start',
): string {
  const attributes = `${style && ` class="${style}"`}${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}`;
  return `<text x="${tenths(x)}" y="${tenths(y)}"${attributes}>${escape(content)}</text>`;
}

/**
 * A filled rectangle.
 *
 * @param x - Its left end.
 * @param y - Its top.
 * @param width - In pixels.
 * @param height - In pixels.
 * @param fill - Its colour.
 * @returns The element.
 */
export function rectangle(
  x: number,
  y: number,
  width: number,
  height: number,
  fill: string,
): string {
  return `<rect x="${tenths(x)}" y="${tenths(y)}" width="${tenths(width)}" height="${tenths(height)}" fill="${fill}"/>`;
}

/**
 * A line through points.
 *
 * @param points - The points, as x and y.
 * @param stroke - Its colour.
 * @param more - Further attributes.
 * @returns The element.
 */
export function polyline(
  points: readonly (readonly [number, number])[],
  stroke: string,
  more = '',
): string {
  const list = points.map(([x, y]) => `${tenths(x)},${tenths(y)}`).join(' ');
  return `<polyline points="${list}" fill="none" stroke="${stroke}"${more && ` ${more}`}/>`;
}

/**
 * A line with a tip at its end.
 *
 * @param fromX - Where it begins, in pixels.
 * @param fromY - Where it begins.
 * @param toX - Where it ends.
 * @param toY - Where it ends.
 * @returns The elements.
 */
export function arrow(fromX: number, fromY: number, toX: number, toY: number): string[] {
  const length = Math.hypot(toX - fromX, toY - fromY);
  const [x, y] = [(toX - fromX) / length, (toY - fromY) / length];
  const tip = (side: number): [number, number] => [
    toX - 8 * x - 4 * side * y,
    toY - 8 * y + 4 * side * x,
  ];
  const shaft: [number, number][] = [
    [fromX, fromY],
    [toX, toY],
  ];
  return [
    polyline(shaft, 'var(--text)', 'stroke-width="1.5"'),
    polyline([tip(1), [toX, toY], tip(-1)], 'var(--text)'),
  ];
}

/**
 * The colour of a series.
 *
 * @param index - Its number, from 0.
 * @returns The colour.
 */
export function seriesColour(index: number): string {
  return `var(--s${index % SERIES.length})`;
}

function tenths(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escape(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
