/**
 * The few things that the page does with its elements.
 */

/** What an element can be made of. */
export type Content = Node | string;

/**
 * Finds an element that is there by construction.
 *
 * @param id - Its id.
 * @param type - What it is.
 * @returns The element.
 * @throws {TypeError} When there is none, or it is something else.
 */
export function byId<T extends Element>(id: string, type: abstract new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new TypeError(`Expected #${id} to be a ${type.name}`);
}

/**
 * Makes an element.
 *
 * @param tag - Its name.
 * @param attributes - Its attributes.
 * @param contents - What is in it; text is text, never markup.
 * @returns The element.
 */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...contents: readonly Content[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...contents);
  return made;
}

/**
 * Makes a picture.
 *
 * @param attributes - Its attributes.
 * @returns The element, empty.
 */
export function svgElement(attributes: Readonly<Record<string, string>>): SVGSVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/**
 * Makes a button.
 *
 * @param label - Its text.
 * @param description - What it does, in full, for those who hear it alone.
 * @param action - What it does.
 * @returns The button.
 */
export function button(label: string, description: string, action: () => void): HTMLButtonElement {
  const made = element('button', { type: 'button', 'aria-label': description }, label);
  made.addEventListener('click', action);
  return made;
}

/**
 * Says something to those who do not see the page change.
 *
 * @param text - What.
 */
export function announce(text: string): void {
  byId('status', HTMLElement).textContent = text;
}

/**
 * Writes a part of one as a percentage.
 *
 * @param part - 0–1.
 * @returns For example `12.5 %`.
 */
export function percent(part: number): string {
  return `${(part * 100).toFixed(1)} %`;
}
