/**
 * The controls of each real server: its weight, drain it, let it fail, remove it, and back.
 */
import { button, byId, element } from './dom.js';
import type { Lane } from './lane.js';
import type { Row } from './row.js';
import { removeCommand, weightCommand } from './server-command.js';
import { SERVER_COLORS } from './stage.js';

/** The rules of servers as they last were with weight: to set back what was drained or removed. */
const usualRules = new Map<string, string>();

/** What a button can do at present. */
interface Act {
  /** Its text. */
  readonly label: string;
  /** What it does, in full. */
  readonly description: string;
  /** The command; `undefined` when there is nothing to do. */
  readonly command: string | undefined;
}

/**
 * Shows the controls. Rows that are as before keep theirs, and so the focus.
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
    list.replaceChildren(...rows.map((row, index) => itemOf(row, index, lane, run)));
  }
  const rules = lane().rules();
  for (const [index, row] of rows.entries()) {
    update(list.children[index] as HTMLElement, row, rules.get(row.name));
  }
}

function update(item: HTMLElement, row: Row, rule: string | undefined): void {
  if (rule !== undefined && row.weight > 0) usualRules.set(row.name, rule);
  item.dataset['state'] = row.state;
  for (const each of item.querySelectorAll('button')) {
    const { label, description, command } = actOf(each.dataset['act'] ?? '', row, rule);
    if (each.textContent !== label) each.textContent = label;
    each.setAttribute('aria-label', description);
    each.setAttribute('aria-disabled', String(command === undefined));
  }
  const field = item.querySelector('input');
  if (field === null || field === document.activeElement) return;
  field.value = row.state === 'removed' ? '' : String(row.weight);
  field.disabled = row.state === 'removed';
}

function itemOf(
  { name }: Row,
  index: number,
  lane: () => Lane,
  run: (command: string) => void,
): HTMLElement {
  const runIfAny = (command: string | undefined): void => {
    if (command !== undefined) run(command);
  };
  const acts = ['drain', 'fail', 'remove'].map((act) => {
    const made = button('', '', () => {
      const row = lane()
        .rows()
        .find((each) => each.name === name);
      if (row !== undefined) runIfAny(actOf(act, row, lane().rules().get(name)).command);
    });
    made.dataset['act'] = act;
    return made;
  });
  const weight = element('input', { type: 'number', min: '0', max: '65535', required: '' });
  weight.setAttribute('aria-label', `Weight of ${name}`);
  weight.addEventListener('change', () => {
    const rule = lane().rules().get(name);
    if (rule !== undefined && weight.checkValidity()) {
      runIfAny(weightCommand(rule, weight.valueAsNumber));
    }
  });
  return element(
    'li',
    { 'data-server': name },
    element('i', { class: `swatch s${index % SERVER_COLORS}` }),
    element('code', {}, name),
    element(
      'label',
      { class: 'weight' },
      element('span', { 'aria-hidden': 'true' }, 'Weight'),
      weight,
    ),
    element('span', { class: 'acts' }, ...acts),
  );
}

/** What a button does depends on how its server is. */
function actOf(act: string, { name, state, weight }: Row, rule: string | undefined): Act {
  const usual = usualRules.get(name);
  const usualWeight = / -w (\d+)/.exec(usual ?? '')?.[1] ?? '1';
  if (act === 'fail') {
    return state === 'not answering'
      ? { label: 'Recover', description: `Let ${name} answer again`, command: `recover ${name}` }
      : { label: 'Fail', description: `Let ${name} stop answering`, command: `fail ${name}` };
  }
  if (act === 'remove') {
    return rule === undefined
      ? { label: 'Add again', description: `Add ${name} again`, command: usual }
      : { label: 'Remove', description: `Remove ${name}`, command: removeCommand(rule) };
  }
  if (rule !== undefined && weight === 0) {
    const description = `Give ${name} its weight ${usualWeight} back`;
    const command = weightCommand(rule, Number(usualWeight));
    return { label: `Weight ${usualWeight} again`, description, command };
  }
  const command = rule === undefined ? undefined : weightCommand(rule, 0);
  return { label: 'Drain', description: `Drain ${name}: weight 0`, command };
}
