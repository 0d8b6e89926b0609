/**
 * One scheduler on the page: its picture, its curves, and the same in figures.
 */
import { chartOf } from './chart-of.js';
import { chartShapes } from './chart-shapes.js';
import { element, svgElement } from './dom.js';
import { headlineOf, laneTable, showTable } from './lane-table.js';
import type { Race } from './race.js';
import { MEASURES } from './scenario.js';
import { drawShapes } from './shape-renderer.js';
import { describePicture, showStage } from './stage-view.js';
import { stageOf } from './stage-of.js';

const CHART_HEIGHT = 190;

/** The elements of a lane. */
export class LaneView {
  /** All of it. */
  readonly root: HTMLElement;
  private readonly index: number;
  private readonly title: HTMLElement;
  private readonly headline: HTMLElement;
  private readonly stage: SVGSVGElement;
  private readonly stageRoom: HTMLElement;
  private readonly chart: SVGSVGElement;
  private readonly chartRoom: HTMLElement;
  private readonly chartTitle: HTMLElement;
  private readonly table: ReturnType<typeof laneTable>;

  /**
   * @param index - Which lane.
   */
  constructor(index: number) {
    const id = `lane-${'ab'[index]}`;
    this.index = index;
    this.title = element('h3', { id: `${id}-name` });
    this.headline = element('p', { class: 'headline' });
    this.stage = svgElement({ role: 'img', class: 'stage', id: `${id}-stage` });
    this.chart = svgElement({ role: 'img', class: 'chart', id: `${id}-chart` });
    this.stageRoom = element('div', { class: 'room' }, this.stage);
    this.chartTitle = element('h4', {});
    this.chartRoom = element('div', { class: 'room' }, this.chart);
    this.table = laneTable(id);
    const curves = element('div', { class: 'curves' }, this.chartTitle, this.chartRoom);
    this.root = element(
      'article',
      { class: 'lane', 'aria-labelledby': `${id}-name` },
      element('div', { class: 'lane-head' }, this.title, this.headline),
      element('div', { class: 'lane-pictures' }, this.stageRoom, curves),
      this.table.root,
    );
  }

  /**
   * Shows the present moment in pictures.
   *
   * @param race - The run.
   */
  showPictures(race: Race): void {
    const lane = race.lanes[this.index];
    setText(this.title, `Scheduler ${lane.scheduler}`);
    showStage(this.stage, this.stageRoom.clientWidth, stageOf(race, this.index));
    this.showCurves(race);
  }

  /**
   * Shows the present moment in words and figures.
   *
   * @param race - The run.
   */
  showFigures(race: Race): void {
    const lane = race.lanes[this.index];
    showTable(this.table, lane);
    setText(this.headline, headlineOf(lane));
    describePicture(this.stage, stageOf(race, this.index));
    this.chart.setAttribute(
      'aria-label',
      `Curves over time: ${MEASURES[race.present.measure]} per server. The table has the present figures.`,
    );
  }

  private showCurves(race: Race): void {
    const { measure } = race.present;
    setText(this.chartTitle, MEASURES[measure]);
    const width = Math.max(260, Math.floor(this.chartRoom.clientWidth));
    const shapes = chartShapes({ ...chartOf(race, this.index), width, height: CHART_HEIGHT });
    drawShapes(this.chart, [width, CHART_HEIGHT], shapes);
  }
}

function setText(where: HTMLElement, text: string): void {
  if (where.textContent !== text) where.textContent = text;
}
