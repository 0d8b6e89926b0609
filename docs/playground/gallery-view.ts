/**
 * The list of scenarios, and what the chosen one shows.
 */
import { byId, element } from './dom.js';
import { exhibitOf, GALLERY } from './gallery.js';
import type { Scenario } from './scenario.js';

const OWN_TITLE = 'Two schedulers side by side';
const OWN_TEXT =
  'The same rules, the same clients, two schedulers. Choose the schedulers and edit the rules below; drain, fail and remove servers while the load runs.';
const EDITED_TITLE = 'Your own rules';

/** Lists the scenarios; each is a link, so that it can be copied and opened elsewhere. */
export function listGallery(): void {
  byId('gallery', HTMLElement).replaceChildren(
    groupOf('Compare', [linkOf('', 'Two schedulers')]),
    ...GALLERY.map(({ name, exhibits }) =>
      groupOf(
        name,
        exhibits.map((each) => linkOf(each.scenario.id, each.name)),
      ),
    ),
  );
}

/**
 * Marks the chosen scenario, and says what to look at.
 *
 * @param scenario - The scenario, perhaps with other rules than its own.
 */
export function showExhibit({ id, rules }: Scenario): void {
  const exhibit = exhibitOf(id);
  const edited = exhibit !== undefined && exhibit.scenario.rules !== rules;
  byId('exhibit-title', HTMLElement).textContent = edited
    ? EDITED_TITLE
    : (exhibit?.title ?? OWN_TITLE);
  byId('exhibit-text', HTMLElement).textContent = edited ? '' : (exhibit?.text ?? OWN_TEXT);
  for (const link of byId('gallery', HTMLElement).querySelectorAll('a')) {
    if (link.dataset['id'] === id && !edited) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

function groupOf(name: string, links: readonly HTMLElement[]): HTMLElement {
  const items = links.map((link) => element('li', {}, link));
  const heading = element(
    'span',
    { class: 'group', id: `group-${name.replaceAll(' ', '-')}` },
    name,
  );
  const list = element('ul', { 'aria-labelledby': heading.id }, ...items);
  return element('div', {}, heading, list);
}

function linkOf(id: string, name: string): HTMLElement {
  return element('a', { href: `#scenario=${id === '' ? 'compare' : id}`, 'data-id': id }, name);
}
