/**
 * The playground's page: rules and load in, two schedulers side by side, and a packet's way.
 */
import { SCHEDULERS } from 'ipvs';
import { showChanges } from './changes-view.js';
import { announce, byId, element } from './dom.js';
import { showLane } from './lane-view.js';
import { startPacketView } from './packet-view.js';
import { problemOf, selectProblem } from './problem-view.js';
import { Race } from './race.js';
import { fromHash, RANGES, type Scenario, toHash } from './scenario.js';
import { showServers } from './servers-view.js';

const rules = byId('rules', HTMLTextAreaElement);
const problem = byId('problem', HTMLElement);
const play = byId('play', HTMLButtonElement);
const selects = [byId('a', HTMLSelectElement), byId('b', HTMLSelectElement)] as const;
const numbers = Object.keys(RANGES) as (keyof typeof RANGES)[];
const schedulerNames = Object.keys(SCHEDULERS).flatMap((name) =>
  name === 'sh' || name === 'mh' ? [name, `${name}-fallback`] : [name],
);

let race: Race | undefined;
let playing = false;
let lastFrameMs = 0;

for (const select of selects) {
  select.append(element('option', { value: '' }, 'as in the rules'));
  for (const name of schedulerNames) select.append(element('option', { value: name }, name));
}

/** Puts a scenario into the form, and runs it as far as it had come. */
function restore(scenario: Scenario): void {
  rules.value = scenario.rules;
  for (const [index, select] of selects.entries()) {
    const name = scenario.schedulers[index] ?? '';
    select.value = schedulerNames.includes(name) ? name : '';
  }
  for (const name of numbers) byId(name, HTMLInputElement).value = String(scenario[name]);
  start(scenario.atMs, scenario.changes);
}

/** Begins anew with what the form says. */
function start(atMs = 0, changes = race?.present.changes ?? []): void {
  setPlaying(false);
  const text = numbers.map((name) => [name, byId(name, HTMLInputElement).value]);
  const form = fromHash(new URLSearchParams(Object.fromEntries(text)).toString());
  const schedulers = [selects[0].value, selects[1].value] as const;
  try {
    race = new Race({ ...form, rules: rules.value, schedulers, atMs, changes });
    showProblem('');
  } catch (error) {
    showProblem(problemOf(error, true));
    selectProblem(rules, error);
    return;
  }
  byId('output', HTMLElement).textContent = '';
  show();
  announce('The load begins anew.');
}

function showProblem(text: string): void {
  problem.textContent = text;
  rules.setAttribute('aria-invalid', String(text !== ''));
}

/** Shows the present moment; the address tells of it when nothing is moving. */
function show(): void {
  if (race === undefined) return;
  const { lanes, nowMs, endMs, present } = race;
  showLane('a', lanes[0]);
  showLane('b', lanes[1]);
  showServers(() => (race as Race).lanes[0], runCommand);
  byId('progress', HTMLProgressElement).value = nowMs / endMs;
  byId('time', HTMLElement).textContent = `${seconds(nowMs)} of ${seconds(endMs)} s`;
  showChanges(race.changes, (index) => {
    if (race === undefined) return;
    const { atMs, changes } = race.present;
    start(atMs, changes.toSpliced(index, 1));
  });
  if (!playing) history.replaceState(null, '', `#${toHash(present)}`);
}

function seconds(timeMs: number): string {
  return (timeMs / 1000).toFixed(1);
}

function setPlaying(value: boolean): void {
  playing = value;
  play.textContent = value ? 'Pause' : 'Play';
  if (!value) return;
  lastFrameMs = performance.now();
  requestAnimationFrame(frame);
}

function frame(nowMs: number): void {
  if (!playing || race === undefined) return;
  const speed = Number(byId('speed', HTMLSelectElement).value);
  race.advanceTo(race.nowMs + Math.max(0, nowMs - lastFrameMs) * speed);
  lastFrameMs = Math.max(nowMs, lastFrameMs);
  if (race.isOver) pause();
  else requestAnimationFrame(frame);
  show();
}

/** Stops, and says where. */
function pause(): void {
  setPlaying(false);
  show();
  if (race === undefined) return;
  const [a, b] = race.lanes.map((lane) => {
    const moved = lane.moves.moved;
    return `${lane.scheduler}: ${moved} clients met another server, ${lane.refused} connections refused`;
  });
  announce(`At ${seconds(race.nowMs)} seconds. ${a}. ${b}.`);
}

function advance(byMs: number): void {
  race?.advanceTo(race.nowMs + byMs);
  pause();
}

/** Does a command, now or when the field beside it says. */
function runCommand(line: string): void {
  if (race === undefined) return;
  const when = byId('when', HTMLInputElement).value;
  const atMs = when === '' ? race.nowMs : Number(when) * 1000;
  try {
    byId('output', HTMLElement).textContent = race.schedule(atMs, line);
    byId('command-problem', HTMLElement).textContent = '';
    show();
    announce(atMs > race.nowMs ? `Planned for ${seconds(atMs)} seconds: ${line}` : `Done: ${line}`);
  } catch (error) {
    byId('command-problem', HTMLElement).textContent = problemOf(error, false);
  }
}

byId('scenario', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  start();
});
byId('commands', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault();
  runCommand(byId('command', HTMLInputElement).value);
});
play.addEventListener('click', () => {
  if (race?.isOver === true) start();
  if (playing) pause();
  else setPlaying(true);
});
byId('step', HTMLButtonElement).addEventListener('click', () => advance(1000));
byId('leap', HTMLButtonElement).addEventListener('click', () => advance(10_000));
byId('finish', HTMLButtonElement).addEventListener('click', () => advance(Infinity));
byId('again', HTMLButtonElement).addEventListener('click', () => start());
addEventListener('hashchange', () => restore(fromHash(location.hash)));

restore(fromHash(location.hash));
startPacketView();
