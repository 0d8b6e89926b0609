/**
 * How a director is run: options, their defaults and their checks.
 */
import type { Director } from '../director/director.js';
import { requireKnownOptions, type OptionNames } from '../errors.js';
import { readServerAddress } from '../model/server-address.js';
import { RunError } from './run-error.js';
import { RUN_FOLDER } from './run-files.js';
import type { LogFormat } from './settings.js';

/** How a director is run. */
export interface RunOptions {
  /** Its services and servers; its connections are not looked at. */
  readonly rules: Director;
  /** Its name, 1–10 letters, digits and dashes: the folder of its files, and its namespace; default `director`. */
  readonly name?: string;
  /**
   * The interface toward the clients. Without it the director gets a network namespace of its own, linked to the
   * machine, and servers see the namespace's address as their client.
   */
  readonly clientInterface?: string;
  /** The interface toward the servers; default: that toward the clients. */
  readonly serverInterface?: string;
  /** Whether packets are left as long as they were on the wire, which tunnels need; default: when there is one. */
  readonly plain?: boolean;
  /**
   * Whether the kernel forwards connections with many packets by itself, by rules of nftables; default: where it can,
   * that is with `clientInterface`, and without rules of the machine that filter forwarded packets.
   */
  readonly kernelPath?: boolean;
  /** Whether virtual addresses are added to the interface; default `true`. Without it VRRP may move them. */
  readonly addAddresses?: boolean;
  /** How servers are watched: `tcp:2s`, `http:/path:2s`, `ping`; default: not at all. */
  readonly check?: string;
  /** `ADDRESS:PORT` of the server that serves while no other can; needs `check`. */
  readonly sorryServer?: string;
  /** `ADDRESS:PORT` of an HTTP server for Prometheus; default: none. */
  readonly metrics?: string;
  /** The user that the engine runs as, which reads what clients and servers send; default `nobody`. */
  readonly user?: string;
  /** How log lines look; default `json`. */
  readonly log?: LogFormat;
}

const OPTION_NAMES: OptionNames<RunOptions> = {
  rules: true,
  name: true,
  clientInterface: true,
  serverInterface: true,
  plain: true,
  kernelPath: true,
  addAddresses: true,
  check: true,
  sorryServer: true,
  metrics: true,
  user: true,
  log: true,
};

/** The name of a director that was given none. */
export const DEFAULT_NAME = 'director';
const NAME = /^[a-z\d][a-z\d-]{0,9}$/;
const INTERFACE = /^[^\s/:,'"]{1,15}$/;

/**
 * Checks options.
 *
 * @param options - The options.
 * @throws {TypeError} When an option is unknown.
 * @throws {RunError} When a value makes no sense.
 */
export function checkRunOptions(options: RunOptions): void {
  requireKnownOptions('run a director', options, OPTION_NAMES);
  const {
    name = DEFAULT_NAME,
    clientInterface,
    serverInterface,
    sorryServer,
    check,
    metrics,
  } = options;
  folderOf(name);
  for (const each of [clientInterface, serverInterface]) {
    if (each !== undefined && !INTERFACE.test(each)) {
      throw new RunError(`expected the name of an interface, got '${each}'`);
    }
  }
  if (serverInterface !== undefined && clientInterface === undefined) {
    throw new RunError('an interface toward the servers needs one toward the clients');
  }
  if (metrics !== undefined && !isListenAddress(metrics)) {
    throw new RunError(`expected [ADDRESS:]PORT for metrics, the port 1–65535, got '${metrics}'`);
  }
  if (sorryServer !== undefined && check === undefined) {
    throw new RunError('a sorry server needs a check, such as tcp:2s');
  }
  if (sorryServer !== undefined) requireServer(sorryServer);
}

function requireServer(text: string): void {
  try {
    readServerAddress(text);
  } catch (error) {
    throw new RunError(`sorry server: ${(error as Error).message}`);
  }
}

function isListenAddress(text: string): boolean {
  const port = /^(?:.*:)?(\d{1,5})$/.exec(text)?.[1] ?? '';
  return Number(port) >= 1 && Number(port) <= 65_535;
}

/**
 * The folder of a director's files.
 *
 * @param name - Its name.
 * @returns The path.
 * @throws {RunError} When it is no name.
 */
export function folderOf(name: string): string {
  if (!NAME.test(name)) {
    throw new RunError(`expected a name of 1–10 small letters, digits and dashes, got '${name}'`);
  }
  return `${RUN_FOLDER}/${name}`;
}
