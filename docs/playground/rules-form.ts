/**
 * The form with rules, schedulers and load.
 */
import { SCHEDULERS } from 'ipvs';
import { byId, element } from './dom.js';
import { describeLimit } from './load-limit.js';
import { selectProblem } from './problem-selection.js';
import { problemOf } from './problem-view.js';
import { MEASURES, NO_SCHEDULER, RANGES, type Scenario } from './scenario.js';

/** What the form decides of a scenario. */
export type FormValues = Pick<Scenario, 'rules' | 'schedulers' | 'measure' | keyof typeof RANGES>;

const numbers = Object.keys(RANGES) as (keyof typeof RANGES)[];
const schedulerNames = Object.keys(SCHEDULERS).flatMap((name) =>
  name === 'sh' || name === 'mh' ? [name, `${name}-fallback`] : [name],
);

/** The form. */
export class RulesForm {
  private readonly rules = byId('rules', HTMLTextAreaElement);
  private readonly problem = byId('problem', HTMLElement);
  private readonly limit = byId('limit', HTMLElement);
  private readonly measure = byId('measure', HTMLSelectElement);
  private readonly selects = [byId('a', HTMLSelectElement), byId('b', HTMLSelectElement)] as const;

  /** Fills the lists of choices, and says at once when a load is beyond the limit. */
  constructor() {
    const [first, second] = this.selects;
    for (const select of this.selects) {
      select.append(element('option', { value: '' }, 'as in the rules'));
      for (const name of schedulerNames) select.append(element('option', { value: name }, name));
    }
    first.value = '';
    second.prepend(element('option', { value: NO_SCHEDULER }, 'none'));
    for (const [value, name] of Object.entries(MEASURES)) {
      this.measure.append(element('option', { value }, name));
    }
    for (const name of ['rate', 'seconds'] as const) {
      byId(name, HTMLInputElement).addEventListener('input', () => this.showLimit());
    }
  }

  /**
   * Puts a scenario into the form.
   *
   * @param scenario - The scenario.
   */
  fill(scenario: Scenario): void {
    this.rules.value = scenario.rules;
    for (const [index, select] of this.selects.entries()) {
      const name = scenario.schedulers[index] ?? '';
      select.value = [...schedulerNames, NO_SCHEDULER].includes(name) ? name : '';
    }
    if (this.selects[0].value === '') this.selects[0].value = '';
    this.measure.value = scenario.measure;
    for (const name of numbers) byId(name, HTMLInputElement).value = String(scenario[name]);
    this.showLimit();
  }

  /**
   * Reads the form.
   *
   * @returns What it says; the browser has checked the numbers.
   */
  read(): FormValues {
    const values = Object.fromEntries(
      numbers.map((name) => [name, byId(name, HTMLInputElement).valueAsNumber]),
    ) as Record<keyof typeof RANGES, number>;
    const [first, second] = this.selects;
    return {
      ...values,
      rules: this.rules.value,
      schedulers: [first.value, second.value],
      measure: this.measure.value as Scenario['measure'],
    };
  }

  /**
   * Says what is wrong with the rules.
   *
   * @param error - What was thrown; `undefined` = nothing is wrong.
   */
  showProblem(error?: unknown): void {
    const text = error === undefined ? '' : problemOf(error, true);
    this.problem.textContent = text;
    this.rules.setAttribute('aria-invalid', String(text !== ''));
    if (error !== undefined) selectProblem(this.rules, error);
  }

  private showLimit(): void {
    const [rate, seconds] = (['rate', 'seconds'] as const).map(
      (name) => byId(name, HTMLInputElement).valueAsNumber,
    ) as [number, number];
    const text = Number.isNaN(rate * seconds) ? '' : describeLimit({ rate, seconds });
    if (this.limit.textContent !== text) this.limit.textContent = text;
  }
}
