/**
 * A plugin of Stryker that has only the mutants of a sample tried. Their places alone do not say which: a place holds
 * several, and smaller places. The file that CHOSEN names lists them.
 */
import { readFileSync } from 'node:fs';
import { CheckStatus } from '@stryker-mutator/api/check';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { nameOf } from './mutants.mjs';

class ChosenMutants {
  #chosen = new Set();

  async init() {
    const chosen = JSON.parse(readFileSync(process.env.CHOSEN, 'utf8'));
    this.#chosen = new Set(chosen.map(({ source, name }) => `${source} ${name}`));
  }

  /** @param {import('@stryker-mutator/api/core').Mutant[]} mutants - Some of those at the places. */
  async check(mutants) {
    return Object.fromEntries(mutants.map((mutant) => [mutant.id, this.#verdictOn(mutant)]));
  }

  async group(mutants) {
    return [mutants.map(({ id }) => id)];
  }

  #verdictOn(mutant) {
    const source = mutant.fileName.slice(mutant.fileName.lastIndexOf('/src/') + 1);
    return this.#chosen.has(`${source} ${nameOf(mutant)}`)
      ? { status: CheckStatus.Passed }
      : { status: CheckStatus.CompileError, reason: 'not in the sample' };
  }
}

export const strykerPlugins = [
  declareClassPlugin(PluginKind.Checker, 'chosen-mutants', ChosenMutants),
];
