/**
 * SVG as text: the shapes of a time line, with colors for light and for dark surroundings.
 *
 * A picture brings its own ground and colors, since a page cannot style what it shows as an image. Numbers are
 * rounded to tenths, so that the same picture has the same bytes.
 */

/** Colors that most eyes can distinguish, each for a light and a dark ground. */
const SERIES: readonly (readonly [light: string, dark: string])[] = [
  ['#2f6db5', '#6fb0f5'],
  ['#c4561b', '#f5965a'],
  ['#1d8262', '#57cfa6'],
  ['#96478c', '#dd97d5'],
  ['#8a6d00', '#d9bd4f'],
  ['#5a6675', '#a9b5c4'],
];

const LIGHT = 'svg{--ground:#fff;--text:#1c2330;--quiet:#5b6577;--line:#d5dae3;--bad:#b3261e';
const DARK = 'svg{--ground:#1a202a;--text:#e4e8ef;--quiet:#a3adbf;--line:#3d4757;--bad:#ff8a80';

/** Where text is anchored. */
export type Anchor = 'start' | 'middle' | 'end';
/** A point in pixels. */
export type Point = readonly [x: number, y: number];

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
<style>${styleSheet()}</style>
<rect width="${width}" height="${height}" fill="var(--ground)"/>
${shapes.join('\n')}
</svg>
`;
}

/**
 * A line of text.
 *
 * @param at - Its anchor on the base line.
 * @param content - The text.
 * @param style - A class: `title`, `quiet` or nothing.
 * @param anchor - Which end is at the point.
 * @returns The element.
 */
export function label(at: Point, content: string, style = '', anchor: Anchor = 'start'): string {
  const attributes = `${style && ` class="${style}"`}${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}`;
  return `<text x="${tenths(at[0])}" y="${tenths(at[1])}"${attributes}>${escape(content)}</text>`;
}

/**
 * A filled area.
 *
 * @param points - Its corners in order.
 * @param fill - Its color.
 * @returns The element.
 */
export function area(points: readonly Point[], fill: string): string {
  return `<polygon points="${list(points)}" fill="${fill}"/>`;
}

/**
 * A line through points.
 *
 * @param points - The points.
 * @param stroke - Its color.
 * @param more - Further attributes.
 * @returns The element.
 */
export function line(points: readonly Point[], stroke: string, more = ''): string {
  const tail = more === '' ? '' : ` ${more}`;
  return `<polyline points="${list(points)}" fill="none" stroke="${stroke}"${tail}/>`;
}

/**
 * The color of a series.
 *
 * @param index - Its number, from 0.
 * @returns The color.
 */
export function seriesColor(index: number): string {
  return `var(--s${index % SERIES.length})`;
}

function styleSheet(): string {
  const colors = (column: 0 | 1): string =>
    SERIES.map((pair, index) => `;--s${index}:${pair[column]}`).join('');
  return [
    `${LIGHT}${colors(0)}}`,
    `@media(prefers-color-scheme:dark){${DARK}${colors(1)}}}`,
    'text{font:12px system-ui,sans-serif;fill:var(--text)}',
    '.quiet{fill:var(--quiet);font-size:11px}',
    '.title{font-weight:600}',
  ].join('');
}

function list(points: readonly Point[]): string {
  return points.map(([x, y]) => `${tenths(x)},${tenths(y)}`).join(' ');
}

function tenths(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escape(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
