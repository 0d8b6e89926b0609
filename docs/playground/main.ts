/**
 * The playground's page: a scenario, its pictures while the load runs, and the path of a packet.
 */
import { showChanges } from './changes-view.js';
import { announce, byId } from './dom.js';
import { listGallery, showExhibit } from './gallery-view.js';
import { LaneView } from './lane-view.js';
import { describeOutage } from './outage.js';
import { PathView } from './path-view.js';
import { Player, prefersCalm } from './player.js';
import { problemOf } from './problem-view.js';
import { Race } from './race.js';
import { RulesForm } from './rules-form.js';
import { fromHash, toHash } from './scenario-address.js';
import { keptChanges } from './scenario-edit.js';
import type { Change, Scenario } from './scenario.js';
import { showServers } from './servers-view.js';

/** How often figures change while the load is played, in milliseconds: faster ones cannot be read. */
const FIGURES_MS = 250;

const play = byId('play', HTMLButtonElement);
const invitation = byId('invitation', HTMLButtonElement);
const form = new RulesForm();
const path = new PathView();
const player = new Player((elapsedMs) => {
  if (race === undefined) return;
  const done = doneChanges(race);
  race.advanceTo(race.nowMs + elapsedMs * Number(byId('speed', HTMLSelectElement).value));
  announceChanges(race, done);
  if (race.isOver) pause();
  else show();
});

let race: Race | undefined;
let lanes: readonly LaneView[] = [];
let figuresMs = 0;

/** Runs a scenario as far as it had come. */
function run(scenario: Scenario): void {
  setPlaying(false);
  try {
    race = new Race(scenario);
  } catch (error) {
    form.showProblem(error);
    return;
  }
  form.showProblem();
  byId('output', HTMLElement).textContent = '';
  byId('command-problem', HTMLElement).textContent = '';
  placeLanes(race.lanes.length);
  showExhibit(scenario);
  showAll();
}

function restore(scenario: Scenario): void {
  byId('notice', HTMLElement).textContent = '';
  form.fill(scenario);
  run(scenario);
}

/** Runs what the form says, from the start. */
function apply(): void {
  const former = race?.present;
  const values = form.read();
  const changes = keptChanges(former, values.rules);
  const dropped = (former?.changes.length ?? 0) - changes.length;
  run({ ...(former ?? fromHash('')), ...values, atMs: 0, changes });
  const notice =
    dropped > 0
      ? `The ${dropped === 1 ? 'change' : `${dropped} changes`} of the former rules ${dropped === 1 ? 'was' : 'were'} taken out.`
      : '';
  byId('notice', HTMLElement).textContent = notice;
  announce(`The load starts again. ${notice}`);
}

/** Starts again with the same rules and changes. */
function again(changes: readonly Change[] | undefined = race?.present.changes, atMs = 0): void {
  if (race !== undefined && changes !== undefined) run({ ...race.present, atMs, changes });
}

function placeLanes(count: number): void {
  if (lanes.length === count) return;
  lanes = Array.from({ length: count }, (_, index) => new LaneView(index));
  const place = byId('lanes', HTMLElement);
  place.dataset['lanes'] = String(count);
  place.replaceChildren(...lanes.map(({ root }) => root));
}

/** Shows the present moment; figures less often than pictures. */
function show(): void {
  if (race === undefined) return;
  for (const lane of lanes) lane.showPictures(race);
  byId('progress', HTMLProgressElement).value = race.nowMs / race.endMs;
  byId('time', HTMLElement).textContent = `${seconds(race.nowMs)} of ${seconds(race.endMs)} s`;
  const nowMs = performance.now();
  if (player.playing && nowMs - figuresMs < FIGURES_MS) return;
  figuresMs = nowMs;
  for (const lane of lanes) lane.showFigures(race);
  showServers(() => (race as Race).lanes[0], runCommand);
  showChanges(race.changes, (index) => {
    if (race !== undefined) again(race.present.changes.toSpliced(index, 1), race.nowMs);
  });
}

