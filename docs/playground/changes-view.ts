/**
 * What changes when: commands that were given, and those that wait for their time.
 */
import { button, byId, element } from './dom.js';
import { describeOutage } from './outage.js';
import type { PlannedChange } from './race.js';

/**
 * Shows the plan. Buttons stay while the plan does, and so does the focus.
 *
 * @param changes - The plan, in order.
 * @param remove - Takes a change out, by its place.
 */
export function showChanges(
  changes: readonly PlannedChange[],
  remove: (index: number) => void,
): void {
  const list = byId('changes', HTMLElement);
  const plan = JSON.stringify(changes);
  if (list.dataset['plan'] === plan) return;
  list.dataset['plan'] = plan;
  list.replaceChildren(...changes.map((change, index) => itemOf(change, () => remove(index))));
}

function itemOf({ atMs, command, done, problem }: PlannedChange, remove: () => void): HTMLElement {
  const time = `${(atMs / 1000).toFixed(1)} s`;
  const state = problem !== '' ? problem : done ? '' : 'planned';
  return element(
    'li',
    { 'data-state': problem !== '' ? 'wrong' : done ? 'done' : 'planned' },
    element('span', { class: 'time-of-change' }, time),
    describeOutage(command) === ''
      ? element('code', {}, command)
      : element('span', { class: 'event' }, describeOutage(command)),
    element('span', { class: 'state-of-change' }, state),
    button('Take out', `Take out: ${time} ${command}`, remove),
  );
}
