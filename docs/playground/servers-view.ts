/**
 * The buttons for each real server: quiesce it, give its weight back, remove it, add it again.
 */
import type { Lane } from './lane.js';
import type { Row } from './row.js';
import { button, byId, element } from './dom.js';

/**
 * Shows the buttons. Rows that are as before keep theirs, and so the focus.
 *
 * @param lane - Whose servers.
 * @param run - Does a command.
 */
export function showServers(lane: () => Lane, run: (command: string) => void): void {
  const rows = lane().rows();
  const list = byId('servers', HTMLElement);
  const names = rows.map(({ name }) => name).join(' ');
  if (list.dataset['names'] !== names) {
    list.dataset['names'] = names;
    list.replaceChildren(...rows.map((row) => itemOf(row, lane, run)));
  }
  for (const [index, { state, weight }] of rows.entries()) {
    const item = list.children[index] as HTMLElement;
    item.dataset['state'] = state;
    const text = state === 'removed' ? 'removed' : `weight ${weight}`;
    const shown = item.querySelector('.weight');
    if (shown !== null && shown.textContent !== text) shown.textContent = text;
    for (const each of item.querySelectorAll('button')) {
      each.setAttribute('aria-disabled', String(state === 'removed'));
    }
  }
}

function itemOf(
  { name, weight }: Row,
  lane: () => Lane,
  run: (command: string) => void,
): HTMLElement {
  const usual = Math.max(1, weight);
  const runIfAny = (command: string | undefined): void => {
    if (command !== undefined) run(command);
  };
  const setWeight = (to: number) => (): void => runIfAny(lane().weightCommand(name, to));
  return element(
    'li',
    { 'data-server': name },
    element('code', {}, name),
    element('span', { class: 'weight' }),
    button('Quiesce', `Quiesce ${name}: weight 0`, setWeight(0)),
    button(`Weight ${usual}`, `Weight ${usual} for ${name}`, setWeight(usual)),
    button('Remove', `Remove ${name}`, () => runIfAny(lane().removeCommand(name))),
  );
}
