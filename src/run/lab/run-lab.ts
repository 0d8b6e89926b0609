/**
 * Runs the laboratory: makes its network, starts a director in it, goes through the steps, takes everything down.
 */
import { writeFileSync } from 'node:fs';
import { hasTool, missingRequirements } from '../machine.js';
import { programPath } from '../program-path.js';
import { RunError } from '../run-error.js';
import { RUN_FOLDER } from '../run-files.js';
import { undoRun } from '../launcher.js';
import { LabNetwork, type LabOptions } from './lab-network.js';
import type { LabCommand, LabStep } from './lab-step.js';
import { labSteps } from './lab-steps.js';

/** The director's name. */
export const LAB_NAME = 'lab';
/** The tools that steps use, with the Debian package of each. */
const PACKAGES: Readonly<Record<string, string>> = {
  curl: 'curl',
  ab: 'apache2-utils',
  ping: 'iputils-ping',
};
const START_MS = 30_000;
const REPEAT_MS = 20_000;
const LOOK_MS = 250;

/** What a laboratory shows, and where. */
export interface LabView {
  /** The path of the command, as it is run by Node. */
  readonly command: string;
  /**
   * Shows text.
   *
   * @param text - The text, with line ends.
   */
  show(text: string): void;
  /** Waits for the person who watches. */
  pause(): Promise<void>;
}

/** What came of it. */
export interface LabResult {
  /** How many steps there were. */
  readonly steps: number;
  /** How many of them did not show what they should. */
  readonly wrong: number;
}

/**
 * Runs a laboratory.
 *
 * @param options - What it has.
 * @param view - What it shows, and where.
 * @returns What came of it.
 * @throws {RunError} When something is missing, or the director does not start.
 */
export async function runLab(options: LabOptions, view: LabView): Promise<LabResult> {
  requireTools();
  const lab = new LabNetwork(options);
  try {
    undoRun(LAB_NAME);
    lab.up(programPath);
    await startDirector(lab, view);
    return await goThrough(lab, view);
  } finally {
    await stopDirector(lab, view);
    lab.down();
    undoRun(LAB_NAME);
  }
}

function requireTools(): void {
  const missing = [
    ...missingRequirements(true),
    ...Object.entries(PACKAGES)
      .filter(([tool]) => !hasTool(tool))
      .map(([tool, name]) => `${tool} is missing: apt-get install ${name}`),
  ];
  if (missing.length > 0) throw new RunError(missing.join('\n'));
}

async function startDirector(lab: LabNetwork, view: LabView): Promise<void> {
  const rules = `${RUN_FOLDER}/lab.rules`;
  const { clientInterface, serverInterface } = lab;
  const words = `run ${rules} --name ${LAB_NAME} --client-if ${clientInterface} --server-if ${serverInterface} --check tcp:1s`;
  lab.run('director', `mkdir -p ${RUN_FOLDER}`);
  writeFileSync(rules, `${lab.rules()}\n`);
  view.show(`The rules:\n${lab.rules().replaceAll(/^/gm, '  ')}\n\ndirector# ipvs ${words}\n`);
  const director = lab.start('director', [process.execPath, view.command, ...words.split(' ')]);
  let log = '';
  director.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const end = performance.now() + START_MS;
  while (!log.includes('"ready"')) {
    if (director.exitCode !== null || performance.now() > end) {
      throw new RunError(`the director did not start: ${log}`);
    }
    await pass(LOOK_MS);
  }
}

async function stopDirector(lab: LabNetwork, view: LabView): Promise<void> {
  lab.run('director', `'${process.execPath}' '${view.command}' ctl --name ${LAB_NAME} stop`);
  await pass(LOOK_MS);
}

async function goThrough(lab: LabNetwork, view: LabView): Promise<LabResult> {
  const steps = labSteps(lab);
  let wrong = 0;
  for (const [index, step] of steps.entries()) {
    view.show(`\n${index + 1} of ${steps.length}: ${step.title}\n${step.why}\n`);
    const output = await perform(lab, view, step);
    const isRight = step.isRight(output);
    view.show(`${indented(output)}${isRight ? 'right' : 'WRONG'}: ${step.expected}\n`);
    if (!isRight) wrong++;
    await view.pause();
  }
  return { steps: steps.length, wrong };
}

/** Types the commands of a step; gives what the last one wrote. */
async function perform(lab: LabNetwork, view: LabView, step: LabStep): Promise<string> {
  let output = '';
  for (const command of step.commands) {
    view.show(indented(`${command.at}# ${command.type}`));
    output = type(lab, view, command);
  }
  const last = step.commands.at(-1);
  if (step.repeats !== true || last === undefined) return output;
  const end = performance.now() + REPEAT_MS;
  while (!step.isRight(output) && performance.now() < end) {
    await pass(LOOK_MS);
    output = type(lab, view, last);
  }
  return output;
}

function type(lab: LabNetwork, view: LabView, { at, type: command }: LabCommand): string {
  if (command === 'stop') lab.stopServer(at);
  else if (command === 'start') lab.startServer(at);
  else {
    const own = `ipvs() { '${process.execPath}' '${view.command}' "$@"; }`;
    const { stdout, stderr } = lab.run(at, `${own}\n${command}`);
    return `${stdout}${stderr}`;
  }
  return '';
}

function indented(text: string): string {
  return text === '' ? '' : `${text.trimEnd().replaceAll(/^/gm, '  ')}\n`;
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
