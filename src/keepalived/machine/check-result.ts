/**
 * What a checker asks for, and what comes back.
 */
import type {
  Checker,
  RealServerConfiguration,
  VirtualServerConfiguration,
} from '../configuration.js';

/** A check that is due. */
export interface CheckRequest {
  /** The checker. */
  readonly checker: Checker;
  /** The server it checks. */
  readonly server: RealServerConfiguration;
  /** The server's service. */
  readonly service: VirtualServerConfiguration;
  /** Which of the checker's URLs is asked for; 0 for other kinds. */
  readonly url: number;
}

/** A script that ended by itself. */
export interface ExitCause {
  /** Its exit status. */
  readonly exitStatus: number;
}

/** A script that was killed. */
export interface SignalCause {
  /** The number of the signal. */
  readonly signal: number;
}

/** An answer of a name server. */
export interface ResponseCause {
  /** The response code. */
  readonly responseCode: number;
}

/** What made a check good or bad, where a log line says so: of HTTP, of a script, of DNS. */
export type CheckCause =
  'status' | 'digest' | 'regex' | 'timeout' | ExitCause | SignalCause | ResponseCause;

/** How a check ended. */
export interface CheckResult {
  /** Whether the server is well. */
  readonly good: boolean;
  /** What made it so. */
  readonly cause?: CheckCause;
  /** Whether the check says nothing of the server: this machine could not make it. Then `good` does not count. */
  readonly inconclusive?: true;
}

/**
 * Makes a check.
 *
 * @param request - What is to be checked.
 * @param done - Takes the result, once; never called before the function has returned unless the result is known.
 * @returns Gives the check up.
 */
export type RunCheck = (request: CheckRequest, done: (result: CheckResult) => void) => () => void;
