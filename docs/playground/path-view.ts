/**
 * A packet followed step by step: on the picture, and field by field.
 */
import { copyDirector } from './director-copy.js';
import { announce, button, byId, element } from './dom.js';
import type { Comparison } from './packet-fields.js';
import { type Hop, pathOf } from './packet-path.js';
import { comparisonOf, markOf, titleOf } from './path-steps.js';
import type { Race } from './race.js';
import type { Stage } from './stage.js';
import { stageOf } from './stage-of.js';
import { showStage } from './stage-view.js';

/** The part of the page where a packet is followed. */
export class PathView {
  private readonly visitor = byId('visitor', HTMLSelectElement);
  private readonly stage = byId('path-stage', SVGSVGElement);
  private readonly previous = byId('previous', HTMLButtonElement);
  private readonly next = byId('next', HTMLButtonElement);
  private race: Race | undefined;
  /** The picture of the moment at which the packet was sent. */
  private picture: Stage | undefined;
  private hops: readonly Hop[] = [];
  private index = 0;

  /** Follows the buttons. */
  constructor() {
    this.visitor.addEventListener('change', () => this.restart());
    this.previous.addEventListener('click', () => this.goTo(this.index - 1));
    this.next.addEventListener('click', () => this.goTo(this.index + 1));
  }

  /**
   * Follows a packet with the rules and loads of this moment.
   *
   * @param race - The run.
   */
  follow(race: Race): void {
    this.race = race;
    this.picture = stageOf(race, 0);
    const [lane] = race.lanes;
    const flow = race.visitor(this.visitor.value === 'returning');
    const { director, service } = copyDirector(lane.setup);
    const failed = new Set(lane.tallies.filter((each) => each.failed).map(({ name }) => name));
    this.hops = pathOf(flow, {
      director,
      servers: service?.servers ?? [],
      mark: lane.service.fwmark,
      answers: (server) => !failed.has(String(server)),
    });
    this.index = Math.min(this.index, this.hops.length - 1);
    byId('path-moment', HTMLElement).textContent =
      `With the rules and the connections at ${(race.nowMs / 1000).toFixed(1)} s, scheduler ${lane.scheduler}. The client is ${String(flow.source)}.`;
    this.listSteps();
    this.show();
  }

  /** Draws the picture again, as after the window has another size. */
  resize(): void {
    const hop = this.hops[this.index];
    if (this.picture === undefined || hop === undefined) return;
    const width = this.stage.parentElement?.clientWidth ?? 0;
    showStage(this.stage, width, this.picture, markOf(hop));
    this.stage.setAttribute('aria-label', `The packet is here: ${titleOf(hop)}`);
  }

  private restart(): void {
    this.index = 0;
    if (this.race !== undefined) this.follow(this.race);
  }

  private goTo(wanted: number): void {
    this.index = Math.max(0, Math.min(this.hops.length - 1, wanted));
    this.show();
    const { textContent: title } = byId('step-title', HTMLElement);
    announce(`${title}. ${byId('step-explanation', HTMLElement).textContent}`);
  }

  private listSteps(): void {
    const items = this.hops.map((hop, index) =>
      element(
        'li',
        {},
        button(`${index + 1}`, `Step ${index + 1}: ${titleOf(hop)}`, () => this.goTo(index)),
      ),
    );
    byId('steps', HTMLElement).replaceChildren(...items);
  }

  private show(): void {
    const hop = this.hops[this.index];
    if (hop === undefined) return;
    const { length } = this.hops;
    byId('step-title', HTMLElement).textContent =
      `Step ${this.index + 1} of ${length}: ${titleOf(hop)}`;
    byId('step-explanation', HTMLElement).textContent = hop.explanation;
    // A disabled button would lose the focus.
    this.previous.setAttribute('aria-disabled', String(this.index === 0));
    this.next.setAttribute('aria-disabled', String(this.index === length - 1));
    for (const [index, item] of [
      ...byId('steps', HTMLElement).querySelectorAll('button'),
    ].entries()) {
      if (index === this.index) item.setAttribute('aria-current', 'step');
      else item.removeAttribute('aria-current');
    }
    byId('packet-table', HTMLTableElement).dataset['compares'] = String(hop.former !== undefined);
    byId('packet-rows', HTMLElement).replaceChildren(
      ...comparisonOf(hop).map((each) => rowOf(each, hop.former !== undefined)),
    );
    this.resize();
  }
}

function rowOf(
  { header, name, before, after }: Comparison,
  compares: boolean,
): HTMLTableRowElement {
  const changed = before !== after;
  const value = after ?? 'none';
  const word = before === undefined ? 'new' : after === undefined ? 'gone' : 'changed';
  const shown = changed
    ? [element('mark', {}, value), ' ', element('span', { class: 'change' }, word)]
    : [value];
  return element(
    'tr',
    { 'data-field': `${header} ${name}`, ...(changed && { class: 'changed' }) },
    element('th', { scope: 'row' }, element('span', { class: 'header' }, header), ` ${name}`),
    ...(compares ? [element('td', {}, before ?? 'none')] : []),
    element('td', {}, ...shown),
  );
}
