/**
 * The part of the page where a packet goes its way, step by step.
 */
import type { ForwardingMethod } from 'ipvs';
import { announce, byId, element } from './dom.js';
import { type Comparison, compareFields, fieldsOf } from './packet-fields.js';
import { wayOf, type WayStep } from './packet-way.js';

/** Shows the way of a packet, and follows the buttons. */
export function startPacketView(): void {
  const method = byId('method', HTMLSelectElement);
  const previous = byId('previous', HTMLButtonElement);
  const next = byId('next', HTMLButtonElement);
  let steps = wayOf(method.value as ForwardingMethod);
  let index = 0;
  const show = (): void => {
    showStep(steps[index] as WayStep, `Step ${index + 1} of ${steps.length}: `);
    // A disabled button would lose the focus.
    previous.setAttribute('aria-disabled', String(index === 0));
    next.setAttribute('aria-disabled', String(index === steps.length - 1));
  };
  const goTo = (wanted: number): void => {
    index = Math.max(0, Math.min(steps.length - 1, wanted));
    show();
    announce(byId('step-title', HTMLElement).textContent);
  };
  method.addEventListener('change', () => {
    steps = wayOf(method.value as ForwardingMethod);
    goTo(0);
  });
  previous.addEventListener('click', () => goTo(index - 1));
  next.addEventListener('click', () => goTo(index + 1));
  show();
}

function showStep({ title, explanation, before, after }: WayStep, prefix: string): void {
  byId('step-title', HTMLElement).textContent = prefix + title;
  byId('step-explanation', HTMLElement).textContent = explanation;
  const fields = fieldsOf(before);
  const rows = compareFields(fields, after === undefined ? fields : fieldsOf(after));
  byId('packet-rows', HTMLElement).replaceChildren(...rows.map(rowOf));
}

function rowOf({ header, name, before, after }: Comparison): HTMLTableRowElement {
  const changed = before !== after;
  const value = after ?? 'none';
  const word = before === undefined ? 'new' : after === undefined ? 'gone' : 'changed';
  const shown = changed
    ? [element('mark', {}, value), element('span', { class: 'change' }, word)]
    : [value];
  return element(
    'tr',
    { 'data-field': `${header} ${name}`, ...(changed && { class: 'changed' }) },
    element('th', { scope: 'row' }, element('span', { class: 'header' }, header), ` ${name}`),
    element('td', {}, before ?? 'none'),
    element('td', {}, ...shown),
  );
}