/** Shows the present moment when nothing moves: the address and the path of a packet belong to it. */
function showAll(): void {
  show();
  if (race === undefined) return;
  path.follow(race);
  const hash = toHash(race.present);
  history.replaceState(null, '', hash === '' ? location.pathname + location.search : `#${hash}`);
  invitation.hidden = race.nowMs > 0;
}

function seconds(timeMs: number): string {
  return (timeMs / 1000).toFixed(1);
}

function setPlaying(value: boolean): void {
  if (value) player.start();
  else player.stop();
  play.textContent = value ? 'Pause' : 'Play';
  byId('lanes', HTMLElement).classList.toggle('playing', value);
  if (value) invitation.hidden = true;
}

function startPlaying(): void {
  if (race?.isOver === true) again();
  setPlaying(true);
}

/** Stops, and says where. */
function pause(): void {
  setPlaying(false);
  showAll();
  if (race === undefined) return;
  const each = race.lanes.map(
    ({ scheduler, visits, refused }) =>
      `${scheduler}: ${visits.moved} visits met another server, ${refused} connections refused`,
  );
  announce(`At ${seconds(race.nowMs)} seconds. ${each.join('. ')}.`);
}

function advance(byMs: number): void {
  race?.advanceTo(race.nowMs + byMs);
  pause();
}

function doneChanges({ changes }: Race): number {
  return changes.filter(({ done }) => done).length;
}

function announceChanges({ changes }: Race, before: number): void {
  const news = changes.filter(({ done }) => done).slice(before);
  if (news.length === 0) return;
  announce(news.map(({ command }) => describeOutage(command) || `Done: ${command}`).join('. '));
}

/** Does a command, now or when the field beside it says. */
function runCommand(line: string): void {
  if (race === undefined) return;
  const when = byId('when', HTMLInputElement).value;
  const atMs = when === '' ? race.nowMs : Number(when) * 1000;
  try {
    byId('output', HTMLElement).textContent = race.schedule(atMs, line);
    byId('command-problem', HTMLElement).textContent = '';
    if (player.playing) show();
    else showAll();
    announce(atMs > race.nowMs ? `Planned for ${seconds(atMs)} seconds: ${line}` : `Done: ${line}`);
  } catch (error) {
    byId('command-problem', HTMLElement).textContent = problemOf(error, false);
  }
}

/** A link of the gallery starts its scenario at once: the reader has asked for it. */
function followLink(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  history.pushState(null, '', link.hash);
  restore(fromHash(link.hash));
  if (!prefersCalm()) setPlaying(true);
  announce(byId('exhibit-title', HTMLElement).textContent);
}

byId('scenario', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  apply();
});
byId('commands', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  runCommand(byId('command', HTMLInputElement).value);
});
play.addEventListener('click', () => {
  if (player.playing) pause();
  else startPlaying();
});
invitation.addEventListener('click', () => {
  startPlaying();
  play.focus();
});
byId('step', HTMLButtonElement).addEventListener('click', () => advance(1000));
byId('leap', HTMLButtonElement).addEventListener('click', () => advance(10_000));
byId('finish', HTMLButtonElement).addEventListener('click', () => advance(Infinity));
byId('again', HTMLButtonElement).addEventListener('click', () => again());
byId('follow', HTMLButtonElement).addEventListener('click', () => {
  if (player.playing) pause();
  byId('path', HTMLElement).scrollIntoView({ behavior: prefersCalm() ? 'auto' : 'smooth' });
  byId('next', HTMLButtonElement).focus({ preventScroll: true });
});
byId('gallery', HTMLElement).addEventListener('click', followLink);
byId('measure', HTMLSelectElement).addEventListener('change', () => {
  if (race === undefined) return;
  race.measure = form.read().measure;
  if (player.playing) show();
  else showAll();
});
addEventListener('hashchange', () => restore(fromHash(location.hash)));
addEventListener('resize', () => {
  show();
  path.resize();
});

listGallery();
restore(fromHash(location.hash));
