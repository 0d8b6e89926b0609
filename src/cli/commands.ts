/**
 * The table of sub-commands: adding one is a file in `commands/` and a row here.
 *
 * A command is loaded when it is called or explained, so that each starts without the others.
 */
import type { Command } from './command.js';

/** What is known of a sub-command before it is loaded. */
export interface CommandRow {
  /** The word after `ipvs`. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Loads it. */
  readonly load: () => Promise<Command>;
}

/** All sub-commands, in the order in which the help lists them. */
export const COMMANDS: readonly CommandRow[] = [
  {
    name: 'admin',
    summary: 'restore rules and list, save or change them, as ipvsadm does',
    load: async () => (await import('./commands/admin.js')).admin,
  },
  {
    name: 'simulate',
    summary: 'show what the services of a rule file do under a seeded load',
    load: async () => (await import('./commands/simulate.js')).simulate,
  },
  {
    name: 'run',
    summary: 'run a director on real interfaces, without a kernel module',
    load: async () => (await import('./commands/run.js')).run,
  },
  {
    name: 'ctl',
    summary: "speak with a director that runs, in ipvsadm's language",
    load: async () => (await import('./commands/ctl.js')).ctl,
  },
  {
    name: 'lab',
    summary: 'the tutorial on this machine: clients, a director, real servers',
    load: async () => (await import('./commands/lab.js')).lab,
  },
  {
    name: 'lint',
    summary: 'find what is wrong in rules, keepalived.conf, scripts, sysctls and firewalls',
    load: async () => (await import('./commands/lint.js')).lint,
  },
  {
    name: 'plan',
    summary: 'show the ipvsadm commands that turn one configuration into another',
    load: async () => (await import('./commands/plan.js')).plan,
  },
  {
    name: 'setup',
    summary: 'write the scripts that set up a director and its real servers',
    load: async () => (await import('./commands/setup.js')).setup,
  },
  {
    name: 'twin',
    summary:
      'make a live copy of a running director, and ask what a change would do to its connections',
    load: async () => (await import('./commands/twin.js')).twin,
  },
  {
    name: 'translate',
    summary: 'run a capture through a director, and write what leaves it',
    load: async () => (await import('./commands/translate.js')).translate,
  },
  {
    name: 'bench',
    summary: 'measure the schedulers and the connection table on this machine',
    load: async () => (await import('./commands/bench.js')).bench,
  },
  {
    name: 'kernel',
    summary: 'show which profile fits a kernel, and what it decides otherwise',
    load: async () => (await import('./commands/kernel.js')).kernel,
  },
];
