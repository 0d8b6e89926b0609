/**
 * Draws shapes into an SVG element. Elements stay from one drawing to the next, and so do animations.
 */
import type { Shape } from './shape.js';

const SVG = 'http://www.w3.org/2000/svg';
const drawn = new WeakMap<SVGSVGElement, Map<string, Drawn>>();

interface Drawn {
  readonly element: SVGElement;
  shape: Shape | undefined;
}

/**
 * Draws a picture.
 *
 * @param svg - Where.
 * @param size - Width and height in pixels.
 * @param shapes - What, from the back to the front; keys are unique.
 */
export function drawShapes(
  svg: SVGSVGElement,
  [width, height]: readonly [number, number],
  shapes: readonly Shape[],
): void {
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  svg.setAttribute('width', String(width));
  svg.setAttribute('height', String(height));
  const before = drawn.get(svg) ?? new Map<string, Drawn>();
  const after = new Map<string, Drawn>();
  let next = svg.firstChild;
  for (const shape of shapes) {
    const each = before.get(shape.key) ?? create(shape);
    before.delete(shape.key);
    after.set(shape.key, each);
    update(each, shape);
    if (each.element === next) next = next.nextSibling;
    else svg.insertBefore(each.element, next);
  }
  for (const { element } of before.values()) element.remove();
  drawn.set(svg, after);
}

function create({ tag }: Shape): Drawn {
  return { element: document.createElementNS(SVG, tag), shape: undefined };
}

function update(each: Drawn, shape: Shape): void {
  const { element, shape: former } = each;
  for (const [name, value] of Object.entries(shape.attributes)) {
    if (former?.attributes[name] !== value) element.setAttribute(name, String(value));
  }
  for (const name of Object.keys(former?.attributes ?? {})) {
    if (!(name in shape.attributes)) element.removeAttribute(name);
  }
  if (former?.text !== shape.text) element.textContent = shape.text ?? '';
  each.shape = shape;
}
